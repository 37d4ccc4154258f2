"""Futures side by side: an image, a name and a number each. A click chooses a future."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dreamer_studio.arrays import Images
from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.text import scaled_font

SIDE = 64  # pixels of a frame, shown at its own size or enlarged by a whole number
GAP = 6


@dataclass(frozen=True, eq=False)
class Cell:
    """An image (64, 64, 3) or None, the texts below it, and whether the user can choose it."""

    name: str
    number: str
    image: Images | None
    tip: str = ""
    takes: bool = True


class FutureGrid(QWidget):
    """As many columns as fit. The arrows move between cells, Return chooses a cell."""

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.List

    taken: ClassVar[Signal] = Signal(int)
    """Emitted when the user chooses a cell, with its number."""

    def __init__(self, theme: Theme, empty_text: str, parent: QWidget | None = None) -> None:
        """Make an empty grid; `empty_text` says what will fill it, and when."""
        super().__init__(parent)
        self._palette = theme.palette
        self._empty_text = empty_text
        self._cells: Sequence[Cell] = ()
        self._chosen = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Futures")
        self.setAccessibleDescription(empty_text)
        theme.changed.connect(self._restyle)

    def set_cells(self, cells: Sequence[Cell]) -> None:
        """Show these cells in this order."""
        self._cells = cells
        self._chosen = min(self._chosen, max(0, len(cells) - 1))
        self.setAccessibleDescription("; ".join(f"{cell.name} {cell.number}" for cell in cells) or self._empty_text)
        self._grow()
        self.update()

    @property
    def cells(self) -> Sequence[Cell]:
        """Return the cells on show, in their order."""
        return self._cells

    def spoken(self) -> str:
        """Return the chosen cell, and the number of cells."""
        if not self._cells:
            return self._empty_text
        cell = self._cells[self._chosen]
        return f"{cell.name}, {cell.number}: {self._chosen + 1} of {len(self._cells)}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that all cells need; a scroll area shows a part of it."""
        super().resizeEvent(event)
        self._grow()

    def box(self, place: int) -> QRect:
        """Return the rectangle of a cell."""
        columns, side = self._layout()
        width, height = side + GAP, side + self._foot() + GAP
        return QRect(place % columns * width, place // columns * height, side, side + self._foot())

    def sizeHint(self) -> QSize:
        """Return the size of eight cells in two rows."""
        return QSize(4 * (SIDE + GAP), 2 * (SIDE + GAP + self._foot()))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint all cells."""
        painter = QPainter(self)
        painter.setFont(scaled_font(self.font(), 0.85))
        if not self._cells:
            painter.setPen(QColor(self._palette.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(20, 4, -20, -4), flags, self._empty_text)
            return
        for place, cell in enumerate(self._cells):
            box = self.box(place)
            frame = QRect(box.left(), box.top(), box.width(), box.width())
            if cell.image is None:
                painter.fillRect(frame, QColor(self._palette.raised))
            else:
                pixels = np.ascontiguousarray(cell.image)
                painter.drawImage(frame, QImage(pixels.data, SIDE, SIDE, 3 * SIDE, QImage.Format.Format_RGB888))
            lines = (cell.name, cell.number)
            height = self._foot() // len(lines)
            for line, text in enumerate(lines):
                painter.setPen(QColor(self._palette.muted if line == 0 else self._palette.text))
                row = QRect(box.left(), frame.bottom() + 2 + line * height, box.width(), height)
                elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, row.width())
                painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
            if place == self._chosen and self.hasFocus():
                painter.setPen(QPen(QColor(self._palette.accent), 2))
                painter.drawRect(frame.adjusted(1, 1, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the mouse."""
        place = self._place_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self._take(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show with the cursor whether the cell can be chosen."""
        place = self._place_at(event.position().toPoint())
        takes = place is not None and self._cells[place].takes
        self.setCursor(Qt.CursorShape.PointingHandCursor if takes else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """Show the tooltip of the cell under the mouse."""
        if isinstance(event, QHelpEvent):
            place = self._place_at(event.pos())
            QToolTip.showText(event.globalPos(), self._cells[place].tip if place is not None else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between cells, or choose a cell."""
        columns = self._layout()[0]
        steps = {"futures.left": -1, "futures.right": 1, "futures.up": -columns, "futures.down": columns}
        action = pressed(Scope.FUTURES, event.key())
        if action in steps and self._cells:
            self._chosen = max(0, min(len(self._cells) - 1, self._chosen + steps[action]))
            self.update()
        elif action == "futures.take" and self._cells:
            self._take(self._chosen)
        else:
            super().keyPressEvent(event)

    def _grow(self) -> None:
        rows = math.ceil(max(1, len(self._cells)) / max(1, (self.width() + GAP) // (SIDE + GAP)))
        self.setMinimumHeight(rows * (SIDE + self._foot() + GAP) - GAP)

    def _take(self, place: int) -> None:
        self._chosen = place
        self.update()
        if self._cells[place].takes:
            self.taken.emit(place)

    def _place_at(self, point: QPoint) -> int | None:
        return next((place for place in range(len(self._cells)) if self.box(place).contains(point)), None)

    def _foot(self) -> int:
        return 2 * self.fontMetrics().height()

    def _layout(self) -> tuple[int, int]:
        """Return the number of columns and the side of an image, as large as all cells allow."""
        count = max(1, len(self._cells))
        for times in (4, 3, 2, 1):
            side = times * SIDE
            columns = max(1, (self.width() + GAP) // (side + GAP))
            rows = math.ceil(count / columns)
            if rows * (side + self._foot() + GAP) - GAP <= self.height():
                return columns, side
        return max(1, (self.width() + GAP) // (SIDE + GAP)), SIDE

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
