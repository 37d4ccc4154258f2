"""Judgments of models of the ring on its episodes, each made once per process."""

from __future__ import annotations

import functools

from dreamer_studio.dreamer.fast import make_agent
from dreamer_studio.trust.judging import judge
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.model import Model
from tests.support.ring_world import ACTIONS, RING_CONFIG, RingModel, ring_episodes
from tests.support.small_runs import CPU


@functools.cache
def judged_ring(*, obeys: bool = True, reward_factor: float = 1.0, value_factor: float = 1.0) -> Judgment:
    """Judge a `RingModel` with these arguments."""
    model = RingModel(obeys=obeys, reward_factor=reward_factor, value_factor=value_factor)
    return judge(model, ring_episodes(), RING_CONFIG, CPU)


@functools.cache
def judged_untrained() -> Judgment:
    """Judge `untrained_ring(0)`."""
    return judge(untrained_ring(0), ring_episodes(), RING_CONFIG, CPU)


def untrained_ring(seed: int) -> Model:
    """Make an agent whose weights are random."""
    agent = make_agent(RING_CONFIG, ACTIONS, "discrete")
    agent.initialize(seed)
    return agent
