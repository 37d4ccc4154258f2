"""The list of tasks, with a search field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.envs import TaskInfo
from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.widgets.fields.problem_label import ProblemLabel
from dreamer_studio.studio.widgets.fields.words_box import WordsBox
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.text import ElidedLabel, mute, plain_tooltip
from dreamer_studio.viewing.new_run.task_search import ALL, groups, problem_of, search, typed_task

TYPED = "as typed: Enter chooses this task"
NAMES_SHARE = 0.6
"""Largest share of the list's width that the names take."""

PLACEHOLDER = "Search, or type a task such as gym:my_module:Name-v0"


class TaskPanel(QWidget):
    """Shows the tasks that match a search. A task that is not in the list can be typed."""

    chosen: ClassVar[Signal] = Signal(object)
    """Emitted with the `TaskInfo` of the task that the user selects."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks: tuple[TaskInfo, ...] = ()
        self._current = ""
        self.search_box = QLineEdit()
        self.search_box.setPlaceholderText(PLACEHOLDER)
        self.search_box.setClearButtonEnabled(True)
        self.search_box.setAccessibleName("Search tasks")
        self._group = WordsBox("Family of tasks")
        self._group.setToolTip("Show only the tasks of one family")
        self._group.setSizeAdjustPolicy(WordsBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._group.setMinimumContentsLength(14)
        self._problem = ProblemLabel(self.search_box)
        self._list = _TaskList()
        self._note = ElidedLabel("Listing the tasks takes some seconds. You can type a task meanwhile.")
        mute(self._note)
        self._lay_out()
        self.search_box.textChanged.connect(lambda _: self._show())
        self.search_box.returnPressed.connect(self._choose_first)
        self.search_box.installEventFilter(self)
        self._group.currentIndexChanged.connect(lambda _: self._show())
        self._list.currentItemChanged.connect(self._report)
        self._list.itemActivated.connect(self._activate)
        self.set_tasks(())

    def set_tasks(self, tasks: Sequence[TaskInfo]) -> None:
        """Fill the list."""
        self._tasks = tuple(tasks)
        with QSignalBlocker(self._group):
            self._group.clear()
            self._group.addItem(f"All families ({len(tasks)})", ALL)
            for name, count in groups(tasks).items():
                self._group.addItem(f"{name} ({count})", name)
        if tasks:
            here = sum(not info.problem for info in tasks)
            self._note.setText(f"{here} tasks can run here; the others say what is missing.")
        self._show()

    def set_problem(self, reason: str) -> None:
        """Say why the tasks cannot be listed."""
        self._note.setText(f"The tasks cannot be listed: {reason}. You can still type a task.")

    def set_task(self, task: str) -> None:
        """Select a task without emitting `chosen`."""
        self._current = task
        with QSignalBlocker(self.search_box), QSignalBlocker(self._list):
            listed = any(info.task == task for info in self._tasks)
            self.search_box.setText("" if listed else task)
            self._group.setCurrentIndex(0)
            self._show()

    def shown_tasks(self) -> list[str]:
        """Return the names in the list, as filtered."""
        return [info.task for info in self._list.tasks]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys go from the search field into the list."""
        if watched is self.search_box and isinstance(event, QKeyEvent) and _goes_down(event) and self._list.tasks:
            self._list.setFocus()
            if self._list.currentItem() is None:
                self._list.setCurrentIndex(self._list.model().index(0, 0))
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(self.search_box, 3)
        first.addWidget(self._group, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(first)
        layout.addWidget(self._problem)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._note)

    def _show(self) -> None:
        text = self.search_box.text()
        self._problem.set_problem(problem_of(text, self._tasks))
        found = list(search(self._tasks, text, self._group.currentData() or ALL))
        typed = "" if self._problem.problem else typed_task(text, self._tasks)
        if typed:
            found.insert(0, TaskInfo(typed, TYPED))
        with QSignalBlocker(self._list):
            self._list.fill(found, self._current)

    def _choose_first(self) -> None:
        """Choose the first task of the list, which is the typed one if there is one."""
        item = self._list.topLevelItem(0)
        if item is not None:
            with QSignalBlocker(self._list):
                self._list.setCurrentItem(item)
            self._activate(item)

    def _activate(self, item: QTreeWidgetItem) -> None:
        self._emit(item.data(0, Qt.ItemDataRole.UserRole))

    def _report(self, item: QTreeWidgetItem | None) -> None:
        """Report a listed task at once. A typed task may run code, so it must be chosen with Enter."""
        if item is not None and item.data(0, Qt.ItemDataRole.UserRole).note != TYPED:
            self._activate(item)

    def _emit(self, info: TaskInfo) -> None:
        self._current = info.task
        self.chosen.emit(info)


def _goes_down(event: QKeyEvent) -> bool:
    return event.type() is QEvent.Type.KeyPress and pressed(Scope.NEW_RUN, event.key()) == "new_run.list"


class _TaskList(QTreeWidget):
    """Names and notes of tasks; the notes of tasks that cannot run are muted."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks: tuple[TaskInfo, ...] = ()
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.header().setStretchLastSection(True)
        self.setAccessibleName("Tasks")
        self.setMinimumHeight(140)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names the width that they need, up to their share."""
        super().resizeEvent(event)
        self._share_room()

    def changeEvent(self, event: QEvent) -> None:
        """Color the texts for another theme. The panel's own event comes before the list has the new palette."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._color()

    def _share_room(self) -> None:
        room = int(self.viewport().width() * NAMES_SHARE)
        self.header().resizeSection(0, min(room, self.sizeHintForColumn(0)))
        if (item := self.currentItem()) is not None:
            self.scrollToItem(item)

    def fill(self, tasks: Sequence[TaskInfo], current: str) -> None:
        """Show tasks, and select the current one if it is among them."""
        self.clear()
        self.tasks = tuple(tasks)
        for info in tasks:
            item = QTreeWidgetItem([info.task, info.note])
            item.setData(0, Qt.ItemDataRole.UserRole, info)
            item.setToolTip(0, plain_tooltip(info.task))
            item.setToolTip(1, plain_tooltip(info.note))
            self.addTopLevelItem(item)
            if info.task == current:
                self.setCurrentItem(item)
        self._color()
        self._share_room()

    def _color(self) -> None:
        muted = self.palette().brush(QPalette.ColorRole.PlaceholderText)
        for row, info in enumerate(self.tasks):
            item = self.topLevelItem(row)
            assert item is not None
            for column in (0, 1) if info.problem else (1,):
                item.setForeground(column, muted)
