"""Rows of cards that scroll; in a narrow window, the cards of a row stand below each other."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QVBoxLayout, QWidget

from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.layout.room import COMFORT
from dreamer_studio.studio.widgets.scroll import fill_area

MARGIN, SPACING = 12, 8


class CardRows(QScrollArea):
    """Shows rows of cards.

    Args:
        rows: The cards of each row.
    """

    def __init__(self, *rows: tuple[Card, ...]) -> None:
        super().__init__()
        self._cards = rows
        self._rows: list[QBoxLayout] = []
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, 6)
        column.setSpacing(SPACING)
        for cards in rows:
            row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
            row.setSpacing(SPACING)
            for card in cards:
                row.addWidget(card, 1)
            self._rows.append(row)
            column.addLayout(row, 0 if len(self._rows) > 1 else 1)
        fill_area(self, content)

    @property
    def stacked(self) -> bool:
        """Return whether the cards of a row stand below each other."""
        return any(row.direction() is QBoxLayout.Direction.TopToBottom for row in self._rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose between one column and two."""
        self._reflow(event.size().width())
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Choose again for another size of text."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            QTimer.singleShot(0, self, lambda: self._reflow(self.viewport().width()))  # after the cards' own fonts

    def _reflow(self, room: int) -> None:
        widths = [sum(card.minimumSizeHint().width() for card in cards) for cards in self._cards if len(cards) > 1]
        narrow = room < COMFORT * (max(widths) + SPACING + 2 * MARGIN)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        for row in self._rows:
            row.setDirection(direction)
