"""Waits for processes that other threads can end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from dreamer_studio.envs import Interruption


class Waits:
    """The waits of one worker, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._interruption = Interruption()
        self._waiting = False
        self._closing = False

    @contextlib.contextmanager
    def wait(self, *, same: bool = False) -> Iterator[Interruption]:
        """Give the block an interruption that `drop` and `give_up` request.

        Args:
            same: Whether the block waits for the same process as the block before.
        """
        with self._lock:
            if not self._closing and not same:
                self._interruption = Interruption()
            self._waiting = True
        try:
            yield self._interruption
        finally:
            self._waiting = False

    def drop(self) -> None:
        """End the present wait, if there is one; from any thread. The next one is not affected."""
        with self._lock:
            if self._waiting:
                self._interruption.request()

    def give_up(self) -> None:
        """End the present wait and all later ones; from any thread."""
        with self._lock:
            self._closing = True
            self._interruption.request()
