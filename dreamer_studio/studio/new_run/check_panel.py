"""The report of a check of a task, with its progress."""

from __future__ import annotations

import textwrap
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.check import CheckReport, Row, Verdict
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.chips import Chip
from dreamer_studio.studio.widgets.text import fixed_font, mute, plain_label, scaled_font
from dreamer_studio.viewing.new_run.messages import CheckResult
from dreamer_studio.viewing.role import Role

ROLES: dict[Verdict, Role] = {"ok": Role.OK, "note": Role.WARN, "refused": Role.ERROR}
WORDS: dict[Verdict, str] = {
    "ok": "ok, this task can be trained",
    "note": "can be trained, but read the notes",
    "refused": "refused, this task cannot be trained like this",
}
FULL = 1000


class CheckPanel(QWidget):
    """Shows the progress of a check, then a row for each of its questions.

    Args:
        theme: the colors.
        parent: the owner.
    """

    canceled: ClassVar[Signal] = Signal()
    """Emitted when the user cancels the check."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bar = QProgressBar()
        self._bar.setRange(0, FULL)
        self._bar.setAccessibleName("Progress of the check")
        self.cancel = QPushButton("Cancel check")
        self.cancel.clicked.connect(self.canceled)
        self._verdict = plain_label(wrap=True, selectable=True)
        self._verdict.setFont(scaled_font(self.font(), 1.0, bold=True))
        self._traceback = plain_label(wrap=True, selectable=True)
        self._traceback.setFont(fixed_font())
        self._rows = QWidget()
        self._lay_out()
        self.show_nothing()

    @property
    def verdict(self) -> str:
        """Return the verdict in words, or the current step of the check."""
        return self._verdict.text()

    @property
    def busy(self) -> bool:
        """Return whether a check is under way."""
        return not self._bar.isHidden()

    @property
    def row_texts(self) -> list[str]:
        """Return name, verdict, findings and advice of each row."""
        return [row.accessibleName() for row in self._rows.findChildren(QLabel) if row.accessibleName()]

    def show_nothing(self) -> None:
        """Forget the last check."""
        self._show_progress(None)
        self._verdict.setText("")
        self._fill(())
        self._set_traceback("")

    def show_starting(self, task: str) -> None:
        """Say that a check begins."""
        self.show_result(CheckResult(task, "starting", 0.0))

    def show_result(self, result: CheckResult) -> None:
        """Show the progress or the report."""
        report = result.report
        self._show_progress(None if report is not None else result)
        self._verdict.setText(f"{result.task}: {result.doing}" if report is None else _verdict(report))
        self._fill(() if report is None else report.rows)
        self._set_traceback("" if report is None else report.traceback)

    def show_failure(self, reason: str) -> None:
        """Say why the check could not be made."""
        self.show_nothing()
        self._verdict.setText(f"The check could not be made: {reason}")

    def _show_progress(self, result: CheckResult | None) -> None:
        for widget in (self._bar, self.cancel):
            widget.setVisible(result is not None)
        self._bar.setValue(0 if result is None else int(FULL * result.share))

    def _set_traceback(self, text: str) -> None:
        self._traceback.setText(textwrap.dedent(text))
        self._traceback.setVisible(bool(text))

    def _fill(self, rows: tuple[Row, ...]) -> None:
        fresh = QWidget()
        grid = QGridLayout(fresh)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(2, 1)
        for number, row in enumerate(rows):
            self._add(grid, number, row)
        self._layout.replaceWidget(self._rows, fresh)
        self._rows.deleteLater()
        self._rows.setParent(None)
        self._rows = fresh

    def _add(self, grid: QGridLayout, number: int, row: Row) -> None:
        advice = f"\n→ {row.advice}" if row.advice else ""
        found = plain_label(f"{row.found}{advice}", wrap=True, selectable=True)
        found.setAccessibleName(f"{row.name}, {row.verdict}: {row.found}. {row.advice}".strip())
        name = plain_label(row.name)
        mute(name)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(Chip(self._theme, row.verdict, ROLES[row.verdict]), number, 0, top)
        grid.addWidget(name, number, 1, top)
        grid.addWidget(found, number, 2)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(self._verdict, 1)
        first.addWidget(self._bar, 1)
        first.addWidget(self.cancel)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(first)
        self._layout.addWidget(self._rows)
        self._layout.addWidget(self._traceback)


def _verdict(report: CheckReport) -> str:
    return f"{report.task}: {WORDS[report.verdict]}"
