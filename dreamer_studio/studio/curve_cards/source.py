"""The data behind the curves of the open run: its rows and checkpoints, and the rows of other runs laid over."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from dreamer_studio.config import Config
from dreamer_studio.library.labels import read_label
from dreamer_studio.session import Place
from dreamer_studio.studio.curve_cards.choices import CurveChoices
from dreamer_studio.studio.curve_cards.curves import Row, curve_of
from dreamer_studio.studio.widgets.plots.run_colors import MOST_RUNS
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.curves.messages import CurvesChannels, KeptCheckpoint, LoggedRun

RowsSince = Callable[[Place], tuple[list[Row], Place]]
"""`Session.rows_since`: the rows of the log after a place, and the place after those rows."""


@dataclass(frozen=True)
class OtherRun:
    """Another run laid over.

    Attributes:
        folder: its folder.
        name: its name in the legend.
        place: number of its color and dashes.
        on: whether it is drawn.
        run: its log; None until it is read.
    """

    folder: Path
    name: str
    place: int
    on: bool = True
    run: LoggedRun | None = None


class CurveSource(QObject):
    """Hands rows to the curves, and keeps the other runs.

    Attributes:
        choices: the user's choices.
        rows_since: reads the rows of the open run.
        config: returns the configuration of the open run, which can change while the run trains.
        others: the other runs.
        checkpoints: the kept checkpoints of the open run, oldest first.
        metrics: the names of all metrics seen in the log so far.
    """

    othersChanged: ClassVar[Signal] = Signal()
    """Emitted when a run is added, removed, switched or read for the first time."""

    checkpointWanted: ClassVar[Signal] = Signal(Path)
    """Emitted when the user clicks the mark of a checkpoint, with its folder."""

    problemFound: ClassVar[Signal] = Signal(str)
    """Emitted with a sentence for the user when a run cannot be shown."""

    undoable: ClassVar[Signal] = Signal(str, object)
    """Emitted after the user removes a curve or run, with a remark and a function that brings it back."""

    ended: ClassVar[Signal] = Signal()
    """Emitted when the run leaves the window; curves in windows of their own close."""

    told: ClassVar[Signal] = Signal(str)
    """Emitted with a remark on the user's last action, such as that a checkpoint is no longer kept."""

    def __init__(
        self,
        choices: CurveChoices,
        rows_since: RowsSince,
        config: Callable[[], Config],
        channels: CurvesChannels,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.choices = choices
        self.rows_since = rows_since
        self.config = config
        self.others: tuple[OtherRun, ...] = ()
        self.checkpoints: tuple[KeptCheckpoint, ...] = ()
        self.metrics: set[str] = set()
        self._channels = channels
        self._answers = AnswerReader(channels.logs)
        self._watching: set[QWidget] = set()
        self._told: set[str] = set()

    def set_watched(self, widget: QWidget, on: bool) -> None:
        """Note whether a widget with curves is visible. Nothing is read while there is none."""
        (self._watching.add if on else self._watching.discard)(widget)
        self._channels.logs.visible = bool(self._watching)

    def refresh(self) -> None:
        """Request the logs, and take the newest answer."""
        self._channels.logs.stand(tuple(other.folder for other in self.others))
        answer = self._answers.current()
        if answer is None or answer.result is None or answer.failure is not None:
            return
        self.checkpoints = answer.result.checkpoints
        read = {run.folder: run for run in answer.result.runs}
        self._drop_missing(read)
        others = tuple(_with(other, read.get(other.folder)) for other in self.others)
        for other in others:
            problem = "" if other.run is None else other.run.problem
            if problem and problem not in self._told:
                self._told.add(problem)
                self.problemFound.emit(problem)
        self._set_others(others)

    def remove_curve(self, key: str) -> None:
        """Remove a curve. The last curve stays."""
        before, curve = self.choices.settings.shown, curve_of(key)
        self.choices.remove(key)
        if curve is not None and self.choices.settings.shown != before:
            self.undoable.emit(f"Removed the curve {curve.title}", lambda: self.choices.change(shown=before))

    def add_run(self, folder: Path, name: str = "") -> None:
        """Lay another run over the curves. Without a name, the run has that of its label, or of its folder."""
        if any(other.folder == folder for other in self.others):
            return
        if len(self.others) == MOST_RUNS:
            self.problemFound.emit(f"At most {MOST_RUNS} other runs fit into the curves. Remove a run first.")
            return
        name = name or read_label(folder).name or folder.name
        free = min(set(range(MOST_RUNS)) - {other.place for other in self.others})
        self._set_others((*self.others, OtherRun(folder, self._free_name(name), free)))

    def remove_run(self, *folders: Path) -> None:
        """Take a run, or several, off the curves."""
        removed = [other for other in self.others if other.folder in folders]
        if removed:
            self._set_others(tuple(other for other in self.others if other not in removed))
            names = removed[0].name if len(removed) == 1 else f"{len(removed)} runs"

            def bring_back() -> None:
                for each in removed:
                    self.add_run(each.folder, each.name)

            self.undoable.emit(f"Removed {names} from the curves", bring_back)

    def switch_run(self, on: bool, *folders: Path) -> None:
        """Draw a run, or several, or hide them."""
        switched = (dataclasses.replace(other, on=on) if other.folder in folders else other for other in self.others)
        self._set_others(tuple(switched))

    def _free_name(self, name: str) -> str:
        """Return a name that no other run has, because the lines of a plot are told apart by it."""
        taken = {other.name for other in self.others}
        names = (name, *(f"{name} ({number})" for number in range(2, MOST_RUNS + 2)))
        return next(each for each in names if each not in taken)

    def _drop_missing(self, read: Mapping[Path, LoggedRun]) -> None:
        """Take runs off the curves that were never read and whose folders do not exist, and say so."""
        for other in self.others:
            if other.run is None and other.folder in read and read[other.folder].gone:
                self._set_others(tuple(each for each in self.others if each.folder != other.folder))
                self.problemFound.emit(
                    f"{other.name} is no longer laid over the curves: there is no folder {other.folder}."
                )

    def _set_others(self, others: tuple[OtherRun, ...]) -> None:
        if others != self.others:
            self.others = others
            self.othersChanged.emit()


def _with(other: OtherRun, run: LoggedRun | None) -> OtherRun:
    return other if run is None or run is other.run else dataclasses.replace(other, run=run)
