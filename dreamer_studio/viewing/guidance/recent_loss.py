"""The mean of a run's newest image losses; the loss of a single update scatters around the mean."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from dreamer_studio.session import Place
from dreamer_studio.session.log_reader import START

UPDATES: Final = 100
"""Updates in the mean. Our usual values are means over about as many."""


class RecentLoss:
    """Follows the log of a run.

    Args:
        rows_since: returns the rows of the log after a place, and the place after those rows.
    """

    def __init__(self, rows_since: Callable[[Place], tuple[list[dict[str, Any]], Place]]) -> None:
        self._rows_since = rows_since
        self._place = START
        self._last: deque[float] = deque(maxlen=UPDATES)

    def read(self) -> float | None:
        """Read the new rows, and return the mean; None before the first update."""
        rows, place = self._rows_since(self._place)
        if place.opening != self._place.opening:  # the training went back: these are all rows
            self._last.clear()
        self._place = place
        self._last.extend(row["image_loss"] for row in rows if isinstance(row.get("image_loss"), int | float))
        return sum(self._last) / len(self._last) if self._last else None
