"""How long a run takes: from the time of one update and of one agent step."""

from __future__ import annotations

import statistics
from collections import deque

from dreamer_studio.config import Config
from dreamer_studio.training.schedule import UpdateSchedule

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
