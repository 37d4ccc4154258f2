"""The frames from which the gauges dream, with the recorded rows that follow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.dreamer.latent import LatentState, join_states
from dreamer_studio.trust.seen import Seen

LEAST_STARTS = 32
"""Fewest starts over all episodes, if the episodes are long enough."""

DREAM_STEPS = 45
"""Steps of each dream, as in the paper's figure of open-loop predictions."""

CONTEXT = 5
"""Frames that the model sees before the first start of an episode, as in the same figure."""


@dataclass(frozen=True, eq=False)
class Starts:
    """N starts, and the L recorded rows after each.

    Attributes:
        episode: (N,), index of the episode among those seen.
        row: (N,), row of the start.
        states: (N, .), posteriors at the starts.
        kept: (N, 64, 64, 3), the last seen frames.
        moving: (N, 64, 64) bool, pixels that change during the episode.
        image: (L, N, 64, 64, 3); action: (L, N, A); reward: (L, N): of the rows after the start, zeros past the end.
        there: (L, N) bool, whether the episode has that row.
        ended: (N,) bool, whether the task terminated within the L rows.
    """

    episode: NDArray[np.int64]
    row: NDArray[np.int64]
    states: LatentState
    kept: Images
    moving: NDArray[np.bool_]
    image: Images
    action: NDArray[np.float32]
    reward: Floats
    there: NDArray[np.bool_]
    ended: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return N."""
        return len(self.row)


def start_rows(length: int, count: int) -> NDArray[np.int64]:
    """Return at most `count` rows of an episode of `length` rows to start from, evenly spread.

    Every start has `DREAM_STEPS` rows after it if the episode is long enough, and at least one in any case.
    """
    if length < 2:
        return np.zeros(0, np.int64)
    last = length - 2
    first = min(CONTEXT - 1, last)
    full = length - 1 - DREAM_STEPS
    return np.unique(np.linspace(first, full if full >= first else last, count).astype(np.int64))


def choose_starts(seen: Sequence[Seen]) -> Starts | None:
    """Choose starts in all episodes, as many in each; None if no episode has two rows."""
    each = math.ceil(LEAST_STARTS / max(1, len(seen)))
    places = [(index, int(row)) for index, one in enumerate(seen) for row in start_rows(len(one.received), each)]
    if not places:
        return None
    parts = [_after(seen[index], row) for index, row in places]
    image, action, reward, there = (np.stack(column, 1) for column in zip(*parts, strict=True))
    episode, row = np.array(places, np.int64).T
    last = [min(first + DREAM_STEPS, len(seen[index].received) - 1) for index, first in places]
    return Starts(
        episode,
        row,
        join_states([pick(seen[index].states, np.array([at])) for index, at in places], 0),
        np.stack([seen[index].held.rows.image[at] for index, at in places]),
        np.stack([seen[index].moving for index, _ in places]),
        image,
        action,
        reward,
        there,
        np.array([seen[place[0]].held.rows.is_terminal[end] for place, end in zip(places, last, strict=True)]),
    )


def pick(states: LatentState, places: NDArray[np.int64]) -> LatentState:
    """Return the states at some places of the first dimension."""
    index = torch.from_numpy(places).to(states.feat.device)
    return states.map(lambda part: part[index])


def on_device(array: NDArray[np.float32], states: LatentState) -> torch.Tensor:
    """Return an array as a tensor beside the states."""
    return torch.from_numpy(array).to(states.feat.device)


def _after(one: Seen, row: int) -> tuple[Images, NDArray[np.float32], Floats, NDArray[np.bool_]]:
    """Return images, actions, rewards of the `DREAM_STEPS` rows after one row, and whether each exists."""
    rows = one.held.rows.part(row + 1, DREAM_STEPS)
    missing = DREAM_STEPS - len(rows)

    def padded(array: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.pad(array, [(0, missing)] + [(0, 0)] * (array.ndim - 1))

    reward = one.received[row + 1 : row + 1 + DREAM_STEPS]
    there = np.arange(DREAM_STEPS) < len(rows)
    return padded(rows.image), padded(rows.action), padded(reward), there  # type: ignore[return-value]
