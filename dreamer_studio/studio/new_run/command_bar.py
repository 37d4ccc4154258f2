"""The command that does the same as the page, and the buttons that start or leave."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from dreamer_studio.studio.widgets.text import ElidedLabel, fixed_font
from dreamer_studio.viewing.new_run.choice import Review

MOST_LINES = 3


class CommandBar(QWidget):
    """Command, Copy, Cancel, Start paused, Start training; and the reason why a run cannot start."""

    startWanted: ClassVar[Signal] = Signal(bool)
    """Emitted when the user starts the run, with whether it waits before it trains."""

    canceled: ClassVar[Signal] = Signal()
    """Emitted when the user leaves the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._command = _CommandText()
        self.copy = QPushButton("Cop&y")
        self.copy.setToolTip("Copy the command. In a shell, it does the same as Start training")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.command))
        self._reason = ElidedLabel(lines=2)
        self._reason.setForegroundRole(QPalette.ColorRole.BrightText)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Back without a new run (Esc)")
        self.cancel.clicked.connect(self.canceled)
        self.start_paused = QPushButton("Start &paused")
        self.start_paused.setToolTip("Open the run, and wait before it trains")
        self.start_paused.clicked.connect(lambda: self.startWanted.emit(True))
        self.start = QPushButton("&Start training")
        self.start.setToolTip("Open the run and train (Ctrl+Enter)")
        self.start.setProperty("primary", True)
        self.start.clicked.connect(lambda: self.startWanted.emit(False))
        self._lay_out()

    @property
    def command(self) -> str:
        """Return the command on show, one line for each seed."""
        return self._command.toPlainText()

    @property
    def reason(self) -> str:
        """Return why the run cannot start; empty if it can."""
        return self._reason.text()

    def show_review(self, review: Review) -> None:
        """Show the command of a run, or why there is none."""
        run = review.new_run
        lines = () if run is None else (run.command, *run.other_commands)
        self._command.set_lines(lines)
        self.copy.setEnabled(run is not None)
        others = max(0, len(lines) - 1)
        self._reason.setText(review.reason or _note(others, review))
        role = QPalette.ColorRole.BrightText if review.errors else QPalette.ColorRole.PlaceholderText
        self._reason.setForegroundRole(role)
        for button in (self.start, self.start_paused):
            button.setEnabled(run is not None)
            button.setAccessibleDescription(review.reason)

    def _lay_out(self) -> None:
        label = QLabel("Co&mmand")
        label.setBuddy(self._command)
        first = QHBoxLayout()
        first.addWidget(label)
        first.addWidget(self._command, 1)
        first.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        second = QHBoxLayout()
        second.addWidget(self._reason, 1)
        for button in (self.cancel, self.start_paused, self.start):
            second.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 8)
        layout.addLayout(first)
        layout.addLayout(second)


def _note(others: int, review: Review) -> str:
    """Describe the runs of the other seeds, and name the folder in which the command must run."""
    run = review.new_run
    place = "" if run is None or run.base is None else f"The task names a file: run the command in {run.base}."
    if not others:
        return place
    words = "the run of the other seed trains" if others == 1 else f"the runs of the other {others} seeds train"
    how = "without a window" if review.choice.train_others else "if you run the other commands"
    return f"The first run opens here; {words} {how}. The estimates are for one run. {place}".strip()


class _CommandText(QPlainTextEdit):
    """A field with commands to select, as high as its lines, up to three."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = 1
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(fixed_font())
        self.setAccessibleName("Command")
        self.setPlaceholderText("The command appears here once the run can start.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_lines(self, lines: tuple[str, ...]) -> None:
        text = "\n".join(lines)
        if text != self.toPlainText():
            self.setPlainText(text)
            self._lines = min(MOST_LINES, max(1, len(lines)))
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the height of the lines and of a scroll bar."""
        bar = self.horizontalScrollBar().sizeHint().height()
        return QSize(200, self.fontMetrics().lineSpacing() * self._lines + bar + 14)

    def minimumSizeHint(self) -> QSize:
        """Return the same height."""
        return QSize(60, self.sizeHint().height())
