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
    """Command, Copy, Cancel, Start paused, Start training; and the reason why nothing can start."""

    startWanted: ClassVar[Signal] = Signal(bool)
    """Emitted when the user starts the run or study, with whether it waits before it trains."""

    canceled: ClassVar[Signal] = Signal()
    """Emitted when the user leaves the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._command = _CommandText()
        self.copy = QPushButton("Cop&y")
        self.copy.setToolTip("Copy what the field shows. In a shell, it does the same as the button on the right")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.command))
        self._reason = ElidedLabel(lines=2)
        self._reason.setForegroundRole(QPalette.ColorRole.BrightText)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Back without a new run (Esc)")
        self.cancel.clicked.connect(self.canceled)
        self.start_paused = QPushButton("Start &paused")
        self.start_paused.clicked.connect(lambda: self.startWanted.emit(True))
        self.start = QPushButton()
        self.start.setProperty("primary", True)
        self.start.clicked.connect(lambda: self.startWanted.emit(False))
        self._name_buttons(study=False)
        self._lay_out()

    @property
    def command(self) -> str:
        """Return the command on show; a study has a line for each of two commands."""
        return self._command.toPlainText()

    @property
    def reason(self) -> str:
        """Return why nothing can start; else a note, which may be empty."""
        return self._reason.text()

    def show_review(self, review: Review) -> None:
        """Show the commands of a run or study, or why there are none."""
        run, study = review.new_run, review.new_study
        lines = study.commands if study is not None else (run.command,) if run is not None else ()
        self._command.set_lines(lines)
        self.copy.setEnabled(review.ready)
        self._reason.setText(review.reason or _note(review))
        role = QPalette.ColorRole.BrightText if review.errors else QPalette.ColorRole.PlaceholderText
        self._reason.setForegroundRole(role)
        self._name_buttons(study=review.place is not None and review.place.study is not None)
        for button, possible in ((self.start, review.ready), (self.start_paused, run is not None)):
            button.setEnabled(possible)
            button.setAccessibleDescription(review.reason)

    def _name_buttons(self, *, study: bool) -> None:
        """Say what the buttons start."""
        self.start.setText("&Start study" if study else "&Start training")
        self.start.setToolTip(
            "Train all seeds in the background, and show them in Runs (Ctrl+Enter)"
            if study
            else "Open the run and train (Ctrl+Enter)"
        )
        self.start_paused.setToolTip(
            "A study cannot begin paused" if study else "Open the run, and wait before it trains"
        )

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


def _note(review: Review) -> str:
    """Say how a study trains and how it ends, and name the folder in which the command must run."""
    study = review.new_study
    base = study.base if study is not None else review.new_run.base if review.new_run is not None else None
    place = "" if base is None else f"The task names a file: run the command in {base}."
    if study is None:
        return place
    where = "on GPUs" if study.study.gpus else "on the processor"
    begins = f"Continues the study {study.study.name}" if study.continues else "A study"
    return (
        f"{begins} of {study.study.run_count} runs, {where}, as many at once as this machine allows. It trains in the "
        f"background, also after this window is closed; Runs shows and stops it. The estimates are for one run. {place}"
    ).strip()


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
