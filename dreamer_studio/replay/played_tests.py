"""Test episodes that the window plays with the newest weights: kept in memory, bounded, and never learned from."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from dreamer_studio.replay.growing import GrowingEpisode

MOST_PLAYED: Final = 32
"""The most episodes to keep, as many as a run keeps of its stored tests."""


@dataclass(frozen=True, eq=False)
class PlayedTest:
    """An episode that the window played.

    Attributes:
        update: of the weights that played it.
        number: among the episodes that these weights played, from 0.
        episode: its rows, and the simulator's states at them. Nothing is appended any more.
        state_names: names of the states' first numbers; state_angles: indices of those that are angles without a bound.
    """

    update: int
    number: int
    episode: GrowingEpisode
    state_names: tuple[str, ...] = ()
    state_angles: tuple[int, ...] = ()


class PlayedTests:
    """Keeps the newest played episodes, packed. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[PlayedTest, ...] = ()

    @property
    def all(self) -> tuple[PlayedTest, ...]:
        """Return all kept episodes, oldest first."""
        return self._kept

    def add(self, played: PlayedTest) -> None:
        """Keep an episode. Beyond `MOST_PLAYED`, the oldest is dropped."""
        with self._lock:
            self._kept = (*self._kept, played)[-MOST_PLAYED:]

    def forget_after(self, update: int) -> None:
        """Drop the episodes of later updates: the training has gone back, and its later weights may differ."""
        with self._lock:
            self._kept = tuple(played for played in self._kept if played.update <= update)

    def next_number(self, update: int) -> int:
        """Return the number of the next episode that the weights of an update play."""
        return 1 + max((played.number for played in self._kept if played.update == update), default=-1)

    def get(self, update: int, number: int) -> GrowingEpisode | None:
        """Return an episode, or None if it is no longer kept."""
        found = (played.episode for played in self._kept if (played.update, played.number) == (update, number))
        return next(found, None)
