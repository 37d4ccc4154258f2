"""One update: three losses from the same weights, then three optimizers.

Source: the author's ``dreamer.py`` lines 151-199 and ``tools.py`` (Adam).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput
from dreamer_studio.dreamer.noise import NoiseSource, UpdateNoise
from dreamer_studio.dreamer.passes import Passes
from dreamer_studio.dreamer.precision import choose_precision, computing_in
from dreamer_studio.dreamer.world_model import WorldModelOutput

Phase = Literal["world model", "world model gradient", "imagination", "behavior gradient", "optimizers"]
PARTS = ("model", "actor", "value")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class UpdateOutput:
    """What an update computed.

    Attributes:
        grad_norms: from before the clipping.
        not_finite: the losses and norms that are infinite or NaN. If there are any, no weight has changed.
    """

    model: WorldModelOutput
    behavior: BehaviorOutput
    grad_norms: dict[str, Tensor]
    not_finite: tuple[str, ...] = ()

    def metrics(self) -> dict[str, float]:
        """Every scalar, as numbers: here, once, and not inside the update, the device is waited for."""
        norms = {f"{part}_grad_norm": norm for part, norm in self.grad_norms.items()}
        tensors = {**self.model.metrics(), **self.behavior.metrics(), **norms}
        values = torch.stack([value.float() for value in tensors.values()]).tolist()
        return dict(zip(tensors, values, strict=True))


class Learner:
    """The optimizers of an agent, and the update.

    Attributes:
        steps: updates that the optimizers have made; they count as well, but on the device, which would be waited for.
    """

    def __init__(self, agent: Agent, config: Config) -> None:
        self.agent = agent
        self.device = agent.actor.hout.weight.device
        self.parameters = {
            "model": list(agent.world_model.parameters()),
            "actor": list(agent.actor.parameters()),
            "value": list(agent.value.parameters()),
        }
        self.steps = 0
        self.config = config
        self._passes = Passes.of(agent.world_model, compiled=config.compile)
        self.optimizers = {part: torch.optim.Adam(self.parameters[part], fused=True) for part in PARTS}
        self.configure(config)

    def configure(self, config: Config) -> None:
        """Take over every setting that may change in mid-run. Not to be called while an update is in the making."""
        if config.compile != self.config.compile:
            self._passes = Passes.of(self.agent.world_model, compiled=config.compile)
        self.config = config
        self.precision = choose_precision(config.precision, self.device)
        self.agent.world_model.configure(config)
        rates = {"model": config.model_lr, "actor": config.actor_lr, "value": config.value_lr}
        for part, optimizer in self.optimizers.items():
            for group in optimizer.param_groups:
                group.update(lr=rates[part])

    def draw_noise(self, batch: Batch, horizon: int, source: NoiseSource) -> UpdateNoise:
        """The noise that `update` needs for `batch` at the given training horizon."""
        size, length = batch.reward.shape
        starts = size * self._start_length(length)
        stoch = self.config.stoch_size
        return UpdateNoise(
            posterior=source.normal(length, size, stoch),
            imagination=source.normal(horizon, starts, stoch),
            action=source.action(self.agent.action_kind, horizon, starts, self.agent.action_size),
        )

    def update(self, batch: Batch, noise: UpdateNoise) -> Generator[Phase, None, UpdateOutput]:
        """One gradient step of all three optimizers, as a generator that yields before each phase.

        Until it yields "optimizers" no weight has changed, so it may be dropped there; what comes after is one piece.
        Where a loss or a norm is not finite, none of the three optimizers steps.
        The training horizon is that of `noise.imagination`.
        """
        try:
            model, behavior = yield from self.gradients(batch, noise)
        except Exception:
            if not self._passes.compiled:
                raise
            _log.exception("the compiled update failed; going on without compiling")
            self._passes = Passes.of(self.agent.world_model, compiled=False)
            model, behavior = yield from self.gradients(batch, noise)
        yield "optimizers"
        norms = {part: self._clip(part) for part in PARTS}
        not_finite = _not_finite(model, behavior, norms)
        if not not_finite:
            for part in PARTS:
                self._step(part)
            self.steps += 1
        return UpdateOutput(model, behavior, norms, not_finite)

    def gradients(
        self, batch: Batch, noise: UpdateNoise
    ) -> Generator[Phase, None, tuple[WorldModelOutput, BehaviorOutput]]:
        """The three losses at the present weights; each one's gradient goes to `.grad` of its own weights alone."""
        agent = self.agent
        yield "world model"
        with self._computing():
            model = self._passes.model(batch, noise)
        yield "world model gradient"
        self._set_gradients(model.loss, "model")
        yield "imagination"
        length = self._start_length(batch.reward.shape[1])
        start = model.posterior.map(lambda part: part[:, :length].detach().flatten(0, 1))
        alive = 1.0 - batch.is_terminal[:, :length].flatten().float()
        with self._computing():
            behavior = self._passes.behavior(
                agent.world_model, agent.actor, agent.value, start, alive, noise, self.config.disclam
            )
        yield "behavior gradient"
        self._set_gradients(behavior.value_loss, "value", keep_graph=True)
        self._set_gradients(behavior.actor_loss, "actor")
        return model, behavior

    def state_dict(self) -> dict[str, Any]:
        """The optimizers' state, by part."""
        return {part: optimizer.state_dict() for part, optimizer in self.optimizers.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        for part, optimizer in self.optimizers.items():
            optimizer.load_state_dict(state[part])
        counted = next(iter(self.optimizers["model"].state.values()), None)
        self.steps = 0 if counted is None else int(counted["step"])

    def _start_length(self, length: int) -> int:
        """Posteriors per sequence that imagination starts from: with pcont the last step could be terminal."""
        return length - 1 if self.config.pcont else length

    def _computing(self) -> torch.autocast:
        return computing_in(self.precision, self.device)

    def _set_gradients(self, loss: Tensor, part: str, *, keep_graph: bool = False) -> None:
        """Zeros where the loss does not depend on a weight, as on the prior's while the KL is clipped."""
        parameters = self.parameters[part]
        gradients = torch.autograd.grad(
            loss, parameters, retain_graph=keep_graph, allow_unused=True, materialize_grads=True
        )
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient.contiguous()  # the fused optimizer takes the weight's layout for granted

    def _clip(self, part: str) -> Tensor:
        """Clip the gradient; returns its norm before."""
        return torch.nn.utils.clip_grad_norm_(self.parameters[part], self.config.grad_clip, foreach=True)

    def _step(self, part: str) -> None:
        optimizer = self.optimizers[part]
        for group in optimizer.param_groups:  # TensorFlow adds epsilon before the bias correction, torch after it
            group["eps"] = self.config.adam_eps / math.sqrt(1.0 - group["betas"][1] ** (self.steps + 1))
        optimizer.step()


def _not_finite(model: WorldModelOutput, behavior: BehaviorOutput, norms: dict[str, Tensor]) -> tuple[str, ...]:
    """The losses and norms that are not finite: a gradient is, entry by entry, if its norm is. Waits once."""
    losses = {"model_loss": model.loss, "actor_loss": behavior.actor_loss, "value_loss": behavior.value_loss}
    tensors = {**losses, **{f"{part}_grad_norm": norm for part, norm in norms.items()}}
    finite = torch.stack([value.detach().float() for value in tensors.values()]).isfinite().tolist()
    return tuple(name for name, is_finite in zip(tensors, finite, strict=True) if not is_finite)
