"""The update with both behavior gradients in one pass, and compiled if the config has `compile`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from typing import TypeVar

import torch
from torch import Tensor

from dreamer_studio.config import Config
from dreamer_studio.dreamer import learner
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput, learn_behavior
from dreamer_studio.dreamer.fast.adam import Adam
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.learner import Part, Phase
from dreamer_studio.dreamer.noise import UpdateNoise
from dreamer_studio.dreamer.world_model import WorldModelOutput

Output = TypeVar("Output")

_log = logging.getLogger(__name__)


class Learner(learner.Learner):
    """`learner.Learner` for an agent of fast parts.

    Attributes:
        compiled: whether updates run compiled code. Compiling happens in the first update and unrolls the loops over
            time. If it fails, updates go on without it.
    """

    def __init__(self, agent: Agent, config: Config) -> None:
        self._compile(enabled=config.compile)
        super().__init__(agent, config)

    def configure(self, config: Config) -> None:
        """Take over every setting that may change in mid-run. Do not call this during an update."""
        if config.compile != self.config.compile:
            self._compile(enabled=config.compile)
        super().configure(config)

    def gradients(
        self, batch: Batch, noise: UpdateNoise
    ) -> Generator[Phase, None, tuple[WorldModelOutput, BehaviorOutput]]:
        """Compute losses and gradients as `learner.Learner` does. If compiled code fails, start over without."""
        return (yield from self._compiled_or_not(lambda: super(Learner, self).gradients(batch, noise)))

    def part_gradient(
        self, part: Part, batch: Batch, noise: UpdateNoise
    ) -> Generator[Phase, None, WorldModelOutput | BehaviorOutput]:
        """Compute a part's loss and gradient as `learner.Learner` does. If compiled code fails, start over without."""
        return (yield from self._compiled_or_not(lambda: super(Learner, self).part_gradient(part, batch, noise)))

    def _compiled_or_not(self, begin: Callable[[], Generator[Phase, None, Output]]) -> Generator[Phase, None, Output]:
        """Compute with compiled code if the settings ask for it. If that fails, begin again without."""
        try:
            return (yield from begin())
        except Exception:
            if not self.compiled:
                raise
            _log.exception("the compiled update failed; going on without compiling")
            self._compile(enabled=False)
            return (yield from begin())

    def _make_optimizer(self, parameters: list[torch.nn.Parameter]) -> torch.optim.Adam:
        return Adam(parameters, fused=True)

    def _compile(self, *, enabled: bool) -> None:
        self.compiled = enabled
        self._world_model_pass: Callable[..., WorldModelOutput] = _world_model_pass
        self._behavior_pass: Callable[..., BehaviorOutput] = learn_behavior
        if enabled:
            self._world_model_pass = torch.compile(_world_model_pass)
            self._behavior_pass = torch.compile(learn_behavior)

    def _dynamics(self, batch: Batch, noise: UpdateNoise) -> WorldModelOutput:
        return self._world_model_pass(self.agent.world_model, batch, noise)

    def _behavior(self, start: LatentState, alive: Tensor, noise: UpdateNoise) -> BehaviorOutput:
        agent, disclam, remedies = self.agent, self.config.disclam, self.running.remedies
        return self._behavior_pass(agent.world_model, agent.actor, agent.value, start, alive, noise, disclam, remedies)

    def _behavior_gradients(self, behavior: BehaviorOutput) -> None:
        """Set both gradients in one pass: with fast heads no loss reaches the weights of the other.

        Two passes through compiled code would need its buffers twice, which it frees after the first.
        """
        loss = behavior.value_loss + behavior.actor_loss
        self._set_gradients(loss, [*self.parameters["value"], *self.parameters["actor"]])


def _world_model_pass(world_model: torch.nn.Module, batch: Batch, noise: UpdateNoise) -> WorldModelOutput:
    output: WorldModelOutput = world_model(batch, noise)
    return output
