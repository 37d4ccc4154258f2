"""The ticked checkpoints through the gauges of Trust: a table of differences, and their returns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from dreamer_studio.studio.compare.own_scatter import OwnPoint, OwnScatter
from dreamer_studio.studio.compare.plots_panel import LETTERS
from dreamer_studio.studio.help import compare
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.button import enable_pair, push_button
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.folder_dialog import ask_for_folder
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar
from dreamer_studio.studio.widgets.layout.turning_box import TurningBox
from dreamer_studio.studio.widgets.text import mute, plain_label, plain_tooltip
from dreamer_studio.viewing.role import Role

if TYPE_CHECKING:  # importing this loads torch
    from dreamer_studio.trust.comparing.comparison import Answers, Comparison
    from dreamer_studio.trust.comparing.difference import Outcome

EMPTY: Final = "Tick two to six checkpoints, then press Judge. Each plays four episodes, which takes minutes."
NO_POINTS: Final = "Fills with the comparison: a point for each checkpoint."

_BESIDE: Final = 700  # least width in pixels at which the returns stand beside the table
_NAMES: Final = {"picture": "Reconstruction", "gap": "Dream gap"}  # others begin with a capital letter
_MARKS: Final = {"better": "\N{BLACK UP-POINTING TRIANGLE} ", "worse": "\N{BLACK DOWN-POINTING TRIANGLE} "}
_ROLES: Final = {"better": Role.OK, "worse": Role.ERROR}


class CompareGaugesPanel(QWidget):
    """Asks for the comparison, and shows its progress, then its table.

    Attributes:
        judge, cancel, export: the buttons.
        table: a row for each quantity, a column for each checkpoint.
        returns: imagined against real return.
    """

    judgeWanted = Signal()
    """Emitted when the user asks for the comparison."""

    cancelWanted = Signal()
    """Emitted when the user cancels the comparison."""

    problemFound = Signal(str)
    """Emitted when the files cannot be written, with a sentence."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.palette
        self._comparison: Comparison | None = None
        self.judge = push_button("Judge", "Compare the ticked checkpoints on the same episodes; takes minutes")
        self.cancel = push_button("Cancel", "Stop the comparison, and end its environment")
        self.export = push_button("Export record...", "Write the comparison into a folder, as JSON and CSV")
        self._line = plain_label(EMPTY, wrap=True)
        self.table = _make_table()
        self.returns = OwnScatter(theme, empty_text=NO_POINTS)
        self._table_card = Card(theme, "Through the gauges", help_text=compare.GAUGES, caption_lines=3)
        self._returns_card = Card(theme, "Imagined and real return", help_text=compare.OWN_RETURNS, caption_lines=3)
        self._lay_out()
        self.judge.clicked.connect(self.judgeWanted)
        self.cancel.clicked.connect(self.cancelWanted)
        self.export.clicked.connect(lambda: ask_for_folder(self, "Export record", self.write_files))
        theme.changed.connect(self._restyle)

    @property
    def line(self) -> str:
        """Return the line above the table: the progress, a failure, or the first thing to do."""
        return self._line.text()

    @property
    def captions(self) -> tuple[str, str]:
        """Return the texts below the table and below the returns."""
        return self._table_card.caption, self._returns_card.caption

    def show_state(self, ticked: int, *, working: bool, progress: str, failure: str = "") -> None:
        """Enable the buttons, and show the progress, the failure, or the first thing to do."""
        self.judge.setText(f"Judge {ticked} checkpoints" if ticked > 1 else "Judge")
        enable_pair(self.judge, self.cancel, working=working, startable=ticked > 1)
        self.export.setEnabled(self._comparison is not None)
        idle = failure or ("" if self._comparison is not None else EMPTY)
        self._line.setText(progress if working else idle)

    def show_comparison(self, comparison: Comparison | None, own: Path) -> None:
        """Fill the table; None empties it. Checkpoints of runs other than `own` show the name of their run."""
        if comparison is self._comparison:
            return
        self._comparison = comparison
        answers = () if comparison is None else comparison.answers
        self._fill(answers, own)
        points = [
            OwnPoint(letter, one.returns.real, one.returns.imagined)
            for letter, one in zip(LETTERS, answers, strict=False)
            if one.returns is not None
        ]
        self.returns.show_points(points)
        self._table_card.set_caption("" if comparison is None else _table_caption(comparison))
        self._returns_card.set_caption("" if comparison is None else _returns_caption(comparison))

    def write_files(self, folder: Path) -> None:
        """Write the comparison into a folder."""
        assert self._comparison is not None
        try:
            self._comparison.write(folder)
        except OSError as error:
            self.problemFound.emit(f"The comparison cannot be written: {error}")

    def _fill(self, answers: tuple[Answers, ...], own: Path) -> None:
        table = self.table
        names = list(answers[0].values) if answers else []
        table.clear()
        table.setRowCount(len(names))
        table.setColumnCount(len(answers))
        table.setVerticalHeaderLabels([_name(name) for name in names])
        heads = []
        for letter, one in zip(LETTERS, answers, strict=False):
            run = "" if one.contestant.folder == own else f"\n{one.contestant.folder.name}"
            heads.append(f"{letter}: step {one.contestant.step:,}{run}")
        table.setHorizontalHeaderLabels(heads)
        for column, one in enumerate(answers):
            for row, name in enumerate(names):
                table.setItem(row, column, self._cell(one, name))

    def _cell(self, one: Answers, name: str) -> QTableWidgetItem:
        difference = one.differences.get(name)
        if difference is None:
            item = QTableWidgetItem(one.values[name].as_text())
            item.setToolTip("The reference: the others are compared with this number")
            return item
        outcome: Outcome = difference.outcome
        item = QTableWidgetItem(f"{_MARKS.get(outcome, '')}{difference.as_text()}")
        item.setToolTip(plain_tooltip(f"{_name(name)}: {difference.as_text()}, n {difference.measured.n} episodes"))
        role = Role.NEUTRAL if difference.is_negligible else _ROLES.get(outcome, Role.NEUTRAL)
        item.setData(Qt.ItemDataRole.UserRole, role)
        item.setForeground(QBrush(QColor(self._palette.of(role))))
        return item

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        for row in range(self.table.rowCount()):
            for column in range(self.table.columnCount()):
                item = self.table.item(row, column)
                role = None if item is None else item.data(Qt.ItemDataRole.UserRole)
                if item is not None and role is not None:
                    item.setForeground(QBrush(QColor(palette.of(Role(role)))))

    def _lay_out(self) -> None:
        mute(self._line)
        self._table_card.set_body(self.table)
        self._returns_card.set_body(self.returns)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(FlowBar((self.judge, self.cancel, self.export)))
        layout.addWidget(self._line)
        layout.addWidget(TurningBox(((self._table_card, 3), (self._returns_card, 1)), beside=_BESIDE), 1)


def _make_table() -> QTableWidget:
    table = QTableWidget()
    table.setAccessibleName("Differences from the first checkpoint")
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setWordWrap(True)
    table.setTabKeyNavigation(False)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return table


def _name(key: str) -> str:
    """Return the name of a quantity on screen."""
    return _NAMES.get(key, key.capitalize())


def _table_caption(comparison: Comparison) -> str:
    parts = [
        f"A is the reference. All see the same {len(comparison.episodes)} episodes, starts and noise; gap, value "
        f"and policy come from {comparison.own} episodes that each plays itself. 95% intervals.",
        *(f"{note[0].upper()}{note[1:]}." for note in comparison.notes),
        *(f"Left out: {line.rstrip('.')}." for line in comparison.left_out),
    ]
    return " ".join(parts)


def _returns_caption(comparison: Comparison) -> str:
    texts = []
    for run, own in comparison.own_checkpoints.items():
        absent = f", {own.missing} without own returns" if own.missing else ""
        texts.append(f"{run}: Spearman {own.agreement.as_text()}, n {own.agreement.n} checkpoints{absent}.")
    return " ".join(texts)
