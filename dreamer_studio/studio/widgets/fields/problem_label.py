"""A line that shows the problem of a field."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget


class ProblemLabel(QLabel):
    """Shows the problem of a field, and is hidden if there is none. Screen readers get the reason with the field.

    Args:
        field: the field.
    """

    def __init__(self, field: QWidget) -> None:
        super().__init__()
        self._field = field
        self.setTextFormat(Qt.TextFormat.PlainText)  # a reason quotes what the user has typed
        self.setWordWrap(True)
        self.setForegroundRole(QPalette.ColorRole.BrightText)
        self.hide()

    @property
    def problem(self) -> str:
        """Return the reason; empty if there is no problem."""
        return self._field.accessibleDescription()

    def set_problem(self, reason: str) -> None:
        """Show a reason, or hide the line for an empty one."""
        if reason == self.problem:
            return
        self._field.setAccessibleDescription(reason)
        self.setText(f"✗ {reason[:1].upper()}{reason[1:]}" if reason else "")
        self.setVisible(bool(reason))
