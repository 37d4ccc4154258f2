"""The file of a stored episode: its name, which says how long the episode is, and parts of its content."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.replay.episode import Episode
from dreamer_studio.replay.files import MOST_ROWS, SUFFIX, ReplayError, check_episode_file, read_rows
from dreamer_studio.replay.states import read_states, without_states

_NAME = re.compile(
    r"episode-(?P<number>\d{6}|[1-9]\d{6,8})-rows-(?P<rows>[1-9]\d{0,8})-steps-(?P<steps>0|[1-9]\d{0,8})"
    + re.escape(SUFFIX)
)
_EARLIER_SUFFIX = ".npz"  # compressed as a whole: reading a sequence meant reading everything


class StoredEpisode(NamedTuple):
    """The facts in an episode's file name: number, rows and simulator steps."""

    number: int
    rows: int
    steps: int

    @property
    def file_name(self) -> str:
        """Return the name of the file."""
        return f"episode-{self.number:06d}-rows-{self.rows}-steps-{self.steps}{SUFFIX}"


def parse_name(name: str, folder: Path) -> StoredEpisode | None:
    """Read the name of an episode's file in a folder; None for any other file.

    Raises:
        ReplayError: it is a file of an earlier format.
    """
    if match := _NAME.fullmatch(name):
        episode = StoredEpisode(*map(int, match.groups()))
        return episode if episode.rows <= MOST_ROWS else None
    if name.startswith("episode-") and name.endswith(_EARLIER_SUFFIX):
        raise ReplayError(f"{name} has an earlier format, which is no longer read", folder / name)
    return None


def file_names(folder: Path) -> list[str]:
    """Return the names of all files of a folder, none if it does not exist."""
    return os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208  (a Path for each of them takes longer)


def episodes_named(names: Iterable[str], folder: Path) -> list[StoredEpisode]:
    """Return the episodes among the files of a folder, by number.

    Raises:
        ReplayError: there are files of an earlier format.
    """
    found = (parse_name(name, folder) for name in names)
    return sorted({episode.number: episode for episode in found if episode is not None}.values())


def episodes_in(folder: Path) -> list[StoredEpisode]:
    """List the stored episodes of a folder, which need not exist, by their numbers. No file is opened.

    Raises:
        ReplayError: there are files of an earlier format.
    """
    return episodes_named(file_names(folder), folder)


def read_part(
    path: Path, start: int, count: int | None, length: int, has_room: Callable[[int], bool]
) -> tuple[Episode, bytes | None]:
    """Read rows `start` to `start + count`, and the whole content of the file if there is room for it.

    Args:
        path: the file.
        start: the first row.
        count: rows; None for all to the end.
        length: rows of the episode.
        has_room: says whether so many bytes are to be kept in memory.

    Returns:
        the rows, and the content without simulator states or None.

    Raises:
        As `files.read_rows` and `files.check_episode_file`.
    """
    check_episode_file(path)
    with path.open("rb", buffering=0) as file:
        episode = read_rows(file, start, count, length=length)
        if not has_room(os.fstat(file.fileno()).st_size):
            return episode, None
        file.seek(0)
        return episode, without_states(file.readall())


def read_part_states(path: Path, start: int, count: int, length: int) -> NDArray[np.float64] | None:
    """Read the simulator's states (count, n) from row `start` on; None if they were not recorded.

    Raises:
        As `states.read_states` and `files.check_episode_file`.
    """
    check_episode_file(path)
    with path.open("rb", buffering=0) as file:
        return read_states(file, start, count, length=length)
