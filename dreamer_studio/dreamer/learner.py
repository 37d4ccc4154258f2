"""One update: three losses from the same weights, then three optimizers.

Sources: Algorithm 1 of the paper ("dynamics learning", "behavior learning"); the author's ``dreamer.py`` lines 151-199
and ``tools.Adam``.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
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
Part = Literal["model", "actor", "value"]
PARTS: tuple[Part, ...] = ("model", "actor", "value")


@dataclass(frozen=True, eq=False)
class UpdateOutput:
    """The result of an update.

    Attributes:
        grad_norms: of each part, before the clipping.
        not_finite: names of the losses and norms that are infinite or NaN. If there are any, no weight has changed.
    """

    model: WorldModelOutput
    behavior: BehaviorOutput
    grad_norms: dict[Part, Tensor]
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


@dataclass(frozen=True, eq=False)
class PartOutput:
    """The result of an update of a single part.

    Attributes:
        output: the world model's for the world model, the behavior's for actor and value.
        grad_norm: (), of the part, before the clipping.
        not_finite: as in `UpdateOutput`.
    """

    part: Part
    output: WorldModelOutput | BehaviorOutput
    grad_norm: Tensor
    not_finite: tuple[str, ...] = ()

    def metrics(self) -> dict[str, float]:
        """Return all scalars as floats. They are those of `UpdateOutput.metrics` that this update computed."""
        tensors = {**self.output.metrics(), f"{self.part}_grad_norm": self.grad_norm}
        values = torch.stack([value.float() for value in tensors.values()]).tolist()
        return dict(zip(tensors, values, strict=True))


class Learner:
    """The optimizers of an agent, and the update.

    Attributes:
        steps: updates of each part. The optimizers count them too, but on the device, where reading a number waits.
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
        self.steps = dict.fromkeys(PARTS, 0)
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
            self.running.keep_range(behavior.return_range)
            self.running.follow_value()
        return UpdateOutput(model, behavior, norms, not_finite)

    def update_part(self, part: Part, batch: Batch, noise: UpdateNoise) -> Generator[Phase, None, PartOutput]:
        """Take one gradient step of a single part. All other weights and optimizers stay as they are.

        The part's loss is that of `update` at the same weights. Phases that the part does not need are left out.
        Yields, drops and skips as `update` does.
        """
        output = yield from self.part_gradient(part, batch, noise)
        yield "optimizers"
        norm = self._clip(part)
        not_finite = _names_of_not_finite({f"{part}_loss": _loss_of(part, output), f"{part}_grad_norm": norm})
        if not not_finite:
            self._step(part)
            if part == "actor" and isinstance(output, BehaviorOutput):
                self.running.keep_range(output.return_range)
            if part == "value":
                self.running.follow_value()
        return PartOutput(part, output, norm, not_finite)

    def gradients(
        self, batch: Batch, noise: UpdateNoise
    ) -> Generator[Phase, None, tuple[WorldModelOutput, BehaviorOutput]]:
        """Compute the three losses at the present weights. The gradient of each goes to `.grad` of its own weights."""
        yield "world model"
        model = self._observe(batch, noise)
        yield "world model gradient"
        # paper: Algorithm 1, update the world model
        self._model_gradient(model)
        yield "imagination"
        behavior = self._imagine(model, batch, noise)
        yield "behavior gradient"
        self._behavior_gradients(behavior)
        return model, behavior

    def part_gradient(
        self, part: Part, batch: Batch, noise: UpdateNoise
    ) -> Generator[Phase, None, WorldModelOutput | BehaviorOutput]:
        """Compute the loss of a single part at the present weights, and its gradient."""
        yield "world model"
        model = self._observe(batch, noise)
        if part == "model":
            yield "world model gradient"
            self._model_gradient(model)
            return model
        yield "imagination"
        behavior = self._imagine(model, batch, noise)
        yield "behavior gradient"
        self._set_gradients(_loss_of(part, behavior), self.parameters[part])
        return behavior

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the optimizers, by part."""
        return {part: optimizer.state_dict() for part, optimizer in self.optimizers.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        for part, optimizer in self.optimizers.items():
            optimizer.load_state_dict(state[part])
        for part, optimizer in self.optimizers.items():
            counted = next(iter(optimizer.state.values()), None)
            self.steps[part] = 0 if counted is None else int(counted["step"])

    def _starts(self, length: int) -> slice:
        """Return the posteriors of a sequence from which imagination starts.

        With pcont the last posterior could be terminal and is left out.
        """
        return every_nth(length - 1 if self.config.pcont else length, self.config.imagine_every)

    def _observe(self, batch: Batch, noise: UpdateNoise) -> WorldModelOutput:
        with computing_in(self.precision, self.device):
            return self._dynamics(batch, noise)

    def _imagine(self, model: WorldModelOutput, batch: Batch, noise: UpdateNoise) -> BehaviorOutput:
        """Imagine from the posteriors of a batch, without a gradient through them."""
        chosen = self._starts(batch.reward.shape[1])
        start = model.posterior.map(lambda part: part[:, chosen].detach().flatten(0, 1))
        alive = (~batch.is_terminal[:, chosen]).flatten().to(batch.reward.dtype)
        with computing_in(self.precision, self.device):
            return self._behavior(start, alive, noise)

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

    def _clip(self, part: Part) -> Tensor:
        """Clip the gradient and return its norm before that. The author's ``tools.Adam``."""
        # paper: Appendix A, gradient clipping
        return torch.nn.utils.clip_grad_norm_(self.parameters[part], self.config.grad_clip, foreach=True)

    def _step(self, part: Part) -> None:
        self.steps[part] += 1
        optimizer = self.optimizers[part]
        for group in optimizer.param_groups:  # TensorFlow adds epsilon before the bias correction, torch after it
            group["eps"] = self.config.adam_eps / math.sqrt(1.0 - group["betas"][1] ** self.steps[part])
        optimizer.step()


def _not_finite(model: WorldModelOutput, behavior: BehaviorOutput, norms: dict[Part, Tensor]) -> tuple[str, ...]:
    """Return the names of losses and norms that are not finite. A finite norm means a finite gradient. Waits once."""
    losses = {"model_loss": model.loss, "actor_loss": behavior.actor_loss, "value_loss": behavior.value_loss}
    return _names_of_not_finite({**losses, **{f"{part}_grad_norm": norm for part, norm in norms.items()}})


def _names_of_not_finite(tensors: Mapping[str, Tensor]) -> tuple[str, ...]:
    finite = torch.stack([value.detach().float() for value in tensors.values()]).isfinite().tolist()
    return tuple(name for name, is_finite in zip(tensors, finite, strict=True) if not is_finite)


def _loss_of(part: Part, output: WorldModelOutput | BehaviorOutput) -> Tensor:
    """Return the loss () that trains a part, from the output that has it."""
    if isinstance(output, WorldModelOutput):
        return output.loss
    return output.actor_loss if part == "actor" else output.value_loss
