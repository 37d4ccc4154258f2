"""Measures what the viewers take from the training, at most."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

SECONDS = 3.0
"""Over which it is taken."""


class ViewerOverhead:
    """The processor time of the window's thread and of those that look on, per second.

    Where one of them runs it may hold Python's lock, or a core that the training waits for, but nothing else of the
    training's. So what they use of a core is the most that training can lose of its updates. Other processes, as a
    twin's simulator and the writing of films, are not counted.

    Attributes:
        newest: the last share taken, or None.

    Args:
        clocks: give each the processor seconds that a thread has used so far.
    """

    def __init__(self, clocks: Iterable[Callable[[], float]]) -> None:
        self._clocks = tuple(clocks)
        self._taken: deque[tuple[float, float]] = deque()
        self.newest: float | None = None

    def take(self) -> float | None:
        """The share of a second, over the last `SECONDS`; above 1 where several cores are used, None at first."""
        now = time.monotonic()
        self._taken.append((now, sum(clock() for clock in self._clocks)))
        while len(self._taken) > 2 and self._taken[1][0] <= now - SECONDS:
            self._taken.popleft()
        (began, before), (_, used) = self._taken[0], self._taken[-1]
        self.newest = (used - before) / (now - began) if now > began else None
        return self.newest
