"""Limits how often the window or a worker does something."""

from __future__ import annotations

import time

WORDS_SECONDS = 0.2
"""Time between changes of the texts under moving images; nobody reads faster."""


class Throttle:
    """Tells when it is time to do something again."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def __call__(self) -> bool:
        """Return whether it is time. If so, the next time is `seconds` later."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True
