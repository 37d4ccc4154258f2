"""Stores all episodes of a run: as files in a folder, and as many in memory as a setting allows."""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.files import set_aside, write_whole
from dreamer_studio.replay.episode import Episode
from dreamer_studio.replay.files import naming, pack_episode, read_rows
from dreamer_studio.replay.states import without_states
from dreamer_studio.replay.stored import StoredEpisode, episodes_in, read_part

_ENTRY_BYTES = 200  # overhead of an episode: a bytes object and a dictionary entry


class _KeptEpisodes:
    """The compressed content of some episodes, by number. It fills once, and then does not change."""

    def __init__(self, ram_bytes: int) -> None:
        self.ram_bytes = ram_bytes
        self.nbytes = 0
        self._contents: dict[int, bytes] = {}

    def has_room_for(self, size: int) -> bool:
        return self.nbytes + size + _ENTRY_BYTES <= self.ram_bytes

    def get(self, number: int) -> bytes | None:
        return self._contents.get(number)

    def add(self, number: int, content: bytes) -> None:
        """Keep the content of an episode, if there is room for it."""
        if self.has_room_for(len(content)):
            self._contents[number] = content
            self.nbytes += len(content) + _ENTRY_BYTES

    def forget(self, number: int) -> None:
        content = self._contents.pop(number, None)
        if content is not None:
            self.nbytes -= len(content) + _ENTRY_BYTES

    def limit(self, ram_bytes: int) -> None:
        """Change the bound, and drop episodes that no longer fit."""
        self.ram_bytes = ram_bytes
        while self.nbytes > ram_bytes:
            self.forget(next(reversed(self._contents)))


class EpisodeStore:
    """The episodes of a run. All are files; memory holds the compressed content of some.

    Memory is filled with the episodes that are read first, and then stays as it is: draws are uniform, so no choice
    would be better. From an episode that is not in memory only the requested rows are read. File names have number,
    rows and environment steps, so that opening a run with thousands of episodes reads none. Not thread-safe: one thread
    uses a store, and all others read the folder through an `EpisodeIndex`.
    """

    def __init__(self, folder: Path, ram_bytes: int, check: Callable[[], None] = lambda: None) -> None:
        """List the episodes of a folder, which need not exist.

        Args:
            folder: of the episodes.
            ram_bytes: upper bound of `cached_bytes`.
            check: of `write_whole`, for each new episode.

        Raises:
            ReplayError: there are files of an earlier format.
        """
        self.folder = folder
        self._check = check
        self._memory = _KeptEpisodes(ram_bytes)
        self._numbers, self._rows, self._steps = array("q"), array("q"), array("q")
        self._total_steps = 0
        self._next = 0
        for number, rows, steps in episodes_in(folder):
            self._append(number, rows, steps)

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def steps(self) -> int:
        """Environment steps in all episodes."""
        return self._total_steps

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Rows of each episode, from the file names."""
        return np.array(self._rows, np.int64)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Numbers in the file names, ascending; they are 0, 1, 2, ... unless files are missing."""
        return np.array(self._numbers, np.int64)

    @property
    def newest(self) -> int:
        """Return the number of the newest episode; -1 if there is none."""
        return self._numbers[-1] if self._numbers else -1

    @property
    def next_number(self) -> int:
        """Return the number of the next episode. Numbers of episodes that were left out are not used again."""
        return self._next

    @property
    def steps_of_each(self) -> NDArray[np.int64]:
        """Environment steps of each episode, from the file names."""
        return np.array(self._steps, np.int64)

    @property
    def ram_bytes(self) -> int:
        """Upper bound of `cached_bytes`."""
        return self._memory.ram_bytes

    @ram_bytes.setter
    def ram_bytes(self, ram_bytes: int) -> None:
        self._memory.limit(ram_bytes)

    @property
    def cached_bytes(self) -> int:
        """Memory that the episodes in memory take."""
        return self._memory.nbytes

    def add(self, episode: Episode, states: NDArray[np.float64] | None = None, number: int | None = None) -> Path:
        """Write an episode to the folder; only then does it count.

        Args:
            episode: its L rows.
            states: (L, n), the simulator's state at each row, if known. They stay on the disk only.
            number: number in the file name, `next_number` by default. A training passes it, because the episode's seed
                follows from it.

        Raises:
            ValueError, OSError: see `add_packed`.
        """
        return self.add_packed(pack_episode(episode, states), len(episode), episode.total_steps, number)

    def add_packed(self, content: bytes, rows: int, steps: int, number: int | None = None) -> Path:
        """Write the content of an episode's file, as `add` does.

        Args:
            content: of the file.
            rows: number of rows.
            steps: environment steps of all rows.
            number: as in `add`.

        Raises:
            ValueError: there was an episode with that number or a later one.
            OSError: it could not be written, or the folder is gone; nothing incomplete stays behind.
        """
        number = self._next if number is None else number
        if number < self._next:
            raise ValueError(f"episode {number} is not newer than all others: the next number is {self._next}")
        if not self._numbers:  # later a missing folder is a fault, since its episodes are missing too
            self.folder.mkdir(exist_ok=True)
        path = self.folder / StoredEpisode(number, rows, steps).file_name
        write_whole(path, content, check=self._check)
        self._append(number, rows, steps)
        self._memory.add(number, without_states(content))
        return path

    def number(self, index: int) -> int:
        """Return the number in the file name of an episode."""
        return self._numbers[index]

    def length(self, index: int) -> int:
        """Return the number of rows of an episode, from its file name."""
        return self._rows[index]

    def get(self, index: int, start: int = 0, count: int | None = None) -> Episode:
        """Return rows `start` to `start + count` of an episode, all by default, from memory or from its file.

        Raises:
            IndexError: there is no such episode, or it has no such rows.
            ReplayError: the file is damaged, or has another length than its name says.
        """
        index = range(len(self))[index]
        content = self._memory.get(self._numbers[index])
        path = self._path(index)
        with naming(path):
            if content is not None:
                return read_rows(io.BytesIO(content), start, count, length=self._rows[index])
            episode, content = read_part(path, start, count, self._rows[index], self._memory.has_room_for)
        if content is not None:
            self._memory.add(self._numbers[index], content)
        return episode

    def leave_out(self, path: Path, *, rename: bool) -> None:
        """Continue without an episode whose file cannot be read.

        Args:
            path: of a `ReplayError`. Does nothing if the episode is left out already.
            rename: whether to rename the file, if it exists, so that its name says so. Only the trainer may.

        Raises:
            OSError: it could not be renamed, and the episode stays.
        """
        index = next((place for place in range(len(self)) if self._path(place) == path), None)
        if index is None:
            return
        if rename and path.exists():
            set_aside(path)
        self._memory.forget(self._numbers[index])
        self._total_steps -= self._steps[index]
        for column in (self._numbers, self._rows, self._steps):
            column.pop(index)

    def _path(self, index: int) -> Path:
        return self.folder / StoredEpisode(self._numbers[index], self._rows[index], self._steps[index]).file_name

    def _append(self, number: int, rows: int, steps: int) -> None:
        self._numbers.append(number)
        self._next = number + 1
        self._rows.append(rows)
        self._steps.append(steps)
        self._total_steps += steps
