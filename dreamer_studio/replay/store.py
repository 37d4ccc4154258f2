"""All episodes of a run: files in a folder, and as many of them in memory as a setting allows."""

from __future__ import annotations

import itertools
import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from dreamer_studio.replay.episode import Episode, ReplayError

_NAME = re.compile(r"episode-(?P<number>\d{6,9})-rows-(?P<rows>\d{1,9})-steps-(?P<steps>\d{1,9})\.npz")


@dataclass(frozen=True)
class _Entry:
    path: Path
    rows: int
    steps: int


class EpisodeStore:
    """Nothing is ever dropped: an episode is a file first, and memory is a cache of the most recently used.

    A file's name carries its number, rows and simulator steps, so that opening a run of thousands reads none.
    Not thread-safe: each thread opens its own on the same folder.
    """

    def __init__(self, folder: Path, ram_bytes: int) -> None:
        self.folder = folder
        self.ram_bytes = ram_bytes
        self._cache: OrderedDict[int, Episode] = OrderedDict()
        self._cached_bytes = 0
        self._entries: list[_Entry] = []
        self._steps = self._rows = 0
        self._next_number = 0
        self.refresh()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def steps(self) -> int:
        """Simulator steps in all episodes."""
        return self._steps

    @property
    def rows(self) -> int:
        """Rows in all episodes, resets included."""
        return self._rows

    @property
    def cached_bytes(self) -> int:
        """Memory held by cached episodes; at most `ram_bytes`, or one episode where that alone is larger."""
        return self._cached_bytes

    def refresh(self) -> None:
        """Look at the folder anew, as when another process writes it."""
        self._entries.clear()
        self._steps = self._rows = 0
        self._cache.clear()
        self._cached_bytes = 0
        found = {}
        for path in self.folder.glob("episode-*.npz"):
            if match := _NAME.fullmatch(path.name):
                entry = _Entry(path, int(match["rows"]), int(match["steps"]))
                found[int(match["number"])] = entry
        for number in sorted(found):
            self._append(found[number])
        self._next_number = max(found, default=-1) + 1

    def add(self, episode: Episode) -> Path:
        """Write an episode to the folder; only then does it count."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"episode-{self._next_number:06d}-rows-{len(episode)}-steps-{episode.total_steps}.npz"
        path = self.folder / name
        episode.save(path)
        self._next_number += 1
        self._append(_Entry(path, len(episode), episode.total_steps))
        self._remember(len(self._entries) - 1, episode)
        return path

    def length(self, index: int) -> int:
        """Rows of one episode, without reading it."""
        return self._entries[index].rows

    def steps_when(self, enough: int) -> int | None:
        """Simulator steps in all at the first episode's end at which they were `enough`; None where there are fewer."""
        totals = itertools.accumulate(entry.steps for entry in self._entries)
        return next((total for total in totals if total >= enough), None)

    def get(self, index: int) -> Episode:
        """One episode, from memory or from its file.

        Raises:
            ReplayError: the file is damaged, or its length is not the one in its name.
        """
        index = range(len(self._entries))[index]
        if index in self._cache:
            self._cache.move_to_end(index)
            return self._cache[index]
        entry = self._entries[index]
        episode = Episode.load(entry.path)
        if len(episode) != entry.rows:
            raise ReplayError(f"{entry.path.name} holds {len(episode)} rows")
        self._remember(index, episode)
        return episode

    def _append(self, entry: _Entry) -> None:
        self._entries.append(entry)
        self._steps += entry.steps
        self._rows += entry.rows

    def _remember(self, index: int, episode: Episode) -> None:
        self._cache[index] = episode
        self._cached_bytes += episode.nbytes
        while self._cached_bytes > self.ram_bytes and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            self._cached_bytes -= dropped.nbytes
