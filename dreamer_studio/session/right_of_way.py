"""Lets work that the user waits for go first: the training holds for a moment between two phases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MOST_SECONDS = 0.1
"""The longest time for which the training holds."""


class RightOfWay:
    """Lets a worker do a short piece of work between two phases of the training. No number changes.

    Beside a training every Python operation of another thread waits for the interpreter's lock. So 20 ms of computing
    take 150 ms, and a marker that the user drags moves in jerks. One worker may hold the right of way at a time.
    """

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Go first until the end of the block. Only for work that the user's hand waits for."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def give(self) -> None:
        """Hold while the right of way is taken, for at most `MOST_SECONDS`."""
        self._free.wait(MOST_SECONDS)
