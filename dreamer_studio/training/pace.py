"""How fast a training goes, and how long the rest of it takes."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable

from dreamer_studio.config import Config
from dreamer_studio.training.schedule import UpdateSchedule

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


REMEMBERED = 64


class Pace:
    """The typical time of one thing, in seconds: the median of the last ones, so that a hiccup does not count."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, seconds: float) -> None:
        """Note how long it took."""
        self._last.append(seconds)

    @property
    def seconds(self) -> float | None:
        """The median; None before the first."""
        return statistics.median(self._last) if self._last else None


def seconds_left(
    config: Config, step: int, update: int, learning_since: int | None, step_seconds: float, update_seconds: float
) -> float:
    """Time to the end of a run, tests and checkpoints not counted.

    Args:
        config: of the run.
        step: environment steps done.
        update: updates done.
        learning_since: environment step at which the prefill ended; None before.
        step_seconds: of one agent step.
        update_seconds: of one update.
    """
    began = max(config.prefill, step) if learning_since is None else learning_since
    due = UpdateSchedule.of(config).due(config.steps - began) if config.steps >= began else 0
    agent_steps = max(config.steps - step, 0) / config.action_repeat
    return agent_steps * step_seconds + max(due - update, 0) * update_seconds
