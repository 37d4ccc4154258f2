"""Slow motion: waits at the beginning of each phase of a run, so that a person can follow."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from dreamer_studio.training.events import Event, PhaseBegins

MOST_SLOW_MS: Final = 10_000
"""Longest wait. The trainer's signs of life count seconds without an event, and 60 s are silence."""


class SlowMotion:
    """Says until when the run waits.

    Attributes:
        milliseconds: the wait at each phase; 0 without slow motion.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.milliseconds = 0
        self._clock = clock
        self._until = 0.0

    def set(self, milliseconds: int) -> None:
        """Change the wait. A wait that has begun ends now.

        Raises:
            ValueError: it is negative or too long.
        """
        if not 0 <= milliseconds <= MOST_SLOW_MS:
            raise ValueError(f"A phase can wait 0 to {MOST_SLOW_MS:,} ms, not {milliseconds:,}.")
        self.milliseconds, self._until = milliseconds, 0.0

    def look(self, event: Event) -> None:
        """Begin to wait if the event begins a phase."""
        if self.milliseconds and isinstance(event, PhaseBegins):
            self._until = self._clock() + self.milliseconds / 1000

    @property
    def seconds_left(self) -> float:
        """Return how long the run still waits; 0 if it does not."""
        return max(0.0, self._until - self._clock()) if self.milliseconds else 0.0
