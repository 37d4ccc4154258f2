"""Asks for looks at the folder of a new run, once for each place."""

from __future__ import annotations

from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.new_run.place import FOLDER, NAME, PlaceFindings, PlaceQuestion


class PlaceLooks:
    """Keeps the newest look at the disk, and asks for another when the place changes.

    Attributes:
        found: the newest look; None before the first.

    Args:
        workers: look at the disk.
    """

    def __init__(self, workers: PageWorkers) -> None:
        self.found: PlaceFindings | None = None
        self._workers = workers
        self._answers = AnswerReader(workers.channels.place)
        self._asked: PlaceQuestion | None = None
        self._left: PlaceQuestion | None = None  # the place of the last visit, until the next look

    def come_back(self) -> None:
        """Look again even if the place stays the same: the last visit may have made its run."""
        self._left, self._asked = self._asked, None

    def look(self, place: PlaceQuestion | None) -> None:
        """Ask for a look at a place, unless the last question was the same."""
        if place is not None and place != self._asked:
            self._asked = place
            self._workers.look(place)

    def take(self) -> bool:
        """Take the newest look, or the failure of the look. Return whether there is a new one."""
        answer = self._answers.current()
        if answer is None:
            return False
        if answer.failure is not None and self._asked is not None:
            self.found = PlaceFindings(self._asked, "", {FOLDER: f"cannot be read: {answer.failure.reason}"})
        elif answer.result is not None:
            self.found = answer.result
        else:
            return False
        return True

    def made_its_run(self) -> bool:
        """Return whether the first look after a visit finds the run that the visit made. Call this after each look."""
        left, self._left = self._left, None
        found = self.found
        return found is not None and found.question == left and bool(left.name) and NAME in found.errors
