"""Keeps as many rows of a log as can be shown: all of the newest, and a thinned selection of the older ones."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from itertools import takewhile
from operator import itemgetter
from typing import Generic, TypeVar

NEWEST = 2000
"""Newest rows, all of which are kept."""

OLDER = {"update": 4000}
OLDER_OF_ANOTHER_KIND = 10_000
"""Older rows of each kind that are kept. Whenever there are more, about every other one is dropped."""

Item = TypeVar("Item")
Other = TypeVar("Other")


class RowHistory(Generic[Item]):
    """Numbered items in order of arrival, each of a kind, in bounded memory.

    One thread appends; any thread may read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._newest: deque[tuple[int, str, Item]] = deque()
        self._older: dict[str, _Thinned[Item]] = {}
        self._last: dict[str, Item] = {}

    def __len__(self) -> int:
        """Return how many items have come, dropped ones included."""
        return self._count

    def append(self, kind: str, item: Item, number: int | None = None) -> None:
        """Append an item. Its number is the next one by default, or a higher one if items before it were left out."""
        with self._lock:
            number = self._count if number is None else number
            if len(self._newest) == NEWEST:
                oldest_number, oldest_kind, oldest = self._newest.popleft()
                if oldest_kind not in self._older:
                    self._older[oldest_kind] = _Thinned(OLDER.get(oldest_kind, OLDER_OF_ANOTHER_KIND))
                self._older[oldest_kind].append(oldest_number, oldest)
            self._newest.append((number, kind, item))
            self._last[kind] = item
            self._count = number + 1

    def since(self, number: int) -> tuple[list[Item], int]:
        """Return the kept items from `number` on, and the number of the next item to come."""
        if number == self._count:  # as nearly always, since readers ask at 30 Hz
            return [], number
        with self._lock:
            newest = list(takewhile(lambda entry: entry[0] >= number, reversed(self._newest)))
            older: list[tuple[int, Item]] = []
            if len(newest) == len(self._newest):
                kept = (entry for series in self._older.values() for entry in series.entries)
                older = sorted((entry for entry in kept if entry[0] >= number), key=itemgetter(0))
            return [item for _, item in older] + [item for _, _, item in reversed(newest)], self._count

    def last(self, kind: str) -> Item | None:
        """Return the newest item of a kind, or None."""
        with self._lock:
            return self._last.get(kind)

    def map(self, function: Callable[[Item], Other | None]) -> RowHistory[Other]:
        """Return a history with `function` applied to each kept item. Items that become None are dropped."""
        mapped: RowHistory[Other] = RowHistory()
        with self._lock:
            mapped._count = self._count
            made = ((number, kind, function(item)) for number, kind, item in self._newest)
            mapped._newest.extend((number, kind, item) for number, kind, item in made if item is not None)
            mapped._older = {kind: series.map(function) for kind, series in self._older.items()}
            lasts = ((kind, function(item)) for kind, item in self._last.items())
            mapped._last = {kind: item for kind, item in lasts if item is not None}
        return mapped


class _Thinned(Generic[Item]):
    """At most `limit` numbered items, whose numbers are at least `_stride` apart."""

    def __init__(self, limit: int) -> None:
        self.entries: list[tuple[int, Item]] = []
        self._limit = limit
        self._stride = 1

    def append(self, number: int, item: Item) -> None:
        self._append((number, item))
        while len(self.entries) > self._limit:
            self._stride *= 2
            entries, self.entries = self.entries, []
            for entry in entries:
                self._append(entry)

    def map(self, function: Callable[[Item], Other | None]) -> _Thinned[Other]:
        mapped: _Thinned[Other] = _Thinned(self._limit)
        made = ((number, function(item)) for number, item in self.entries)
        mapped.entries = [(number, item) for number, item in made if item is not None]
        mapped._stride = self._stride
        return mapped

    def _append(self, entry: tuple[int, Item]) -> None:
        if not self.entries or entry[0] >= self.entries[-1][0] + self._stride:
            self.entries.append(entry)
