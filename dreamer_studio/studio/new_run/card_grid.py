"""Rows of cards that scroll; in a narrow window, the cards of a row stand below each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QVBoxLayout, QWidget

from dreamer_studio.studio.widgets.card import Card

NARROW = 105
"""Width in characters below which the cards stand below each other."""


class CardGrid(QScrollArea):
    """Shows rows of cards. It never scrolls sideways.

    Args:
        rows: The cards of each row.
    """

    def __init__(self, *rows: tuple[Card, ...]) -> None:
        super().__init__()
        content = QWidget()
        content.setAutoFillBackground(False)
        self._rows: list[QBoxLayout] = []
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 12, 12, 6)
        column.setSpacing(8)
        for cards in rows:
            row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
            row.setSpacing(8)
            for card in cards:
                row.addWidget(card, 1)
            self._rows.append(row)
            column.addLayout(row, 0 if len(self._rows) > 1 else 1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose between one column and two."""
        narrow = event.size().width() < NARROW * self.fontMetrics().averageCharWidth()
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        for row in self._rows:
            row.setDirection(direction)
        super().resizeEvent(event)
