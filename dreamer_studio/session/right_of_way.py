"""Whoever answers a person's hand goes first: the training stands still for a moment between two of its phases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MOST_SECONDS = 0.1
"""That the training stands still at a time; then it goes on, whatever the other one does."""


class RightOfWay:
    """Taken for one short piece of work, given between phases; no number of the training depends on it.

    Comparison a training in Python every operation of another thread waits for the lock anew. What is some 20 ms of
    computing takes 150 ms so, and a marker that is dragged moves in jerks. One may hold it at a time.
    """

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Go first until the end of the block. For what a hand is waiting for, and nothing that goes on by itself."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def give(self) -> None:
        """Stand still while it is taken, for `MOST_SECONDS` at most. After each answer the training gets a turn."""
        self._free.wait(MOST_SECONDS)
