"""The table of runs: keys and mouse, and which columns fit."""

from __future__ import annotations

from typing import ClassVar, Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.run_list.columns import HEADINGS, Column
from dreamer_studio.studio.run_list.rows import Key, key_of
from dreamer_studio.studio.run_list.run_delegate import ARROW, MARGIN, THUMBNAIL, RunDelegate, row_height, side_of
from dreamer_studio.studio.run_list.run_model import RunModel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.keys import pressed

SAMPLES: Final = {
    Column.PRESET: "laptop__",
    Column.STEPS: "5,000,000",
    Column.TEST: "Test return__",
    Column.BEST: "-1,234",
    Column.CURVE: "_" * 14,
    Column.SPEED: "Steps/s__",
    Column.STATE: "training on host-b, silent",
    Column.AGE: "59 min ago",
    Column.SIZE: "1023 MiB",
}
"""The widest usual texts; a longer text is elided."""

FIRST_TO_GO: Final = (Column.PRESET, Column.SPEED, Column.BEST, Column.CURVE, Column.SIZE, Column.AGE, Column.STEPS)
"""Columns that a narrow list hides, in this order. Tooltips and screen readers have their contents."""

FIRST_TO_GO_GROUPED: Final = (
    Column.PRESET,
    Column.SIZE,
    Column.SPEED,
    Column.AGE,
    Column.BEST,
    Column.CURVE,
    Column.STEPS,
)
"""The same for a list that groups seeds, where results matter more."""

LEAST_NAME: Final = "a run's name of some letters"
LEAST_NAME_GROUPED: Final = f"{LEAST_NAME} and more"
LEAST_STATE: Final = "training here"
"""A state that always fits. The column of states shrinks to this text before the list hides the steps."""

ROWS_AT_LEAST: Final = 3
STATE_SHARE: Final = 0.4
"""Share of the room left over that the column of states gets; the names get the rest."""


class RunHeader(QHeaderView):
    """Plain headings in line with the cells below. The one that sorts has an arrow."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(2 * MARGIN)
        self.setAccessibleName("Columns of the list of runs")

    def sizeHint(self) -> QSize:
        """Return the height of a line and some room."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 12)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint a heading."""
        palette, column = self._theme.palette, Column(section)
        painter.save()
        painter.fillRect(rect, QColor(palette.surface))
        painter.setPen(QColor(palette.border))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        text = HEADINGS[column][0]
        sorts = self.isSortIndicatorShown() and self.sortIndicatorSection() == column
        if sorts:
            down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            text = f"{text} {'▾' if down else '▴'}"
        painter.setPen(QColor(palette.text if sorts else palette.muted))
        painter.drawText(rect.adjusted(MARGIN, 0, -MARGIN, 0), side_of(column), text)
        painter.restore()


class RunTable(QTableView):
    """Reports the user's requests for the selected run."""

    openWanted: ClassVar[Signal] = Signal(object)
    """Emitted with the entry on Enter or a double click."""

    trashWanted: ClassVar[Signal] = Signal(object)
    """Emitted with the entry on Delete."""

    menuWanted: ClassVar[Signal] = Signal(object, object)
    """Emitted with the run or group and the place on screen for a context menu."""

    def __init__(self, theme: Theme, model: RunModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = model
        self.setModel(model)
        self.setHorizontalHeader(RunHeader(theme, self))
        self.setItemDelegate(RunDelegate(theme, self))
        self.setAccessibleName("Runs")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._prepare_header()
        self._fit()

    @property
    def current(self) -> RunEntry | None:
        """Return the selected run, or None if a group or nothing is selected."""
        return self._runs.entry_at(self.currentIndex().row())

    @property
    def current_key(self) -> Key | None:
        """Return the key of the selected run or group, or None."""
        row = self._runs.row_at(self.currentIndex().row())
        return None if row is None else key_of(row)

    @property
    def editing(self) -> bool:
        """Return whether the user is typing a name."""
        return self.state() is QAbstractItemView.State.EditingState

    def select(self, key: Key) -> None:
        """Select a run or a group if it is listed."""
        row = self._runs.row_of(key)
        if row is not None:
            self.setCurrentIndex(self._runs.index(row, Column.NAME))

    def rename(self) -> None:
        """Let the user type another name for the selected run."""
        index = self.currentIndex()
        if self.current is not None:
            self.edit(self._runs.index(index.row(), Column.NAME))

    def runs_on_show(self) -> list[RunEntry]:
        """Return the runs whose thumbnails are at least partly visible; a group shows that of its first run."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return []
        numbers = range(first, (last if last >= 0 else self._runs.rowCount() - 1) + 1)
        rows = [row for row in map(self._runs.row_at, numbers) if row is not None]
        return [row if isinstance(row, RunEntry) else row.runs[0] for row in rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open, rename, tick, or move the selected run to the trash; fold, unfold or tick a group."""
        row = self.currentIndex().row()
        action = "" if self.editing or self._runs.row_at(row) is None else pressed(Scope.RUNS, event.key())
        entry = self.current
        match action:
            case "runs.tick":
                self._runs.toggle(row)
            case "runs.fold" | "runs.unfold" if self._runs.grouped:
                self._fold(row, folded=action == "runs.fold")
            case "runs.open" if entry is None:
                self._turn(row)
            case "runs.open":
                self.openWanted.emit(entry)
            case "runs.rename" if entry is not None:
                self.rename()
            case "runs.trash" if entry is not None:
                self.trashWanted.emit(entry)
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold a group by a click on its arrow."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        beside = event.position().x() - self.visualRect(index).left() < MARGIN + ARROW
        if index.isValid() and index.column() == Column.NAME and beside:
            self._turn(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the run under the mouse, except on its box, where each click ticks; fold or unfold a group."""
        index = self.indexAt(event.position().toPoint())
        entry = self._runs.entry_at(index.row())
        if index.column() == Column.TICK or not index.isValid():
            super().mouseDoubleClickEvent(event)
        elif entry is None:
            self._turn(index.row())
        else:
            self.openWanted.emit(entry)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a context menu, by the mouse or by its key."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        row = self._runs.row_at(index.row())
        if row is not None:
            self.select(key_of(row))
            at = self.visualRect(index).bottomLeft() if by_key else event.pos()
            self.menuWanted.emit(row, self.viewport().mapToGlobal(at))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the columns that do not fit."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Make room for another size of text."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _turn(self, row: int) -> None:
        """Fold an unfolded group, or unfold a folded one."""
        group = self._runs.group_at(row)
        if group is not None:
            self._fold(row, folded=not self._runs.is_folded(group))

    def _fold(self, row: int, *, folded: bool) -> None:
        """Fold or unfold the group in a row, and keep it selected; folding a run folds its group."""
        group, entry = self._runs.group_at(row), self._runs.entry_at(row)
        key = group.family if group is not None else entry.family if entry is not None else ""
        place = self._runs.row_of(key)
        if key and place is not None and (group is not None or folded):
            self._runs.fold(place, folded)
            self.select(key)

    def _prepare_header(self) -> None:
        header = self.horizontalHeader()
        for column in Column:
            mode = QHeaderView.ResizeMode.Stretch if column is Column.NAME else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(column, mode)
        header.setSortIndicator(Column.AGE, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.sortIndicatorChanged.connect(self._keep_sorting)

    def _keep_sorting(self, column: int, _order: Qt.SortOrder) -> None:
        """Move the arrow back from a column that does not sort."""
        if column == Column.TICK:
            turned = Qt.SortOrder.DescendingOrder if self._runs.descending else Qt.SortOrder.AscendingOrder
            self.horizontalHeader().setSortIndicator(self._runs.column, turned)

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        row = row_height(metrics)
        self.verticalHeader().setDefaultSectionSize(row)
        self.setMinimumHeight(self.horizontalHeader().sizeHint().height() + ROWS_AT_LEAST * row)
        widths = {column: metrics.horizontalAdvance(text) + 2 * MARGIN for column, text in SAMPLES.items()}
        widths[Column.TICK] = 2 * MARGIN + 20
        least_name = LEAST_NAME_GROUPED if self._runs.grouped else LEAST_NAME
        room = self.viewport().width() - metrics.horizontalAdvance(least_name) - THUMBNAIL - 2 * MARGIN
        spare = widths[Column.STATE] - metrics.horizontalAdvance(LEAST_STATE) - 2 * MARGIN
        tight = {Column.STEPS, Column.CURVE, Column.BEST} if self._runs.grouped else {Column.STEPS}
        hidden: set[Column] = set()
        for column in FIRST_TO_GO_GROUPED if self._runs.grouped else FIRST_TO_GO:
            if sum(widths.values()) - (spare if column in tight else 0) > room:
                hidden.add(column)
                widths[column] = 0
        widths[Column.STATE] -= max(0, min(spare, sum(widths.values()) - room))
        widths[Column.STATE] += max(0, round(STATE_SHARE * (room - sum(widths.values()))))
        for column, width in widths.items():
            self.setColumnHidden(column, column in hidden)
            self.setColumnWidth(column, width)
