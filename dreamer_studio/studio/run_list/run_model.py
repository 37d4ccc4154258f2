"""The model of the list of runs: which rows are listed, in which order, and which runs are ticked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.library.groups.grouping import RunGroup
from dreamer_studio.studio.run_list.columns import HEADINGS, SORT_KEYS, Column, group_text, run_text
from dreamer_studio.studio.run_list.rows import Key, Row, arrange, key_of, passes
from dreamer_studio.studio.run_list.run_words import best_words, group_summary, summary, tested_words, trend_words
from dreamer_studio.studio.widgets.text import plain_tooltip

Index = QModelIndex | QPersistentModelIndex
ROW: Final = Qt.ItemDataRole.UserRole
"""Role of the run or group of a row."""

BELOW: Final = Qt.ItemDataRole.UserRole + 1
"""Role of the line below the name."""

INSIDE: Final = Qt.ItemDataRole.UserRole + 2
"""Role that says whether a run stands below its group."""

UNFOLDED: Final = Qt.ItemDataRole.UserRole + 3
"""Role that says whether the runs of a group are shown."""

_NOWHERE: Final = QModelIndex()


class RunModel(QAbstractTableModel):
    """The runs as shown. Other code refers to a run by its folder, and to a group by its family."""

    ticksChanged = Signal()
    """Emitted when the user ticks or unticks a run, or a ticked run leaves the list."""

    renamed = Signal(object, str)
    """Emitted with the folder and the new name when the user has renamed a run."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[RunEntry, ...] = ()
        self._rows: list[Row] = []
        self._groups: dict[str, RunGroup] = {}
        self._unfolded: set[str] = set()
        self._ticked: set[Path] = set()
        self._words: tuple[str, ...] = ()
        self._images: dict[Path, QImage | None] = {}
        self._now = time.time()
        self.grouped = False
        self.column = Column.AGE
        self.descending = False

    @property
    def entries(self) -> tuple[RunEntry, ...]:
        """Return all runs, whether they pass the search or not."""
        return self._all

    @property
    def found(self) -> tuple[RunEntry, ...]:
        """Return the runs that pass the search."""
        return tuple(entry for entry in self._all if passes(entry, self._words))

    @property
    def ticked(self) -> tuple[Path, ...]:
        """Return the folders of the ticked runs in the order of the list; runs out of sight come last."""
        if not self._ticked:
            return ()
        shown = (row.path for row in self._rows if isinstance(row, RunEntry))
        everywhere = dict.fromkeys((*shown, *(entry.path for entry in self._all)))
        return tuple(path for path in everywhere if path in self._ticked)

    def set_entries(self, entries: Sequence[RunEntry]) -> None:
        """List these runs."""
        self._all = tuple(entries)
        self._now = time.time()
        gone = self._ticked - {entry.path for entry in entries if entry.comparable}
        self._ticked -= gone
        self._arrange()
        if gone:
            self.ticksChanged.emit()

    def set_images(self, images: dict[Path, QImage | None]) -> None:
        """Show these thumbnails; runs that are not among them keep theirs."""
        self._images.update(images)
        self._refresh(Column.NAME, Column.NAME)

    def set_search(self, text: str) -> None:
        """List the runs with all these words in name, task, preset, state, note or folder."""
        self._words = tuple(text.casefold().split())
        self._arrange()

    def set_grouped(self, on: bool) -> None:
        """Put runs that differ only by their seeds below a row for their group, or list all runs alike."""
        if on != self.grouped:
            self.grouped = on
            self._arrange()

    def fold(self, row: int, folded: bool) -> None:
        """Hide or show the runs of the group in a row."""
        group = self.group_at(row)
        if group is not None and folded == (group.family in self._unfolded):
            self._unfolded ^= {group.family}
            self._arrange()

    def is_folded(self, group: RunGroup) -> bool:
        """Return whether the runs of a group are hidden."""
        return group.family not in self._unfolded

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column. Ascending by age means the newest first."""
        if Column(column) in SORT_KEYS:
            self.column = Column(column)
            self.descending = order is Qt.SortOrder.DescendingOrder
            self._arrange()

    def tell_time(self, now: float) -> None:
        """Show ages as of this time, in seconds since 1970."""
        self._now = now
        self._refresh(Column.STATE, Column.AGE)

    def row_at(self, row: int) -> Row | None:
        """Return the run or group in a row, or None beyond the list."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def entry_at(self, row: int) -> RunEntry | None:
        """Return the run in a row, or None for a group and beyond the list."""
        found = self.row_at(row)
        return found if isinstance(found, RunEntry) else None

    def group_at(self, row: int) -> RunGroup | None:
        """Return the group in a row, or None for a run and beyond the list."""
        found = self.row_at(row)
        return found if isinstance(found, RunGroup) else None

    def row_of(self, key: Key) -> int | None:
        """Return the row of a run or a group, or None."""
        return next((number for number, row in enumerate(self._rows) if key_of(row) == key), None)

    def image_of(self, path: Path) -> QImage | None:
        """Return the thumbnail of a run, or None."""
        return self._images.get(path)

    def toggle(self, row: int) -> None:
        """Tick or untick the run in a row, if it can be compared, or all such runs of a group."""
        paths = self._comparable(self.row_at(row))
        if paths:
            self._ticked = self._ticked - paths if paths <= self._ticked else self._ticked | paths
            self._refresh(Column.TICK, Column.TICK)
            self.ticksChanged.emit()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return the flags of a cell: whether the user can select, tick or edit it."""
        flags = super().flags(index)
        if index.column() == Column.TICK:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        editable = index.column() == Column.NAME and self.entry_at(index.row()) is not None
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading or the tooltip of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        heading, tip = HEADINGS[Column(section)]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading
        return tip if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the contents of a cell."""
        row = self.row_at(index.row())
        if row is None:
            return None
        column = Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.EditRole:
                return row.name
            case Qt.ItemDataRole.CheckStateRole if column is Column.TICK:
                return self._tick_state(row)
            case Qt.ItemDataRole.DecorationRole if column is Column.NAME:
                return self._images.get(row.path if isinstance(row, RunEntry) else row.runs[0].path)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(row)
        if role == BELOW:
            return self._below(row)
        return {ROW: row, INSIDE: self._inside(row), UNFOLDED: key_of(row) in self._unfolded}.get(role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick a run or a group, or report a new name."""
        row = self.row_at(index.row())
        if row is None:
            return False
        if role == Qt.ItemDataRole.CheckStateRole:
            self.toggle(index.row())
            return True
        name = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or not isinstance(row, RunEntry) or name == row.name:
            return False
        self.renamed.emit(row.path, "" if name == row.path.name else name)
        return True

    def _text(self, row: Row, column: Column) -> str:
        if isinstance(row, RunEntry):
            return run_text(row, column, self._now)
        return group_text(row, column, self._now)

    def _below(self, row: Row) -> str:
        """Return the line below the name: seeds, task, the settings in which groups of a task differ, and the note."""
        if isinstance(row, RunGroup):
            parts = (f"{len(row.runs)} seeds", row.settings, row.task)
        elif self._inside(row):
            parts = (f"seed {row.config.seed}" if row.config is not None else "", row.note, "")
        else:
            group = self._groups.get(row.family)
            parts = (row.task, "" if group is None else group.settings, row.note)
        return " · ".join(part for part in parts if part)

    def _inside(self, row: Row) -> bool:
        """Return whether a run stands below its group."""
        group = self._groups.get(row.family) if isinstance(row, RunEntry) else None
        return group is not None and len(group.runs) > 1

    def _comparable(self, row: Row | None) -> set[Path]:
        runs = () if row is None else row.runs if isinstance(row, RunGroup) else (row,)
        return {run.path for run in runs if run.comparable}

    def _tick_state(self, row: Row) -> Qt.CheckState | None:
        paths = self._comparable(row)
        if not paths:
            return None
        ticked = len(paths & self._ticked)
        states = {0: Qt.CheckState.Unchecked, len(paths): Qt.CheckState.Checked}
        return states.get(ticked, Qt.CheckState.PartiallyChecked)

    def _spoken(self, row: Row, column: Column) -> str:
        if column is Column.TICK:
            words = {
                Qt.CheckState.Checked: "ticked",
                Qt.CheckState.Unchecked: "not ticked",
                Qt.CheckState.PartiallyChecked: "some runs ticked",
            }
            state = self._tick_state(row)
            return f"{self._text(row, Column.NAME)}, {'cannot be compared' if state is None else words[state]}"
        if column is Column.NAME:
            return self._line(row)
        if column is Column.CURVE:
            return trend_words(row.tests) if isinstance(row, RunEntry) else tested_words(row)
        return f"{HEADINGS[column][0]}: {self._text(row, column) or 'none'}"

    def _line(self, row: Row) -> str:
        if isinstance(row, RunEntry):
            return summary(row, self._now)
        return group_summary(row, folded=self.is_folded(row))

    def _tip(self, row: Row) -> str:
        more = (row.remark, row.note, best_words(row), str(row.path)) if isinstance(row, RunEntry) else ()
        return plain_tooltip("\n".join(part for part in (self._line(row), *more) if part))

    def _arrange(self) -> None:
        rows, self._groups = arrange(
            self.found,
            SORT_KEYS[self.column],
            descending=self.descending,
            grouped=self.grouped,
            unfolded=self._unfolded,
        )
        if list(map(key_of, rows)) == list(map(key_of, self._rows)):
            self._rows = rows
            self._refresh(Column.TICK, Column.SIZE)
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def _refresh(self, first: Column, last: Column) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._rows) - 1, last))
