"""Draws batches of sequences from stored episodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.replay.episode import Episode
from dreamer_studio.replay.index import EpisodeList
from dreamer_studio.replay.store import EpisodeStore


@dataclass(frozen=True, eq=False)
class Origins:
    """Where the rows of B sequences come from, each (B, T).

    Attributes:
        episode: the number of the episode.
        index: the row in the episode.
        seen: rows of the sequence since the model's state was last reset: 0 where a sequence or an episode begins.
    """

    episode: NDArray[np.int64]
    index: NDArray[np.int64]
    seen: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sequences:
    """B sequences of T rows; see `Episode` for the meaning of each part.

    `is_first` (B, T) marks the rows at which an episode begins: there the model's state must be reset. `origins` says
    where each row comes from.
    """

    image: NDArray[np.uint8]
    action: NDArray[np.float32]
    reward: NDArray[np.float32]
    discount: NDArray[np.float32]
    is_first: NDArray[np.bool_]
    is_terminal: NDArray[np.bool_]
    origins: Origins


def sample_sequences(store: EpisodeStore, size: int, length: int, rng: np.random.Generator) -> Sequences:
    """Draw a batch: for each sequence an episode uniformly, then a start in it uniformly.

    A sequence that reaches the end of its episode continues at the beginning of another, drawn in the same way. So
    short episodes are used, and ends are drawn as often as any other step. Neither holds for the author's sampler,
    which cuts windows out of longer episodes only.

    Raises:
        ValueError: there is no episode.
        ReplayError: an episode's file is damaged.
    """
    if len(store) == 0:
        raise ValueError("no episode to sample from")
    action_size = store.get(-1, 0, 1).action.shape[1]
    batch = Sequences(
        image=np.empty((size, length, *FRAME_SHAPE), np.uint8),
        action=np.empty((size, length, action_size), np.float32),
        reward=np.empty((size, length), np.float32),
        discount=np.empty((size, length), np.float32),
        is_first=np.zeros((size, length), np.bool_),
        is_terminal=np.empty((size, length), np.bool_),
        origins=Origins(*(np.empty((size, length), np.int64) for _ in range(3))),
    )
    for row in range(size):
        # paper: Algorithm 1, draw sequences
        index = int(rng.integers(len(store)))
        start = int(rng.integers(store.length(index)))
        filled = 0
        while filled < length:
            count = min(length - filled, store.length(index) - start)
            _copy(batch, row, filled, store, index, start, count)
            filled += count
            index, start = int(rng.integers(len(store))), 0
    return batch


def _copy(batch: Sequences, row: int, at: int, store: EpisodeStore, index: int, start: int, count: int) -> None:
    rows = store.get(index, start, count)
    for name in ("image", "action", "reward", "discount", "is_terminal"):
        getattr(batch, name)[row, at : at + count] = getattr(rows, name)
    batch.is_first[row, at] = start == 0
    origins, place = batch.origins, slice(at, at + count)
    origins.episode[row, place] = store.number(index)
    origins.index[row, place] = np.arange(start, start + count)
    origins.seen[row, place] = np.arange(count)


@dataclass(frozen=True, eq=False)
class Window:
    """Consecutive rows of a stored episode.

    Attributes:
        episode: its number.
        first: the row with which the window begins.
        rows: the rows.
    """

    episode: int
    first: int
    rows: Episode


def sample_windows(episodes: EpisodeList, count: int, length: int, rng: np.random.Generator) -> list[Window]:
    """Draw `count` windows of `length` rows, each from one episode, to show them.

    If no episode is that long, all windows are as long as the longest episode.

    Raises:
        ValueError: there is no episode.
        ReplayError: an episode's file is damaged.
    """
    if len(episodes) == 0:
        raise ValueError("no episode is stored yet")
    rows = episodes.lengths
    length = min(length, int(rows.max()))
    long_enough = np.flatnonzero(rows >= length)
    windows = []
    for index in rng.choice(long_enough, count):
        start = int(rng.integers(rows[index] - length + 1))
        windows.append(Window(int(episodes.numbers[index]), start, episodes.get(int(index), start, length)))
    return windows
