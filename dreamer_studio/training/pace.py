"""Measures speeds, and estimates the time to the end of a training."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable

from dreamer_studio.config import Config
from dreamer_studio.training.schedule import UpdateSchedule

WINDOW_SECONDS = 30.0


class SpeedMeter:
    """Counts per second over the last half minute of work, without pauses."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, count: int) -> None:
        """Note the running total at this moment."""
        now = self._clock()
        self._marks.append((now, count))
        while now - self._marks[0][0] > WINDOW_SECONDS and len(self._marks) > 2:
            self._marks.popleft()

    def restart(self) -> None:
        """Start measuring again; call it after a pause."""
        self._marks.clear()

    @property
    def per_second(self) -> float:
        """Counts per second; 0 until there are two marks."""
        if len(self._marks) < 2:
            return 0.0
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start) if end > start else 0.0


REMEMBERED = 64


class Pace:
    """The typical duration of a piece of work, in seconds: a median, so that a hiccup does not count."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, seconds: float) -> None:
        """Note a duration."""
        self._last.append(seconds)

    @property
    def seconds(self) -> float | None:
        """The median; None before the first duration."""
        return statistics.median(self._last) if self._last else None


def seconds_left(
    config: Config, step: int, update: int, learning_since: int | None, step_seconds: float, update_seconds: float
) -> float:
    """Estimate the seconds to the end of a run, without tests and checkpoints.

    Args:
        config: of the run.
        step: environment steps done.
        update: updates done that the schedule asked for.
        learning_since: environment step at which the prefill ended; None before.
        step_seconds: duration of an agent step.
        update_seconds: duration of an update.
    """
    began = max(config.prefill, step) if learning_since is None else learning_since
    due = UpdateSchedule.of(config).due(config.steps - began) if config.steps >= began else 0
    agent_steps = max(config.steps - step, 0) / config.action_repeat
    return agent_steps * step_seconds + max(due - update, 0) * update_seconds
