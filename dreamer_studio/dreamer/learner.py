"""One update: three losses from the same weights, then three optimizers.

Sources: Algorithm 1 of the paper ("dynamics learning", "behavior learning"); the author's ``dreamer.py`` lines 151-199
and ``tools.Adam``.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput, learn_behavior
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource, UpdateNoise
from dreamer_studio.dreamer.precision import choose_precision, computing_in
from dreamer_studio.dreamer.remedies import Running, every_nth
from dreamer_studio.dreamer.world_model import WorldModelOutput

Phase = Literal["world model", "world model gradient", "imagination", "behavior gradient", "optimizers"]
PARTS = ("model", "actor", "value")


@dataclass(frozen=True, eq=False)
class UpdateOutput:
    """The result of an update.

    Attributes:
        grad_norms: of each part, before the clipping.
        not_finite: names of the losses and norms that are infinite or NaN. If there are any, no weight has changed.
    """

    model: WorldModelOutput
    behavior: BehaviorOutput
    grad_norms: dict[str, Tensor]
    not_finite: tuple[str, ...] = ()

    def metrics(self) -> dict[str, float]:
        """Return all scalars as floats."""
        return self.numbers()[0]

    def numbers(self) -> tuple[dict[str, float], Tensor]:
        """Return all scalars, and the loss (B, T) of each frame on the host, in one copy from the device.

        The only device synchronization of an update, besides the check for NaN.
        """
        norms = {f"{part}_grad_norm": norm for part, norm in self.grad_norms.items()}
        tensors = {**self.model.metrics(), **self.behavior.metrics(), **norms}
        losses = self.model.frame_losses
        scalars = torch.stack([value.float() for value in tensors.values()])
        values = torch.cat([scalars, losses.float().flatten()]).cpu()
        metrics = dict(zip(tensors, values[: len(tensors)].tolist(), strict=True))
        return metrics, values[len(tensors) :].view(losses.shape)


class Learner:
    """The optimizers of an agent, and the update.

    Attributes:
        steps: updates made. The optimizers count them too, but on the device, where reading a number waits.
        running: the values that remedies carry from one update to the next.
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
        self.running = Running(agent.value)
        self.config = config
        self.optimizers = {part: self._make_optimizer(self.parameters[part]) for part in PARTS}
        self.configure(config)

    def configure(self, config: Config) -> None:
        """Take over every setting that may change in mid-run. Do not call this during an update."""
        self.config = config
        self.precision = choose_precision(config.precision, self.device)
        self.agent.world_model.configure(config)
        self.running.configure(config)
        rates = {"model": config.model_lr, "actor": config.actor_lr, "value": config.value_lr}
        for part, optimizer in self.optimizers.items():
            for group in optimizer.param_groups:
                group.update(lr=rates[part])

    def _make_optimizer(self, parameters: list[torch.nn.Parameter]) -> torch.optim.Adam:
        # paper: Appendix A, optimizers
        return torch.optim.Adam(parameters, fused=True)

    def draw_noise(self, batch: Batch, horizon: int, source: NoiseSource) -> UpdateNoise:
        """Draw the noise that `update` needs for `batch` at a training horizon."""
        size, length = batch.reward.shape
        starts = size * len(range(length)[self._starts(length)])
        return UpdateNoise(
            posterior=self.agent.noise(source, length, size),
            imagination=self.agent.noise(source, horizon, starts),
            action=source.action(self.agent.action_kind, horizon, starts, self.agent.action_size),
        )

    def update(self, batch: Batch, noise: UpdateNoise) -> Generator[Phase, None, UpdateOutput]:
        """Take one gradient step of all three optimizers, as a generator that yields before each phase.

        The author's ``Dreamer._train``.

        Until it yields "optimizers" no weight has changed, so it may be dropped there; the rest is one piece. If a loss
        or a norm is not finite, no optimizer steps. The training horizon is that of `noise.imagination`.
        """
        model, behavior = yield from self.gradients(batch, noise)
        yield "optimizers"
        norms = {part: self._clip(part) for part in PARTS}
        not_finite = _not_finite(model, behavior, norms)
        if not not_finite:
            # paper: Algorithm 1, update the world model
            # paper: Algorithm 1, update the action model
            # paper: Algorithm 1, update the value model
            for part in PARTS:
                self._step(part)
            self.running.step(behavior.return_range)
            self.steps += 1
        return UpdateOutput(model, behavior, norms, not_finite)

    def gradients(
        self, batch: Batch, noise: UpdateNoise
    ) -> Generator[Phase, None, tuple[WorldModelOutput, BehaviorOutput]]:
        """Compute the three losses at the present weights. The gradient of each goes to `.grad` of its own weights."""
        yield "world model"
        with computing_in(self.precision, self.device):
            model = self._dynamics(batch, noise)
        yield "world model gradient"
        # paper: Algorithm 1, update the world model
        self._model_gradient(model)
        yield "imagination"
        chosen = self._starts(batch.reward.shape[1])
        start = model.posterior.map(lambda part: part[:, chosen].detach().flatten(0, 1))
        alive = (~batch.is_terminal[:, chosen]).flatten().to(batch.reward.dtype)
        with computing_in(self.precision, self.device):
            behavior = self._behavior(start, alive, noise)
        yield "behavior gradient"
        self._behavior_gradients(behavior)
        return model, behavior

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the optimizers, by part."""
        return {part: optimizer.state_dict() for part, optimizer in self.optimizers.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        for part, optimizer in self.optimizers.items():
            optimizer.load_state_dict(state[part])
        counted = next(iter(self.optimizers["model"].state.values()), None)
        self.steps = 0 if counted is None else int(counted["step"])

    def _starts(self, length: int) -> slice:
        """Return the posteriors of a sequence from which imagination starts.

        With pcont the last posterior could be terminal and is left out.
        """
        return every_nth(length - 1 if self.config.pcont else length, self.config.imagine_every)

    def _dynamics(self, batch: Batch, noise: UpdateNoise) -> WorldModelOutput:
        output: WorldModelOutput = self.agent.world_model(batch, noise)
        return output

    def _behavior(self, start: LatentState, alive: Tensor, noise: UpdateNoise) -> BehaviorOutput:
        agent, disclam, remedies = self.agent, self.config.disclam, self.running.remedies
        return learn_behavior(agent.world_model, agent.actor, agent.value, start, alive, noise, disclam, remedies)

    def _model_gradient(self, model: WorldModelOutput) -> None:
        self._set_gradients(model.loss, self.parameters["model"])

    def _behavior_gradients(self, behavior: BehaviorOutput) -> None:
        # paper: Algorithm 1, update the value model
        self._set_gradients(behavior.value_loss, self.parameters["value"], keep_graph=True)
        # paper: Algorithm 1, update the action model
        self._set_gradients(behavior.actor_loss, self.parameters["actor"])

    @staticmethod
    def _set_gradients(loss: Tensor, parameters: list[nn.Parameter], *, keep_graph: bool = False) -> None:
        """Set `.grad`; zeros where the loss does not depend on a weight, such as the prior while the KL is clipped."""
        gradients = torch.autograd.grad(
            loss, parameters, retain_graph=keep_graph, allow_unused=True, materialize_grads=True
        )
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient.contiguous()  # the fused optimizer relies on the layout of the weight

    def _clip(self, part: str) -> Tensor:
        """Clip the gradient and return its norm before that. The author's ``tools.Adam``."""
        # paper: Appendix A, gradient clipping
        return torch.nn.utils.clip_grad_norm_(self.parameters[part], self.config.grad_clip, foreach=True)

    def _step(self, part: str) -> None:
        optimizer = self.optimizers[part]
        for group in optimizer.param_groups:  # TensorFlow adds epsilon before the bias correction, torch after it
            group["eps"] = self.config.adam_eps / math.sqrt(1.0 - group["betas"][1] ** (self.steps + 1))
        optimizer.step()


def _not_finite(model: WorldModelOutput, behavior: BehaviorOutput, norms: dict[str, Tensor]) -> tuple[str, ...]:
    """Return the names of losses and norms that are not finite. A finite norm means a finite gradient. Waits once."""
    losses = {"model_loss": model.loss, "actor_loss": behavior.actor_loss, "value_loss": behavior.value_loss}
    tensors = {**losses, **{f"{part}_grad_norm": norm for part, norm in norms.items()}}
    finite = torch.stack([value.detach().float() for value in tensors.values()]).isfinite().tolist()
    return tuple(name for name, is_finite in zip(tensors, finite, strict=True) if not is_finite)
