"""A question with several answers, and with a line that can be selected and copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.studio.widgets.text import fixed_font, mute, plain_label, scaled_font

LEAST_WIDTH: Final = 560
"""Width in logical pixels. A command with the path of a run fits."""


@dataclass(frozen=True)
class Answer:
    """One way to answer.

    Attributes:
        text: on the button.
        help: what the answer does, in a sentence for the tooltip; may be empty.
    """

    text: str
    help: str = ""


class Question(QDialog):
    """A modal question with a button for each answer, and *Cancel*. The first answer is the default.

    Args:
        parent: the window.
        title: the question.
        text: what happens, in a sentence or two.
        answers: the answers, without *Cancel*.
        line: a line that the user can select and copy, such as a command; empty if there is none.
    """

    def __init__(self, parent: QWidget, title: str, text: str, answers: Sequence[Answer], line: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("Dreamer Studio")
        self.setMinimumWidth(LEAST_WIDTH)
        self._answer: Answer | None = None
        self._title = plain_label(title, wrap=True, selectable=True)
        self._text = plain_label(text, wrap=True, selectable=True)
        self._title.setFont(scaled_font(self._title.font(), 1.15, bold=True))
        self.setAccessibleName(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        if line:
            layout.addLayout(_copyable(line))
        layout.addSpacing(6)
        layout.addLayout(self._buttons(answers))
        self.setFocus()

    @property
    def title(self) -> str:
        """Return the question."""
        return self._title.text()

    @property
    def text(self) -> str:
        """Return what happens."""
        return self._text.text()

    def ask(self) -> Answer | None:
        """Show the question, and return the answer; None after Esc or *Cancel*."""
        self.exec()
        self.deleteLater()
        return self._answer

    def _buttons(self, answers: Sequence[Answer]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        for answer in answers:
            button = _button(answer.text, answer.help)
            button.clicked.connect(lambda _, answer=answer: self._take(answer))
            row.addWidget(button)
            if answer is answers[0]:
                button.setProperty("primary", True)
                button.setDefault(True)
                self.setFocusProxy(button)
        cancel = _button("Cancel")
        cancel.clicked.connect(self.reject)
        row.addWidget(cancel)
        return row

    def _take(self, answer: Answer) -> None:
        self._answer = answer
        self.accept()


def _button(text: str, help_: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(help_)
    button.setAutoDefault(False)
    return button


def _copyable(line: str) -> QHBoxLayout:
    field, copy = QLineEdit(line), _button("Copy", "Copy the command")
    field.setReadOnly(True)
    field.setFont(fixed_font())
    field.setCursorPosition(0)
    field.setMinimumWidth(min(2 * LEAST_WIDTH, field.fontMetrics().horizontalAdvance(line) + 24))
    field.setAccessibleName("Command")
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(line))
    mute(field)
    row = QHBoxLayout()
    row.addWidget(field, 1)
    row.addWidget(copy)
    return row
