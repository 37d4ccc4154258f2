"""Hands values across threads without queues: the newest wins, and a slow reader misses some."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds the newest value. Any thread may put or get. A value is replaced as a whole and never changed."""

    def __init__(self, value: T) -> None:
        self._value = value

    def put(self, value: T) -> None:
        """Replace the value."""
        self._value = value

    def get(self) -> T:
        """Return the newest value."""
        return self._value


class Feed(Generic[T]):
    """Holds the last `capacity` values in order, numbered, for readers that want as many as possible."""

    def __init__(self, capacity: int) -> None:
        self._items: deque[T] = deque(maxlen=capacity)
        self._count = 0
        self._lock = threading.Lock()

    def append(self, item: T) -> None:
        """Add a value; drops the oldest if the feed is full."""
        with self._lock:
            self._items.append(item)
            self._count += 1

    def clear(self) -> None:
        """Drop all values; the numbers continue."""
        with self._lock:
            self._items.clear()

    def since(self, number: int) -> tuple[list[T], int]:
        """Return the values from `number` on that are still held, and the number to ask with next."""
        with self._lock:
            wanted = min(self._count - number, len(self._items))
            items = [self._items[index] for index in range(len(self._items) - wanted, len(self._items))]
            return items, self._count
