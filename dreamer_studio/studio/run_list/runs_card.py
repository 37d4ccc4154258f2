"""The list of runs with its search, its buttons and its last message."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QPoint, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.library.labels import Label
from dreamer_studio.studio.actions import action, in_words
from dreamer_studio.studio.help import pages
from dreamer_studio.studio.run_list import run_menu
from dreamer_studio.studio.run_list.columns import Column
from dreamer_studio.studio.run_list.note_dialog import NoteDialog
from dreamer_studio.studio.run_list.rows import Row, key_of
from dreamer_studio.studio.run_list.run_model import RunModel
from dreamer_studio.studio.run_list.run_table import RunTable
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.text import ElidedLabel, mute, plain_label
from dreamer_studio.viewing.library.messages import LabelRun, StopStudy, TrashRuns, UndoTrash

MOST_COMPARED: Final = 6
DOWN: Final = "down"
LOOKING: Final = "Looking for runs..."
NO_RUNS: Final = "Press New run..., or look at the example first."
NO_RUNS_BESIDE_AVERAGES: Final = "To begin one, choose New run... in the File menu."


class RunsCard(Card):
    """Shows runs, and reports the user's requests for them."""

    openWanted: ClassVar[Signal] = Signal(object, bool)
    """Emitted with a run's folder, and whether to watch only."""

    bestWanted: ClassVar[Signal] = Signal(object)
    """Emitted with a run's folder when the user wants to watch its best checkpoint."""

    stopWanted: ClassVar[Signal] = Signal(object)
    """Emitted with the folder of a run when the user wants to end its training in another process."""

    compareWanted: ClassVar[Signal] = Signal(object)
    """Emitted with the folders of the ticked runs, as a tuple."""

    overlayWanted: ClassVar[Signal] = Signal(object)
    """Emitted with the folders of the ticked runs, as a tuple, when the user wants to overlay their curves."""

    settingsWanted: ClassVar[Signal] = Signal(object)
    """Emitted with the folder of a run when the user wants a new run with the same settings."""

    averagesWanted: ClassVar[Signal] = Signal()
    """Emitted when the user wants to see averages over seeds."""

    foldersWanted: ClassVar[Signal] = Signal()
    """Emitted when the user wants to see runs of other folders."""

    sorted: ClassVar[Signal] = Signal(str)
    """Emitted with the order of the list, such as "steps" or "steps down", when the user changes the order."""

    commandSent: ClassVar[Signal] = Signal(object)
    """Emitted with a command for the library's worker."""

    def __init__(self, theme: Theme, *, grouped: bool = False, parent: QWidget | None = None) -> None:
        """Make an empty list. With `grouped`, the list is beside averages and groups the runs by settings."""
        super().__init__(theme, "Runs", help_text=pages.RUNS, caption_lines=2 if grouped else 1, parent=parent)
        self.model = RunModel()
        self.model.set_grouped(grouped)
        self.table = RunTable(theme, self.model)
        self.search = _SearchField()
        self.compare = QPushButton()
        self.overlay = QPushButton("Over&lay curves")
        self.group = QCheckBox("&Group seeds")
        self.averages = QPushButton("&Averages...")
        self.undo = QPushButton("&Undo")
        self._said = ElidedLabel()
        self._count = ElidedLabel()
        self._empty = plain_label(LOOKING, wrap=True)
        self._advice = NO_RUNS_BESIDE_AVERAGES if grouped else NO_RUNS
        self._folders = QPushButton("Other folders...")
        self._places: tuple[Path, ...] = ()
        self._pages = QStackedLayout()
        self._assemble()
        self._connect()
        self._offer()

    def show_runs(self, entries: Sequence[RunEntry], folders: tuple[Path, ...], *, can_undo: bool) -> None:
        """List all runs.

        Args:
            entries: all runs.
            folders: the folders of runs, which the sentence below the list names.
            can_undo: whether a run can come back from the trash.
        """
        current, run = self.table.current_key, self.table.current
        self._places = folders
        self.model.set_entries(entries)
        if run is not None and self.model.row_of(run.path) is None:  # another seed has put the run into a group
            current = run.family
        if current is not None:
            self.table.select(current)
        self.undo.setVisible(can_undo)
        self._describe()

    def show_images(self, images: dict[Path, QImage | None]) -> None:
        """Show thumbnails."""
        self.model.set_images(images)

    def say(self, text: str) -> None:
        """Show the outcome of the last command."""
        self._said.setText(text)

    def sort_by(self, order: str) -> None:
        """Sort the list by an order that `sorted` emitted; any other text sorts the newest run first."""
        name, _, turn = order.partition(" ")
        column = next((each for each in Column if each.name.lower() == name), None)
        down = column is not None and turn == DOWN
        side = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self.table.sortByColumn(Column.AGE if column is None else column, side)

    def act(self, what: str, entry: RunEntry) -> None:
        """Carry out an entry of the context menu."""
        match what:
            case run_menu.OPEN:
                self.openWanted.emit(entry.path, False)
            case run_menu.WATCH:
                self.openWanted.emit(entry.path, True)
            case run_menu.WATCH_BEST:
                self.bestWanted.emit(entry.path)
            case run_menu.STOP:
                self.stopWanted.emit(entry.path)
            case run_menu.STOP_STUDY:
                self._stop_study(entry)
            case run_menu.TICK:
                row = self.model.row_of(entry.path)
                if row is not None:
                    self.model.toggle(row)
            case run_menu.RENAME:
                self.table.select(entry.path)
                self.table.rename()
            case run_menu.NOTE:
                self._ask_for_note(entry)
            case run_menu.AGAIN:
                self.settingsWanted.emit(entry.path)
            case run_menu.FOLDER:
                QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.path)))
            case run_menu.TRASH:
                self._trash(entry)

    def menu_of(self, entry: RunEntry) -> QMenu:
        """Make the context menu of a run."""
        do = {name: functools.partial(self.act, name, entry) for name in run_menu.NAMES}
        return run_menu.make_menu(self, entry, ticked=entry.path in self.model.ticked, do=do)

    def show_menu(self, row: Row, at: QPoint) -> None:
        """Show the context menu of a run or group at a place on screen. Only groups with runs of studies have one."""
        menu = self.menu_of(row) if isinstance(row, RunEntry) else run_menu.make_group_menu(self, row, self._stop_study)
        if menu is None:
            return
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    @property
    def said(self) -> str:
        """Return the outcome of the last command."""
        return self._said.text()

    @property
    def counted(self) -> str:
        """Return the sentence that counts the runs and names their folders."""
        return self._count.text()

    @property
    def empty_text(self) -> str:
        """Return the text in place of an empty list."""
        return self._empty.text()

    def _assemble(self) -> None:
        self.search.setPlaceholderText("Search name, task, note")
        self.search.setAccessibleName("Search the runs")
        self.search.setClearButtonEnabled(True)
        self.undo.setToolTip("Bring the last run back from the trash")
        self.undo.hide()
        self._folders.setFlat(True)
        self.averages.setFlat(True)
        self._folders.setToolTip("Choose the folders in which the program looks for runs")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        mute(self._empty)
        mute(self._count)
        self.group.setToolTip("Put runs that differ only by their seeds below one row")
        self.group.setChecked(self.model.grouped)
        self.group.setVisible(self.model.grouped)
        self.averages.setToolTip(f"{action('view.runs').help} ({in_words(action('view.runs'))})")
        self.averages.setVisible(not self.model.grouped)
        self.overlay.setVisible(not self.model.grouped)
        self.add_header_widget(self.search)
        self.add_header_widget(self.group)
        self.add_header_widget(self.overlay)
        self.add_header_widget(self.compare)
        body = QWidget()
        down = QVBoxLayout(body)
        down.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.table)
        down.addLayout(self._pages, 1)
        below = QHBoxLayout()
        below.addWidget(self._count, 2)
        below.addWidget(self._folders)
        below.addWidget(self.averages)
        below.addWidget(self._said, 3)
        below.addWidget(self.undo)
        down.addLayout(below)
        self.set_body(body)
        self.set_caption(_keys_in_words(grouped=self.model.grouped))

    def _connect(self) -> None:
        self.search.textChanged.connect(self._find)
        self.compare.clicked.connect(lambda: self.compareWanted.emit(self.model.ticked))
        self.overlay.clicked.connect(lambda: self.overlayWanted.emit(self.model.ticked))
        self.group.toggled.connect(self._group)
        self.averages.clicked.connect(self.averagesWanted)
        self.undo.clicked.connect(lambda: self.commandSent.emit(UndoTrash()))
        self._folders.clicked.connect(self.foldersWanted)
        self.model.ticksChanged.connect(self._offer)
        self.model.renamed.connect(self._rename)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._report_order)
        self.table.openWanted.connect(self._open)
        self.table.trashWanted.connect(self._trash)
        self.table.menuWanted.connect(self.show_menu)

    def _report_order(self) -> None:
        self.sorted.emit(self.model.column.name.lower() + (f" {DOWN}" if self.model.descending else ""))

    def _find(self, text: str) -> None:
        current = self.table.current_key
        self.model.set_search(text)
        if current is not None:
            self.table.select(current)
        self._describe()

    def _group(self, on: bool) -> None:
        current = self.table.current_key
        self.model.set_grouped(on)
        self.table.selectRow(0) if current is None else self.table.select(current)

    def _describe(self) -> None:
        count, listed = len(self.model.entries), len(self.model.found)
        where = ", ".join(short(place) for place in self._places)
        if any(_is_elsewhere(entry, self._places) for entry in self.model.entries):
            where += " and elsewhere"
        if not count:
            self._empty.setText(f"No runs in {where}.\n{self._advice}")
        elif not listed:
            self._empty.setText(f"No run matches “{self.search.text()}”.")
        self._pages.setCurrentIndex(1 if listed else 0)
        shown = f"{count:,}" if listed == count else f"{listed:,} of {count:,}"
        self._count.setText(f"{shown} run{'' if count == 1 else 's'} in {where}" if count else "")
        self._count.setMaximumWidth(self._count.fontMetrics().horizontalAdvance(self._count.text()) + 4)

    def _offer(self) -> None:
        """Offer Compare and Overlay curves for two to six ticked runs."""
        count = len(self.model.ticked)
        self.overlay.setEnabled(2 <= count <= MOST_COMPARED)
        self.overlay.setToolTip(f"Tick two to {MOST_COMPARED} runs, then see their curves in the same plots")
        self.compare.setText(f"&Compare {count}" if count else "&Compare ticked")
        self.compare.setEnabled(2 <= count <= MOST_COMPARED)
        self.compare.setToolTip(f"Tick two to {MOST_COMPARED} runs, then compare what their models see and dream")

    def _open(self, entry: RunEntry) -> None:
        possible = run_menu.possibilities(entry)
        if run_menu.OPEN in possible or run_menu.WATCH in possible:
            self.openWanted.emit(entry.path, run_menu.OPEN not in possible)
        else:
            self.say(f"{entry.title} cannot be opened: {entry.problem}")

    def _trash(self, entry: RunEntry) -> None:
        if entry.state.training:
            self.say(f"{entry.title} is in training. Stop it first.")
            return
        if entry.held:
            self.say(f"{entry.title} is open in {entry.holder}. Close it there first.")
            return
        self._select_neighbor(entry)
        self.commandSent.emit(TrashRuns((entry.path,)))

    def _stop_study(self, entry: RunEntry) -> None:
        self.commandSent.emit(StopStudy(entry.path.parent))

    def _select_neighbor(self, entry: RunEntry) -> None:
        """Select the run or group below a run that goes to the trash, or else the one above."""
        row = self.model.row_of(entry.path)
        beside = None if row is None else self.model.row_at(row + 1) or self.model.row_at(row - 1)
        if beside is not None:
            self.table.select(key_of(beside))

    def _rename(self, path: Path, name: str) -> None:
        entry = next((each for each in self.model.entries if each.path == path), None)
        if entry is not None:
            self.commandSent.emit(LabelRun(path, Label(name, entry.note)))

    def _ask_for_note(self, entry: RunEntry) -> None:
        name = "" if entry.name == entry.path.name else entry.name
        dialog = NoteDialog(entry.title, entry.note, self)
        dialog.noted.connect(lambda note: self.commandSent.emit(LabelRun(entry.path, Label(name, note))))
        dialog.open()


class _SearchField(QLineEdit):
    """A search field that shows its whole placeholder if there is room, and shrinks in a narrow window."""

    def sizeHint(self) -> QSize:
        """Return the width of the placeholder and of the button that clears the field."""
        return QSize(self.fontMetrics().averageCharWidth() * 32, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the width of a short word."""
        return QSize(self.fontMetrics().averageCharWidth() * 10, super().minimumSizeHint().height())


def _is_elsewhere(entry: RunEntry, places: Sequence[Path]) -> bool:
    """Return whether a run is in none of these folders, neither directly nor in a study."""
    around = entry.path.parents[:2] if entry.study else entry.path.parents[:1]
    return not any(path in places for path in around)


def _keys_in_words(*, grouped: bool) -> str:
    names = ("open", "tick", "rename", "trash", "fold", "unfold")
    keys = {name: in_words(action(f"runs.{name}")).split(", ")[0] for name in names}
    folding = f"{keys['fold']} and {keys['unfold']} fold and unfold a group. " if grouped else ""
    return (
        f"{keys['open']} opens, {keys['tick']} ticks, {keys['rename']} renames, {keys['trash']} moves to the trash. "
        f"{folding}Right-click: watch, stop, note, new run with the same settings, show folder."
    )


def short(path: Path) -> str:
    """Return a path with the user's home folder as ``~``."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
