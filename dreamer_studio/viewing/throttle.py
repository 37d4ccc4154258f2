"""What the window does not do at each tick of its clock."""

from __future__ import annotations

import time

WORDS_SECONDS = 0.2
"""Between changes of words and numbers that go with moving images: nobody reads them faster."""


class Throttle:
    """Says when something that is not to be done often is due again."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def __call__(self) -> bool:
        """Whether it is time; if so, the next time is so many seconds away."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True
