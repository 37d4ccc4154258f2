"""Episodes of real environments, recorded once per process. A twin can replay the past of a made run of them."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs import EnvSpec, TimeStep, episode_seed, open_env
from dreamer_studio.replay import Episode, GrowingEpisode
from tests.support.small_runs import small_config


@dataclass(frozen=True, eq=False)
class EpisodeAndStates:
    """An episode, and the simulator's states at its rows.

    Attributes:
        rows: L rows.
        states: (L, n), or None.
    """

    rows: Episode
    states: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Recording:
    """Episodes of random actions in one environment, numbered from 0 like those of a training."""

    spec: EnvSpec
    episodes: tuple[EpisodeAndStates, ...]


@functools.cache
def record(task: str, count: int = 3) -> Recording:
    """Play `count` episodes of random actions, with the seeds of a training."""
    config = small_config(task)
    draw = np.random.default_rng(0)
    with open_env(config) as env:

        def act() -> TimeStep:
            if env.spec.action_kind == "discrete":
                return env.step(np.eye(env.spec.action_size, dtype=np.float32)[draw.integers(env.spec.action_size)])
            return env.step(draw.uniform(-1, 1, env.spec.action_size).astype(np.float32))

        def play(number: int) -> EpisodeAndStates:
            growing, step = GrowingEpisode(env.spec.action_size), env.reset(episode_seed(config.seed, number, "train"))
            growing.append(step)
            while not step.is_last:
                step = act()
                growing.append(step)
            return EpisodeAndStates(growing.read(0, len(growing)), growing.states.read(0, len(growing)))

        return Recording(replace(env.spec, pid=0), tuple(play(number) for number in range(count)))
