"""How fast things go, over the last half minute of work; time spent paused does not count."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 30.0


class SpeedMeter:
    """Counts per second over a moving window."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, count: int) -> None:
        """Note the running total now."""
        now = self._clock()
        self._marks.append((now, count))
        while now - self._marks[0][0] > WINDOW_SECONDS and len(self._marks) > 2:
            self._marks.popleft()

    def restart(self) -> None:
        """Forget what was: call it when work goes on after a pause."""
        self._marks.clear()

    @property
    def per_second(self) -> float:
        """Counts per second; 0 while there is too little to tell."""
        if len(self._marks) < 2:
            return 0.0
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start) if end > start else 0.0
