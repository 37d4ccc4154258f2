"""All episodes of a run: files in a folder, and as many of them in memory as a setting allows."""

from __future__ import annotations

import bisect
import io
import itertools
import os
import re
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.files import set_aside, write_whole
from dreamer_studio.replay.episode import Episode
from dreamer_studio.replay.files import (
    MOST_ROWS,
    SUFFIX,
    ReplayError,
    check_episode_file,
    naming,
    pack_episode,
    read_rows,
)
from dreamer_studio.replay.seekable import PART_ROWS
from dreamer_studio.replay.states import read_states, without_states

_NAME = re.compile(
    r"episode-(?P<number>\d{6}|[1-9]\d{6,8})-rows-(?P<rows>[1-9]\d{0,8})-steps-(?P<steps>0|[1-9]\d{0,8})"
    + re.escape(SUFFIX)
)
_EARLIER_SUFFIX = ".npz"  # compressed as one, so that a sequence could not be read without the rest
_ENTRY_BYTES = 200  # a bytes object and its place in a dictionary take, beside the content


class EpisodeStore:
    """Nothing is ever dropped: an episode is a file first, and memory holds the compressed content of some.

    Memory is filled with what is asked for and then stays as it is: draws are uniform, so none is asked for more often
    than another, and of an episode that is not in memory only the rows that are wanted are read. A file's name carries
    its number, rows and simulator steps, so that opening a run of thousands reads none. Not thread-safe: each thread
    opens its own on the same folder.
    """

    def __init__(self, folder: Path, ram_bytes: int) -> None:
        """Look at a folder, which need not be there.

        Raises:
            ReplayError: there are files of an earlier format.
        """
        self.folder = folder
        self._ram_bytes = ram_bytes
        self._cache: dict[int, bytes] = {}
        self._cached_bytes = 0
        self._numbers, self._rows, self._steps = array("q"), array("q"), array("q")
        self._total_steps = 0
        self._next = 0
        for number, rows, steps in _episodes_in(folder):
            self._append(number, rows, steps)

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def steps(self) -> int:
        """Simulator steps in all episodes."""
        return self._total_steps

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Rows of each episode, without reading any."""
        return np.array(self._rows, np.int64)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The number that each episode's file is named by, ascending: its place, unless files before it are missing."""
        return np.array(self._numbers, np.int64)

    @property
    def newest(self) -> int:
        """The number of the newest episode; -1 where there is none."""
        return self._numbers[-1] if self._numbers else -1

    @property
    def next_number(self) -> int:
        """The smallest that no episode had yet, those left out since included."""
        return self._next

    @property
    def steps_of_each(self) -> NDArray[np.int64]:
        """Simulator steps of each episode, without reading any."""
        return np.array(self._steps, np.int64)

    @property
    def ram_bytes(self) -> int:
        """What `cached_bytes` may be at most."""
        return self._ram_bytes

    @ram_bytes.setter
    def ram_bytes(self, ram_bytes: int) -> None:
        self._ram_bytes = ram_bytes
        while self._cached_bytes > ram_bytes:
            _, content = self._cache.popitem()
            self._cached_bytes -= len(content) + _ENTRY_BYTES

    @property
    def cached_bytes(self) -> int:
        """Memory that episodes take; at most `ram_bytes`."""
        return self._cached_bytes

    def add(self, episode: Episode, states: NDArray[np.float64] | None = None, number: int | None = None) -> Path:
        """Write an episode to the folder; only then does it count.

        Args:
            episode: its L rows.
            states: (L, n), the simulator's at each row, where they are known; they take no memory here.
            number: what its file is named by, `next_number` by default. Its seed follows from it, so a training says
                which one it was.

        Raises:
            ValueError, OSError: as `add_packed`.
        """
        return self.add_packed(pack_episode(episode, states), len(episode), episode.total_steps, number)

    def add_packed(self, content: bytes, rows: int, steps: int, number: int | None = None) -> Path:
        """Write the content of an episode's file, as `add` does.

        Args:
            content: the file's.
            rows: number of rows.
            steps: simulator steps of all rows.
            number: as in `add`.

        Raises:
            ValueError: there was an episode of that number, or of a later one.
            OSError: it could not be written, or the folder is gone; nothing half is left behind.
        """
        number = self._next if number is None else number
        if number < self._next:
            raise ValueError(f"an episode {number} would not be newer than all before: {self._next} is the next")
        if not self._numbers:  # later it is there, or was taken away with all that it held: not to be made anew then
            self.folder.mkdir(exist_ok=True)
        path = self.folder / _name(number, rows, steps)
        write_whole(path, content)
        content = without_states(content)
        self._append(number, rows, steps)
        if self._has_room_for(len(content)):
            self._remember(len(self) - 1, content)
        return path

    def place(self, number: int) -> int | None:
        """Where the episode of that number stands among those that are here; None where it is not."""
        place = bisect.bisect_left(self._numbers, number)
        return place if place < len(self) and self._numbers[place] == number else None

    def length(self, index: int) -> int:
        """Rows of one episode, without reading it."""
        return self._rows[index]

    def steps_when(self, enough: int) -> int | None:
        """Simulator steps in all at the first episode's end at which they were `enough`; None where there are fewer."""
        return next((total for total in itertools.accumulate(self._steps) if total >= enough), None)

    def get(self, index: int, start: int = 0, count: int | None = None) -> Episode:
        """Rows `start` to `start + count` of one episode, all by default, from memory or from its file.

        Raises:
            IndexError: there is no such episode, or it has no such rows.
            ReplayError: the file is damaged, or its length is not the one in its name.
        """
        index = range(len(self))[index]
        content = self._cache.get(index)
        path = self._path(index)
        with naming(path):
            if content is not None:
                return read_rows(io.BytesIO(content), start, count, length=self._rows[index])
            check_episode_file(path)
            with path.open("rb", buffering=0) as file:
                episode = read_rows(file, start, count, length=self._rows[index])
                if self._has_room_for(os.fstat(file.fileno()).st_size):
                    file.seek(0)
                    self._remember(index, without_states(file.readall()))
                return episode

    def parts(self, index: int, stop: int | None = None) -> Iterator[Episode]:
        """The rows of one episode up to `stop`, all by default, in parts of a few hundred, since it may be very long.

        Raises:
            IndexError, ReplayError: as `get`.
        """
        stop = self.length(index) if stop is None else stop
        for start in range(0, stop, PART_ROWS):
            yield self.get(index, start, min(PART_ROWS, stop - start))

    def states(self, index: int, start: int, count: int) -> NDArray[np.float64] | None:
        """The simulator's states (count, n) at rows `start` to `start + count` of one episode, always from its file.

        Returns:
            None where they were not recorded.

        Raises:
            IndexError, ReplayError: as `get`.
        """
        index = range(len(self))[index]
        path = self._path(index)
        with naming(path):
            check_episode_file(path)
            with path.open("rb", buffering=0) as file:
                return read_states(file, start, count, length=self._rows[index])

    def leave_out(self, path: Path, *, rename: bool) -> None:
        """Go on without an episode whose file cannot be read.

        Args:
            path: as a `ReplayError` names it; it is no error where it is left out already.
            rename: whether the file, where it is still there, also gets a name that says so; for the run's owner.

        Raises:
            OSError: it could not be renamed; the episode stays then.
        """
        index = next((place for place in range(len(self)) if self._path(place) == path), None)
        if index is None:
            return
        if rename and path.exists():
            set_aside(path)
        self._total_steps -= self._steps[index]
        for column in (self._numbers, self._rows, self._steps):
            column.pop(index)
        content = self._cache.pop(index, None)
        if content is not None:
            self._cached_bytes -= len(content) + _ENTRY_BYTES
        self._cache = {place - (place > index): content for place, content in self._cache.items()}

    def _path(self, index: int) -> Path:
        return self.folder / _name(self._numbers[index], self._rows[index], self._steps[index])

    def _append(self, number: int, rows: int, steps: int) -> None:
        self._numbers.append(number)
        self._next = number + 1
        self._rows.append(rows)
        self._steps.append(steps)
        self._total_steps += steps

    def _has_room_for(self, size: int) -> bool:
        return self._cached_bytes + size + _ENTRY_BYTES <= self._ram_bytes

    def _remember(self, index: int, content: bytes) -> None:
        self._cache[index] = content
        self._cached_bytes += len(content) + _ENTRY_BYTES


def _name(number: int, rows: int, steps: int) -> str:
    return f"episode-{number:06d}-rows-{rows}-steps-{steps}{SUFFIX}"


def _episodes_in(folder: Path) -> list[tuple[int, int, int]]:
    """Number, rows and steps of each episode, from the names alone."""
    found: dict[int, tuple[int, int, int]] = {}
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        for entry in entries:
            if match := _NAME.fullmatch(entry.name):
                number, rows, steps = map(int, match.groups())
                if rows <= MOST_ROWS:
                    found[number] = number, rows, steps
            elif entry.name.startswith("episode-") and entry.name.endswith(_EARLIER_SUFFIX):
                raise ReplayError(
                    f"{entry.name} is of an earlier format, which is not read any more", folder / entry.name
                )
    return [found[number] for number in sorted(found)]
