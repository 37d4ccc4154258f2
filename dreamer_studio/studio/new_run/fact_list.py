"""Facts about a task: a label, and words that wrap."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from dreamer_studio.studio.widgets.text import mute, plain_label

EMPTY = "-"


class FactList(QWidget):
    """Rows of label and value. A value can be selected with the mouse, and is read as a sentence by screen readers.

    Args:
        labels: The rows.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__()
        self._values: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, label in enumerate(labels):
            words = QLabel(label)
            mute(words)
            value = plain_label(wrap=True, selectable=True)
            grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
            self._values[label] = value
        self.clear(labels)

    def set_value(self, label: str, value: str) -> None:
        """Set the value of a row."""
        shown = self._values[label]
        if value != shown.text():
            shown.setText(value or EMPTY)
            shown.setAccessibleName(f"{label}: {value}")

    def value(self, label: str) -> str:
        """Return the value of a row."""
        return self._values[label].text()

    def clear(self, labels: tuple[str, ...]) -> None:
        """Empty some rows."""
        for label in labels:
            self.set_value(label, EMPTY)
