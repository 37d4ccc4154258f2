"""The list of runs beside the averages and the comparison of the chosen groups."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.library.groups.grouping import RunGroup
from dreamer_studio.studio.run_list.feed import RunFeed
from dreamer_studio.studio.run_list.rows import Key, Row, key_of
from dreamer_studio.studio.run_list.runs_card import RunsCard
from dreamer_studio.studio.runs.averages_card import AveragesCard
from dreamer_studio.studio.runs.choosing import chosen_groups
from dreamer_studio.studio.runs.comparison_card import ComparisonCard
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.layout.turning_box import TurningBox
from dreamer_studio.studio.worker_thread import PanelThread
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.groups.messages import MOST_GROUPS, ChosenGroup, GroupsChannel, GroupsRequest
from dreamer_studio.viewing.groups.worker import GroupsWorker

POLL_MS: Final = 100
BESIDE: Final = 1000
"""Least width at which the plots stand beside the list."""

MARGIN: Final = 10
LEAST_CURVES: Final = 180
LEAST_PROFILES: Final = 110
"""Least heights of the plots, in pixels."""


class RunsBoard(QWidget):
    """The list of runs, grouped by settings, beside the plots of the chosen groups.

    Its threads begin when the board is first shown, and work only while it is visible. `stop` ends them.

    Attributes:
        runs: the list.
        averages, comparison: the cards with the plots.

    Args:
        theme: the colors.
        parent: the owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunsCard(theme, grouped=True)
        self.averages = AveragesCard(theme)
        self.comparison = ComparisonCard(theme)
        self._channel = channel = GroupsChannel(visible=False)
        self._answers = AnswerReader(channel)
        # Both threads would read logs at the same time, so the list lets the curves go first.
        self._thread = PanelThread("groups", lambda: (GroupsWorker(channel),), self)
        self._feed = RunFeed(self.runs, self, gives_way=lambda: channel.unanswered)
        self._feed.listed.connect(self._select_study)
        self._feed.listed.connect(self._select_first)
        self._feed.listed.connect(self._note_change)
        self.runs.model.ticksChanged.connect(self._note_change)
        self.runs.table.selectionModel().currentRowChanged.connect(self._note_change)
        self._groups: tuple[ChosenGroup, ...] = ()
        self._choose_again = True
        self._awaited: tuple[Path, Key | None] | None = None  # a study, and the row that was selected before
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()

    def set_folders(self, folders: Sequence[Path]) -> None:
        """List the runs in these folders."""
        self._feed.set_folders(folders)

    def set_others(self, runs: Sequence[Path]) -> None:
        """List these runs too, wherever they are."""
        self._feed.set_others(runs)

    def select_study(self, folder: Path) -> None:
        """Select the runs of a study as soon as the list has any, unless the user selects another row first."""
        self._awaited = folder.resolve(), self.runs.table.current_key
        self.runs.say(f"The runs of {folder.name} appear here once they begin.")
        self._select_study()

    def stop(self) -> None:
        """End the board's threads and wait for them. They do not start again."""
        self._timer.stop()
        self._channel.visible = False
        self._feed.stop()
        self._thread.end()

    def refresh(self) -> None:
        """Ask for the chosen groups, and show the newest answer."""
        self._channel.visible = not self.window().isMinimized()
        if self._choose_again:
            self._choose()
        unit, averaging = self.averages.chosen_unit, self.averages.chosen_averaging
        self._channel.stand(GroupsRequest(self._groups[:MOST_GROUPS], unit, averaging))
        answer = self._answers.current()
        if answer is None:
            return
        if answer.failure is not None:
            self.runs.say(answer.failure.words)
        elif answer.result is not None:
            self.averages.show_result(answer.result)
            self.comparison.show_result(answer.result)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to list and to compute."""
        super().showEvent(event)
        self._feed.show()
        self._thread.show()
        self._timer.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Read nothing while the board is hidden."""
        super().hideEvent(event)
        self._timer.stop()
        self._channel.visible = False
        self._thread.hide()
        self._feed.hide()

    def _choose(self) -> None:
        """Take the ticked runs, or the selected row, as the groups to show."""
        self._choose_again = False
        model = self.runs.model
        self._groups = chosen_groups(model, model.row_at(self.runs.table.currentIndex().row()))
        self.averages.say_left_out(min(len(self._groups), MOST_GROUPS), len(self._groups))

    def _note_change(self) -> None:
        self._choose_again = True

    def _select_study(self) -> None:
        """Select the first row with runs of the awaited study."""
        if self._awaited is None:
            return
        folder, before = self._awaited
        table, model = self.runs.table, self.runs.model
        if before is not None and table.current_key != before:
            self._awaited = None
            return
        rows = (row for row in map(model.row_at, range(model.rowCount())) if row is not None)
        row = next((each for each in rows if _is_of_study(each, folder)), None)
        if row is not None:
            self._awaited = None
            self.runs.say("")
            table.select(key_of(row))

    def _select_first(self) -> None:
        """Select the first row, unless another is selected, so that its curve and its highlight are on show at once.

        Qt gives a list that has the focus a current row, but does not select it.
        """
        table = self.runs.table
        if not table.selectionModel().hasSelection() and self.runs.model.rowCount():
            table.selectRow(max(0, table.currentIndex().row()))

    def _lay_out(self) -> None:
        self.averages.plot.setMinimumHeight(LEAST_CURVES)
        self.comparison.plot.setMinimumHeight(LEAST_PROFILES)
        plots = QWidget()
        down = QVBoxLayout(plots)
        down.setContentsMargins(0, 0, 0, 0)
        down.addWidget(self.averages, 3)
        down.addWidget(self.comparison, 2)
        box = TurningBox([(self.runs, 5), (plots, 4)], beside=BESIDE, gap=MARGIN)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        outside.addWidget(box)
        self.setFocusProxy(self.runs.table)


def _is_of_study(row: Row, folder: Path) -> bool:
    """Return whether a run, or any run of a group, is in the folder of a study."""
    runs = row.runs if isinstance(row, RunGroup) else (row,)
    return any(run.study == folder.name and run.path.parent.resolve() == folder for run in runs)
