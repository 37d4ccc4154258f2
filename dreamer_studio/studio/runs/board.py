"""The list of runs beside the averages and the comparison of the chosen groups."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.studio.run_list.feed import RunFeed
from dreamer_studio.studio.run_list.runs_card import RunsCard
from dreamer_studio.studio.runs.averages_card import AveragesCard
from dreamer_studio.studio.runs.choosing import chosen_groups
from dreamer_studio.studio.runs.comparison_card import ComparisonCard
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.layout.turning_box import TurningBox
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.groups.messages import MOST_GROUPS, GroupsChannel, GroupsRequest
from dreamer_studio.viewing.groups.worker import GroupsWorker

POLL_MS: Final = 100
BESIDE: Final = 1000
"""Least width at which the plots stand beside the list."""

MARGIN: Final = 10
LEAST_CURVES: Final = 180
LEAST_PROFILES: Final = 110
"""Least heights of the plots, in pixels."""


class RunsBoard(QWidget):
    """The list of runs, grouped by settings, and what the chosen groups have in common.

    Its thread begins when the board is first shown, and works only while it is visible. `stop` ends the thread.

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
        self._channel: GroupsChannel = GroupsChannel(visible=False)
        self._answers = AnswerReader(self._channel)
        self._feed = RunFeed(self.runs, self, make_more=lambda: (GroupsWorker(self._channel),))
        self._feed.listed.connect(self._select_first)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()

    def set_folders(self, folders: Sequence[Path], others: Sequence[Path] = ()) -> None:
        """List the runs in these folders, and these other runs."""
        self._feed.set_folders(folders)
        self._feed.set_others(others)

    def stop(self) -> None:
        """End the board's thread, and wait for its end. A board that is shown again begins another one."""
        self._timer.stop()
        self._channel.visible = False
        self._feed.stop()

    def refresh(self) -> None:
        """Ask for the chosen groups, and show the newest answer."""
        self._channel.visible = not self.window().isMinimized()
        table = self.runs.table
        groups = chosen_groups(self.runs.model, self.runs.model.row_at(table.currentIndex().row()))
        self.averages.say_left_out(min(len(groups), MOST_GROUPS), len(groups))
        unit, averaging = self.averages.chosen_unit, self.averages.chosen_averaging
        self._channel.stand(GroupsRequest(groups[:MOST_GROUPS], unit, averaging))
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
        self._timer.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Read nothing while the board is hidden."""
        super().hideEvent(event)
        self._timer.stop()
        self._channel.visible = False
        self._feed.hide()

    def _select_first(self) -> None:
        """Select the first row, unless one is selected, so that its curve is on show at once."""
        table = self.runs.table
        if not table.currentIndex().isValid() and self.runs.model.rowCount():
            table.selectRow(0)

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
