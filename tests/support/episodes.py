"""Handmade episodes whose images encode their row and their episode."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs import TimeStep
from dreamer_studio.replay import Episode, GrowingEpisode


def make_episode(number: int, rows: int, *, terminal: bool = True, steps: int = 2) -> Episode:
    """Make an episode. In row t red is t, green `number`, the reward t + number / 100, the action (t, number)."""
    t = np.arange(rows)
    image = np.zeros((rows, 64, 64, 3), np.uint8)
    image[..., 0] = t[:, None, None]
    image[..., 1] = number
    ends = np.zeros(rows, np.bool_)
    ends[-1] = terminal
    reward = np.where(t > 0, t + number / 100, 0).astype(np.float32)
    action = np.stack([t, np.where(t > 0, number, 0)], 1).astype(np.float32)
    taken = np.where(t > 0, steps, 0).astype(np.int32)
    return Episode(image, action, reward, 1.0 - ends.astype(np.float32), ends, taken)


def same(first: Episode, second: Episode) -> bool:
    """Return whether two episodes have equal arrays of equal types."""
    pairs = [(getattr(first, field.name), getattr(second, field.name)) for field in fields(Episode)]
    return all(one.dtype == other.dtype and np.array_equal(one, other) for one, other in pairs)


def grown(episode: Episode, states: NDArray[np.float64] | None = None) -> GrowingEpisode:
    """Return the same episode, made row by row."""
    growing = GrowingEpisode(episode.action.shape[1])
    for index in range(len(episode)):
        growing.append(row_of(episode, index, None if states is None else states[index]))
    return growing


def row_of(episode: Episode, index: int, state: NDArray[np.float64] | None = None) -> TimeStep:
    """Return a row of an episode as an environment gave it."""
    return TimeStep(
        episode.image[index],
        episode.action[index],
        float(episode.reward[index]),
        float(episode.discount[index]),
        index == 0,
        "terminated" if episode.is_terminal[index] else None,
        int(episode.steps[index]),
        state,
    )


def states_for(rows: int, size: int = 3) -> NDArray[np.float64]:
    return np.random.default_rng(rows).normal(size=(rows, size))
