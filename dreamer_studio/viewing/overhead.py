"""Measures the viewer overhead: an upper bound of what the window takes from the training."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

SECONDS = 3.0
"""Length of a measurement."""


class ViewerOverhead:
    """The processor time of the window's thread and its workers, per second.

    While one of these threads runs, it may hold Python's lock, or a core that the training needs, but nothing else. So
    their share of a core is the most that the training can lose of its updates. Other processes, such as a twin's
    simulator and the writing of films, are not counted.

    Attributes:
        newest: the last measured share, or None.

    Args:
        clocks: each returns the processor seconds that a thread has used so far.
    """

    def __init__(self, clocks: Iterable[Callable[[], float]]) -> None:
        self._clocks = tuple(clocks)
        self._taken: deque[tuple[float, float]] = deque()
        self.newest: float | None = None

    def take(self) -> float | None:
        """Return the share over the last `SECONDS`; above 1 if several cores were used, None at first."""
        now = time.monotonic()
        self._taken.append((now, sum(clock() for clock in self._clocks)))
        while len(self._taken) > 2 and self._taken[1][0] <= now - SECONDS:
            self._taken.popleft()
        (began, before), (_, used) = self._taken[0], self._taken[-1]
        self.newest = (used - before) / (now - began) if now > began else None
        return self.newest
