"""The model of the list of runs: which are listed, in which order, and which are ticked."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.runs.best import CAUTION
from dreamer_studio.studio.widgets.text import plain_tooltip
from dreamer_studio.texts import duration_words, size_words

Index = QModelIndex | QPersistentModelIndex
ENTRY: Final = Qt.ItemDataRole.UserRole
"""Role of the whole entry of a row."""

JUST_NOW_SECONDS: Final = 60.0
_NOWHERE: Final = QModelIndex()


class Column(IntEnum):
    """The columns of the list."""

    TICK = 0
    NAME = 1
    PRESET = 2
    STEPS = 3
    TEST = 4
    CURVE = 5
    STATE = 6
    AGE = 7
    SIZE = 8


HEADINGS: Final = {
    Column.TICK: ("", "Tick runs to compare them"),
    Column.NAME: ("Name", "The name that you gave, else the folder's name; the task is below"),
    Column.PRESET: ("Preset", "The preset of the settings"),
    Column.STEPS: ("Steps", "Environment steps so far"),
    Column.TEST: ("Test return", "Mean return of the newest test, without exploration"),
    Column.CURVE: ("Tests", "The last tests, oldest on the left, each curve on its own scale"),
    Column.STATE: ("State", "Whether a process trains the run, and how it ended"),
    Column.AGE: ("Last", "Time since the run last wrote into its log"),
    Column.SIZE: ("Size", "Size of all files of the run"),
}
RIGHT: Final = {Column.STEPS, Column.TEST, Column.SIZE}

_ORDER: Final = list(RunState)
_SORT_KEYS: Final[dict[Column, Callable[[RunEntry], Any]]] = {
    Column.NAME: lambda entry: entry.name.casefold(),
    Column.PRESET: lambda entry: entry.preset,
    Column.STEPS: lambda entry: entry.step,
    Column.TEST: lambda entry: float("-inf") if entry.last_test is None else entry.last_test,
    Column.CURVE: lambda entry: len(entry.tests),
    Column.STATE: lambda entry: _ORDER.index(entry.state),
    Column.AGE: lambda entry: -entry.changed,
    Column.SIZE: lambda entry: entry.size_bytes or 0,
}


class RunModel(QAbstractTableModel):
    """The runs as shown. Other code refers to a run by its folder."""

    ticksChanged = Signal()
    """Emitted when the user ticks or unticks a run, or a ticked run leaves the list."""

    renamed = Signal(object, str)
    """Emitted with the folder and the new name when the user has renamed a run."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[RunEntry, ...] = ()
        self._shown: list[RunEntry] = []
        self._ticked: set[Path] = set()
        self._words: tuple[str, ...] = ()
        self._images: dict[Path, QImage | None] = {}
        self._now = time.time()
        self.column = Column.AGE
        self.descending = False

    @property
    def entries(self) -> tuple[RunEntry, ...]:
        """Return all runs, whether they pass the search or not."""
        return self._all

    @property
    def ticked(self) -> tuple[Path, ...]:
        """Return the folders of the ticked runs in the order of the list; those that the search hides come last."""
        shown = [entry.path for entry in self._shown]
        hidden = [entry.path for entry in self._all if entry.path not in set(shown)]
        return tuple(path for path in [*shown, *hidden] if path in self._ticked)

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

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column. Ascending by age means the newest first."""
        if Column(column) in _SORT_KEYS:
            self.column = Column(column)
            self.descending = order is Qt.SortOrder.DescendingOrder
            self._arrange()

    def tell_time(self, now: float) -> None:
        """Show ages as of this time, in seconds since 1970."""
        self._now = now
        self._refresh(Column.STATE, Column.AGE)

    def entry_at(self, row: int) -> RunEntry | None:
        """Return the run in a row, or None beyond the list."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row_of(self, path: Path) -> int | None:
        """Return the row of a run, or None."""
        return next((row for row, entry in enumerate(self._shown) if entry.path == path), None)

    def image_of(self, path: Path) -> QImage | None:
        """Return the thumbnail of a run, or None."""
        return self._images.get(path)

    def toggle(self, row: int) -> None:
        """Tick or untick the run in a row, if it can be compared."""
        entry = self.entry_at(row)
        if entry is None or not entry.comparable:
            return
        self._ticked ^= {entry.path}
        self._refresh(Column.TICK, Column.TICK)
        self.ticksChanged.emit()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of runs that pass the search."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return the flags of a cell: whether the user can select, tick or edit it."""
        flags = super().flags(index)
        if index.column() == Column.TICK:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == Column.NAME else flags

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
        entry = self.entry_at(index.row())
        if entry is None:
            return None
        column = Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(entry, column)
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.CheckStateRole and column is Column.TICK and entry.comparable:
            return Qt.CheckState.Checked if entry.path in self._ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and column is Column.NAME:
            return self._images.get(entry.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(entry, column)
        return self._tip(entry) if role == Qt.ItemDataRole.ToolTipRole else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick a run, or report its new name."""
        entry = self.entry_at(index.row())
        if entry is None:
            return False
        if role == Qt.ItemDataRole.CheckStateRole:
            self.toggle(index.row())
            return True
        name = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or name == entry.name:
            return False
        self.renamed.emit(entry.path, "" if name == entry.path.name else name)
        return True

    def _text(self, entry: RunEntry, column: Column) -> str:
        match column:
            case Column.NAME:
                return entry.name
            case Column.PRESET:
                return entry.preset
            case Column.STEPS:
                return f"{entry.step:,}"
            case Column.TEST:
                return "" if entry.last_test is None else return_words(entry.last_test)
            case Column.STATE:
                return entry.state_words(self._now)
            case Column.AGE:
                return age_words(self._now - entry.changed)
            case Column.SIZE:
                return "" if entry.size_bytes is None else size_words(entry.size_bytes)
        return ""

    def _spoken(self, entry: RunEntry, column: Column) -> str:
        if column is Column.TICK:
            ticked = "ticked" if entry.path in self._ticked else "not ticked"
            return f"{entry.name}, {ticked if entry.comparable else 'cannot be compared'}"
        if column is Column.NAME:
            return summary(entry, self._now)
        if column is Column.CURVE:
            return trend_words(entry.tests)
        return f"{HEADINGS[column][0]}: {self._text(entry, column) or 'none'}"

    def _tip(self, entry: RunEntry) -> str:
        parts = (summary(entry, self._now), entry.problem, entry.note, best_words(entry), str(entry.path))
        return plain_tooltip("\n".join(part for part in parts if part))

    def _arrange(self) -> None:
        found = [entry for entry in self._all if self._passes(entry)]
        found.sort(key=_SORT_KEYS[self.column], reverse=self.descending)
        same = [entry.path for entry in found] == [entry.path for entry in self._shown]
        if same:
            self._shown = found
            self._refresh(Column.TICK, Column.SIZE)
            return
        self.beginResetModel()
        self._shown = found
        self.endResetModel()

    def _passes(self, entry: RunEntry) -> bool:
        if not self._words:
            return True
        words = (entry.name, entry.task, entry.preset, entry.state, entry.note, entry.path.name)
        text = "\n".join(words).casefold()
        return all(word in text for word in self._words)

    def _refresh(self, first: Column, last: Column) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._shown) - 1, last))


def return_words(value: float) -> str:
    """Return a return with about three digits, such as "240", "-33.5" or "0.87"."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def age_words(seconds: float) -> str:
    """Return an age, such as "just now", "4 min ago" or "yesterday"."""
    if seconds < JUST_NOW_SECONDS:
        return "just now"
    words = duration_words(seconds)
    return "yesterday" if words == "1 day" else f"{words} ago"


def reached_words(entry: RunEntry) -> str:
    """Return the progress of a run, such as "step 61,240 of 200,000, test return 240"."""
    steps = f"step {entry.step:,} of {entry.steps:,}" if entry.steps else f"step {entry.step:,}"
    if entry.last_test is not None:
        return f"{steps}, test return {return_words(entry.last_test)}"
    return steps if entry.last_return is None else f"{steps}, return {return_words(entry.last_return)} in training"


def best_words(entry: RunEntry) -> str:
    """Return the best checkpoint of a run in a line, with a caution; empty without one."""
    best = entry.best
    return "" if best is None else f"Best checkpoint: step {best.step:,}, test: {best.score} ({CAUTION})"


def summary(entry: RunEntry, now: float) -> str:
    """Return a run in one spoken line."""
    parts = (entry.name, entry.task, entry.preset, reached_words(entry), entry.state_words(now))
    return ", ".join(part for part in (*parts, age_words(now - entry.changed)) if part)


def trend_words(tests: Sequence[float]) -> str:
    """Return a series of tests in words, for screen readers."""
    if not tests:
        return "no tests yet"
    first, last, low, high = map(return_words, (tests[0], tests[-1], min(tests), max(tests)))
    return f"{len(tests)} tests, first {first}, last {last}, lowest {low}, highest {high}"
