"""Hands the rows of a run's log to readers that come back for new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:  # the window is there before torch
    from dreamer_studio.runs.history import RowHistory
    from dreamer_studio.runs.rows import Row


class Place(NamedTuple):
    """How far a reader has read.

    Attributes:
        opening: how often the log had been opened: with its run, and again whenever the training went back.
        number: rows read, including those that were thinned out.
    """

    opening: int
    number: int


START: Final = Place(0, 0)
"""The place of a reader that has read nothing yet."""


class LogReader:
    """The rows of a log that may be opened again while others read it, as when the training goes back.

    One thread calls `take`; any thread may read.
    """

    def __init__(self) -> None:
        self._opened: tuple[RowHistory[Row], int] | None = None

    def take(self, history: RowHistory[Row]) -> None:
        """Continue with the rows of a log that was opened."""
        self._opened = history, 1 if self._opened is None else self._opened[1] + 1

    def since(self, place: Place) -> tuple[list[Row], Place]:
        """Return the rows after a place, and the place after them.

        If the returned place has another `opening`, the rows are all rows, and replace those read before.
        """
        if self._opened is None:
            return [], place
        history, opening = self._opened
        rows, number = history.since(place.number if place.opening == opening else 0)
        return rows, Place(opening, number)
