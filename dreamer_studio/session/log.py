"""The rows of a run's log, by numbers that stay good when the training goes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the window is there before torch
    from dreamer_studio.training.history import History
    from dreamer_studio.training.metrics import Row


@dataclass(frozen=True, eq=False)
class _Return:
    """What going back has left of a log.

    Attributes:
        number: of the first row that came after it.
        length: rows that were left.
        standing: those of them of later updates than the one gone back to, by their places in the log before.
    """

    number: int
    length: int
    standing: History[Row]

    @property
    def undone(self) -> int:
        """By how much a row's number is more than its place in what was left, and in what came after it."""
        return self.number - self.length

    def place(self, read: int) -> int:
        """Where whoever had read so many rows of the log before goes on in what was left of it.

        From the first row on that was undone, all are of later updates: what stands of them can be counted from the
        end. Before it no row has another place, and the count, which leaves some out, leads further on.
        """
        return min(read, self.length - len(self.standing.since(read)[0]))


class Log:
    """Gives each reader the rows that it lacks, however often the log was opened anew.

    One thread calls `take`, any may read.
    """

    def __init__(self) -> None:
        self._taken: tuple[History[Row], tuple[_Return, ...]] | None = None

    def take(self, history: History[Row], update: int) -> None:
        """Go on with the log of a run as it was opened, at `update`."""
        if self._taken is None:
            self._taken = history, ()
            return
        before, returns = self._taken
        lasting = {row["kind"] for row in history.since(0)[0] if row["update"] > update}
        standing = before.map(lambda row: row if row["update"] > update and row["kind"] in lasting else None)
        number = len(before) + (returns[-1].undone if returns else 0)
        self._taken = history, (*returns, _Return(number, len(history), standing))

    def since(self, number: int) -> tuple[list[Row], int]:
        """Rows after the first `number`, and how many there are in all.

        Those that going back has undone keep their numbers, and whoever has not read them is not given them any more.
        """
        if self._taken is None:
            return [], number
        history, returns = self._taken
        place, undone = number, 0
        for each in returns:
            undone = each.undone
            place = each.place(place) if number < each.number else number - undone
        rows, count = history.since(place)
        return rows, count + undone
