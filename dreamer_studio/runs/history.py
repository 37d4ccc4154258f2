"""The rows of a log, as many as can be shown: all of the newest, and of the older ones some from the whole time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from itertools import takewhile
from operator import itemgetter
from typing import Generic, TypeVar

NEWEST = 2000
"""Rows of which none is left out."""

OLDER = {"update": 4000}
OLDER_OF_ANOTHER_KIND = 10_000
"""Of those before, rows of each kind; where there are more, about every other one goes, time and again."""

Item = TypeVar("Item")
Other = TypeVar("Other")


class RowHistory(Generic[Item]):
    """Numbered items in the order they came, each of a kind; memory is bounded however many come.

    One thread appends, any may read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._newest: deque[tuple[int, str, Item]] = deque()
        self._older: dict[str, _Thinned[Item]] = {}
        self._last: dict[str, Item] = {}

    def __len__(self) -> int:
        """How many have come, those that are left out included."""
        return self._count

    def append(self, kind: str, item: Item, number: int | None = None) -> None:
        """Add an item at the end; its number is the next one, or a higher one where some before it are left out."""
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
        """The items from `number` on, as far as they are kept, and the number of the one that comes next."""
        if number == self._count:  # as nearly always when somebody asks at 30 Hz
            return [], number
        with self._lock:
            newest = list(takewhile(lambda entry: entry[0] >= number, reversed(self._newest)))
            older: list[tuple[int, Item]] = []
            if len(newest) == len(self._newest):
                kept = (entry for series in self._older.values() for entry in series.entries)
                older = sorted((entry for entry in kept if entry[0] >= number), key=itemgetter(0))
            return [item for _, item in older] + [item for _, _, item in reversed(newest)], self._count

    def last(self, kind: str) -> Item | None:
        """The newest item of a kind."""
        with self._lock:
            return self._last.get(kind)

    def map(self, function: Callable[[Item], Other | None]) -> RowHistory[Other]:
        """The same history of other items, made from those that are kept; None is left out."""
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
    """Numbered items, `limit` at most, of numbers that are at least `_stride` apart."""

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
