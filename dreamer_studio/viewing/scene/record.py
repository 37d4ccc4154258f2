"""The rows of a finished episode: of the replay, of a stored test, or of a test that the window played."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.replay import Episode, EpisodeList, GrowingEpisode, PlayedTests, ReplayError, stored_test
from dreamer_studio.replay.seekable import PART_ROWS
from dreamer_studio.viewing.frame_ref import FrameRef


class Record(Protocol):
    """A finished episode."""

    def __len__(self) -> int:
        """Return the number of rows."""

    def read(self, first: int, count: int) -> Episode:
        """Return `count` rows from row `first` on.

        Raises:
            ReplayError, OSError: the file cannot be read.
        """

    def states(self, first: int, count: int) -> NDArray[np.float64] | None:
        """Return the simulator's states (count, n) at these rows, or None if they are unknown."""


@dataclass(frozen=True, eq=False)
class StoredRecord:
    """An episode in a list of files."""

    episodes: EpisodeList
    place: int

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.episodes.length(self.place)

    def read(self, first: int, count: int) -> Episode:
        """Return `count` rows from row `first` on."""
        return self.episodes.get(self.place, first, count, remember=True)

    def states(self, first: int, count: int) -> NDArray[np.float64] | None:
        """Return the simulator's states at these rows, or None if they are unknown or cannot be read."""
        try:
            return self.episodes.states(self.place, first, count)
        except ReplayError:  # the rows are whole all the same
            return None


@dataclass(frozen=True, eq=False)
class PlayedRecord:
    """An episode in memory."""

    episode: GrowingEpisode

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.episode)

    def read(self, first: int, count: int) -> Episode:
        """Return `count` rows from row `first` on."""
        return self.episode.read(first, first + count)

    def states(self, first: int, count: int) -> NDArray[np.float64] | None:
        """Return the simulator's states at these rows, or None if they are unknown."""
        return self.episode.states.read(first, first + count)


def actions_to(record: Record, row: int) -> NDArray[np.float32]:
    """Return the actions (row, A) that lead from the reset to a row, read a few hundred rows at a time."""
    parts = [record.read(first, min(PART_ROWS, row + 1 - first)).action for first in range(0, row + 1, PART_ROWS)]
    return np.concatenate(parts)[1:]


def held_out_record(origin: FrameRef, folder: Path, played: PlayedTests) -> Record | None:
    """Return the test episode of a frame, or None if it is gone.

    Args:
        origin: the frame.
        folder: of the stored tests.
        played: the tests that the window has played.

    Raises:
        ReplayError, OSError: the folder cannot be read.
    """
    assert origin.test is not None
    if origin.test.played:
        episode = played.get(origin.test.update, origin.episode)
        return None if episode is None else PlayedRecord(episode)
    episodes = stored_test(folder, origin.test.update)
    place = episodes.place(origin.episode)
    return None if place is None else StoredRecord(episodes, place)
