"""The stored episodes of a run, for all threads that read them while the run trains."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.replay.episode import Episode
from dreamer_studio.replay.files import naming, read_rows
from dreamer_studio.replay.seekable import PART_ROWS
from dreamer_studio.replay.stored import StoredEpisode, episodes_named, file_names, read_part, read_part_states

_ENTRY_BYTES = 400  # overhead of a file: a bytes object, a path and a dictionary entry

Numbers = NDArray[np.int64]


class _RecentFiles:
    """Keeps the contents of the most recently read files in bounded memory. Any thread may use it."""

    def __init__(self, ram_bytes: int) -> None:
        self._ram_bytes = ram_bytes
        self._contents: OrderedDict[Path, tuple[tuple[int, int], bytes]] = OrderedDict()
        self._lock = threading.Lock()
        self._bytes = 0

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        return self._bytes

    def fits(self, size: int) -> bool:
        """Return whether a content of this size may be kept."""
        return size + _ENTRY_BYTES <= self._ram_bytes

    def get(self, path: Path) -> bytes | None:
        """Return the content of a file, if it is kept and the file has not changed since.

        Raises:
            OSError: the file is gone.
        """
        with self._lock:
            if path not in self._contents:
                return None
            self._contents.move_to_end(path)
            stamp, content = self._contents[path]
        return content if stamp == _stamp(path) else None

    def keep(self, path: Path, content: bytes) -> None:
        """Keep the content of a file, and drop the least recently used contents to make room."""
        stamp = _stamp(path)
        with self._lock:
            self._forget(path)
            self._contents[path] = stamp, content
            self._bytes += len(content) + _ENTRY_BYTES
            while self._bytes > self._ram_bytes:
                self._forget(next(iter(self._contents)))

    def _forget(self, path: Path) -> None:
        _, content = self._contents.pop(path, (None, None))
        if content is not None:
            self._bytes -= len(content) + _ENTRY_BYTES


@dataclass(frozen=True, eq=False)
class EpisodeList:
    """The N episodes that were stored at one moment. Any thread may use the list.

    Attributes:
        folder: of their files.
        numbers: (N,), the numbers in the file names, ascending.
        lengths: (N,), rows of each.
        steps_of_each: (N,), simulator steps of each.
    """

    folder: Path
    numbers: Numbers
    lengths: Numbers
    steps_of_each: Numbers
    _memory: _RecentFiles

    def __len__(self) -> int:
        """Return N."""
        return len(self.numbers)

    @property
    def newest(self) -> int:
        """Return the number of the newest episode; -1 if there is none."""
        return int(self.numbers[-1]) if len(self) else -1

    def place(self, number: int) -> int | None:
        """Return the index of an episode's number in `numbers`, or None."""
        return place_of(self.numbers, number)

    def length(self, place: int) -> int:
        """Return the rows of one episode without reading it."""
        return int(self.lengths[place])

    def get(self, place: int, start: int = 0, count: int | None = None, *, remember: bool = False) -> Episode:
        """Read rows `start` to `start + count` of one episode, all by default, from memory or from its file.

        Args:
            place: in this list.
            start: the first row.
            count: rows; None for all to the end.
            remember: whether to keep the file's content in memory, for more rows of the same episode.

        Raises:
            IndexError: there is no such episode, or it has no such rows.
            ReplayError: the file is damaged, or its length is not the one in its name.
        """
        path, length = self._path(place), self.length(place)
        with naming(path):
            content = self._memory.get(path)
            if content is not None:
                return read_rows(io.BytesIO(content), start, count, length=length)
            episode, content = read_part(path, start, count, length, lambda size: remember and self._memory.fits(size))
            if content is not None:
                self._memory.keep(path, content)
        return episode

    def parts(self, place: int, stop: int | None = None, *, remember: bool = False) -> Iterator[Episode]:
        """Read the rows of one episode up to `stop`, all by default, a few hundred at a time: it may be very long.

        Raises:
            IndexError, ReplayError: as `get`.
        """
        stop = self.length(place) if stop is None else stop
        for start in range(0, stop, PART_ROWS):
            yield self.get(place, start, min(PART_ROWS, stop - start), remember=remember)

    def states(self, place: int, start: int, count: int) -> NDArray[np.float64] | None:
        """Read the simulator's states (count, n) from row `start` of one episode on; None if not recorded.

        Raises:
            IndexError, ReplayError: as `get`.
        """
        path = self._path(place)
        with naming(path):
            return read_part_states(path, start, count, self.length(place))

    def without(self, path: Path) -> EpisodeList:
        """Return the list without the episode of a file, e.g. of a damaged one."""
        keep = np.array([self._path(place) != path for place in range(len(self))], np.bool_)
        return replace(
            self, numbers=self.numbers[keep], lengths=self.lengths[keep], steps_of_each=self.steps_of_each[keep]
        )

    def _path(self, place: int) -> Path:
        place = range(len(self))[place]
        numbers = (int(column[place]) for column in (self.numbers, self.lengths, self.steps_of_each))
        return self.folder / StoredEpisode(*numbers).file_name


class EpisodeIndex:
    """Lists the stored episodes of a run folder. Any thread may use it.

    All readers share one list and one memory. A new episode extends the list: known files are not parsed or read again,
    and the contents in memory stay.

    Args:
        folder: of the episodes; it need not exist yet.
        ram_bytes: for the content of files that were read last.
    """

    def __init__(self, folder: Path, ram_bytes: int) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._memory = _RecentFiles(ram_bytes)
        self._names: set[str] = set()
        self._stamp: object = None
        self._list = self._listed([])

    @property
    def cached_bytes(self) -> int:
        """Memory that the content of files takes."""
        return self._memory.nbytes

    def move_to(self, folder: Path) -> None:
        """List the episodes of this folder from now on; nothing changes if they are listed already."""
        with self._lock:
            if folder != self._folder:
                self._folder, self._names, self._stamp = folder, set(), None
                self._list = self._listed([])

    def as_of(self, stamp: object) -> EpisodeList:
        """Return the list as of a stamp, which changes whenever an episode is stored or removed.

        The folder is listed once for each stamp. The list stays the same object until an episode is added or removed.

        Raises:
            ReplayError: there are files of an earlier format.
            OSError: the folder cannot be read.
        """
        with self._lock:
            if stamp != self._stamp:
                self._look()
                self._stamp = stamp
            return self._list

    def refresh(self) -> EpisodeList:
        """List the folder now, and return the list as `as_of` does.

        Raises:
            As `as_of`.
        """
        with self._lock:
            self._look()
            return self._list

    def _look(self) -> None:
        """Add new episodes to the list. Make another list if episodes are gone, or have come between others."""
        names = set(file_names(self._folder))
        new = episodes_named(names - self._names, self._folder)
        if episodes_named(self._names - names, self._folder) or (new and new[0].number <= self._list.newest):
            self._list = self._listed(episodes_named(names, self._folder))
        elif new:
            self._list = self._listed(new, self._list)
        self._names = names

    def _listed(self, episodes: list[StoredEpisode], before: EpisodeList | None = None) -> EpisodeList:
        """Return a list of these episodes, after those of an earlier list."""
        columns = np.array(episodes, np.int64).reshape(-1, 3).T
        if before is not None:
            columns = np.concatenate([[before.numbers, before.lengths, before.steps_of_each], columns], axis=1)
        columns.flags.writeable = False
        numbers, lengths, steps = columns
        return EpisodeList(self._folder, numbers, lengths, steps, self._memory)


def place_of(numbers: Numbers, number: int) -> int | None:
    """Return the index of an episode number in the sorted `numbers`, or None."""
    place = int(np.searchsorted(numbers, number))
    return place if place < len(numbers) and numbers[place] == number else None


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size
