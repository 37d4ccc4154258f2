"""Small agents with either kind of latents, and states to dream from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.fast import FAST
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource
from dreamer_studio.dreamer.parts import Parts
from dreamer_studio.envs import build_config
from tests.support.discrete_latents import DISCRETE, most_likely

CONFIG = build_config("dmc:walker-walk", "tiny", {"precision": "float32"})


@dataclass(frozen=True)
class Latents:
    """A kind of latents.

    Attributes:
        parts: an agent with such latents.
        most_likely: maps the mean of a prior (..., S) to its most likely sample.
    """

    parts: Parts
    most_likely: Callable[[Tensor], Tensor]

    def agent(self, kind: ActionKind = "continuous", actions: int = 3, config: Config = CONFIG) -> Agent:
        """Make a small agent with random weights."""
        agent = Agent(config, actions, kind, self.parts)
        agent.initialize(0)
        return agent


GAUSSIAN_LATENTS = Latents(FAST, lambda mean: mean)
DISCRETE_LATENTS = Latents(DISCRETE, most_likely)


def random_states(agent: Agent, count: int) -> LatentState:
    """Return states (count, .) to dream from."""
    return agent.state_at(NoiseSource(8).normal(count, agent.feat_size))
