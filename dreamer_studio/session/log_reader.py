"""The rows of a run's log, for readers who come back for what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:  # the window is there before torch
    from dreamer_studio.runs.history import RowHistory
    from dreamer_studio.runs.rows import Row


class Place(NamedTuple):
    """How far somebody has read.

    Attributes:
        opening: how often the log had been opened: with its run, and anew whenever the training went back.
        number: rows of it up to there, those that are left out included.
    """

    opening: int
    number: int


START: Final = Place(0, 0)
"""Of a reader who has read nothing yet."""


class LogReader:
    """A log that may be opened anew under its readers' eyes, as when the training goes back.

    One thread calls `take`, any may read.
    """

    def __init__(self) -> None:
        self._opened: tuple[RowHistory[Row], int] | None = None

    def take(self, history: RowHistory[Row]) -> None:
        """Go on with the log of a run as it was opened."""
        self._opened = history, 1 if self._opened is None else self._opened[1] + 1

    def since(self, place: Place) -> tuple[list[Row], Place]:
        """The rows after a place, and the place after them.

        Where `opening` is another one there, they are all rows, and stand for whatever was read before.
        """
        if self._opened is None:
            return [], place
        history, opening = self._opened
        rows, number = history.since(place.number if place.opening == opening else 0)
        return rows, Place(opening, number)
