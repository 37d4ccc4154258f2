"""The horizontal axis of curves, and the position of each row of the log on this axis."""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from dreamer_studio.studio.curve_cards.curves import Row, is_number
from dreamer_studio.studio.widgets.plots.training.curve import Across

_PAUSE_SECONDS: Final = 60.0
"""A gap between two rows may be this much longer than three times the expected time before it counts as a pause."""

_LONGEST_SECONDS: Final = 600.0
"""Longest gap that counts as work if the rows do not say how fast the training was."""


class Unit(StrEnum):
    """The units of the horizontal axis. The value is the title of the axis."""

    STEPS = "environment steps"
    UPDATES = "updates"
    AGENT_STEPS = "agent steps"
    HOURS = "hours"


ACROSS: Final[Mapping[Unit, Across]] = {
    Unit.STEPS: Across(Unit.STEPS, 100.0),
    Unit.UPDATES: Across(Unit.UPDATES, 10.0),
    Unit.AGENT_STEPS: Across(Unit.AGENT_STEPS, 50.0),
    Unit.HOURS: Across(Unit.HOURS, 0.01),
}


class Positions:
    """Places the rows of one log, which come in their order.

    Hours count the time of work: a gap that the speeds of the log do not explain is a pause, or a time without the
    program, and does not count.

    Args:
        unit: of the axis.
        action_repeat: environment steps for each action, from the configuration.
    """

    def __init__(self, unit: Unit, action_repeat: int) -> None:
        self._unit = unit
        self._repeat = max(1, action_repeat)
        self._last: Row | None = None
        self._hours = 0.0
        self._trail: tuple[list[int], list[float]] = [], []

    def of_all(self, rows: Sequence[Row]) -> list[float]:
        """Return the positions of the next rows."""
        match self._unit:
            case Unit.STEPS:
                return [float(row["step"]) for row in rows]
            case Unit.UPDATES:
                return [float(row["update"]) for row in rows]
            case Unit.AGENT_STEPS:
                return [row["step"] / self._repeat for row in rows]
            case Unit.HOURS:
                return [self._hour(row) for row in rows]

    def at(self, step: int, update: int) -> float:
        """Return the position of an environment step and update, among the rows so far."""
        if self._unit is not Unit.HOURS:
            return self.of_all([{"step": step, "update": update}])[0]
        steps, hours = self._trail
        return hours[max(0, bisect.bisect_right(steps, step) - 1)] if steps else 0.0

    def _hour(self, row: Row) -> float:
        self._hours += _seconds_of_work(self._last, row) / 3600
        self._last = row
        self._trail[0].append(row["step"])
        self._trail[1].append(self._hours)
        return self._hours


def _seconds_of_work(before: Row | None, row: Row) -> float:
    """Return the seconds of work between two rows."""
    if before is None or not is_number(row.get("time")) or not is_number(before.get("time")):
        return 0.0
    gap = max(0.0, float(row["time"]) - float(before["time"]))
    expected = 0.0
    for count, speed in (("step", "steps_per_s"), ("update", "updates_per_s")):
        if is_number(row.get(speed)) and row[speed] > 0:
            expected = max(expected, (row[count] - before[count]) / row[speed])
    if expected == 0.0:
        return gap if gap <= _LONGEST_SECONDS else 0.0
    return gap if gap <= _PAUSE_SECONDS + 3 * expected else expected
