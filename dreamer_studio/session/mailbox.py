"""How values cross threads without queueing up: the newest wins, and whoever is slow misses some."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds the newest value. Any thread may put, any may look; a value is replaced whole, never changed."""

    def __init__(self, value: T) -> None:
        self._value = value

    def put(self, value: T) -> None:
        """Replace the value."""
        self._value = value

    def get(self) -> T:
        """The newest value."""
        return self._value


class Feed(Generic[T]):
    """The last `capacity` values in order, each with a running number, for readers that want all they can get."""

    def __init__(self, capacity: int) -> None:
        self._items: deque[T] = deque(maxlen=capacity)
        self._count = 0
        self._lock = threading.Lock()

    def append(self, item: T) -> None:
        """Add the newest value; the oldest falls out when the feed is full."""
        with self._lock:
            self._items.append(item)
            self._count += 1

    def clear(self) -> None:
        """Forget all values; numbers go on."""
        with self._lock:
            self._items.clear()

    def since(self, number: int) -> tuple[list[T], int]:
        """Values from `number` on that are still there, and the number to ask with next."""
        with self._lock:
            wanted = min(self._count - number, len(self._items))
            items = [self._items[index] for index in range(len(self._items) - wanted, len(self._items))]
            return items, self._count
