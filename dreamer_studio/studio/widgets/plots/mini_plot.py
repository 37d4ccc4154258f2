"""A small plot of a few lines over steps, drawn in a fraction of the time of a full plot."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.layout.stage import toggle_large
from dreamer_studio.studio.widgets.plots.series import si_label
from dreamer_studio.studio.widgets.text import scaled_font, text_scale

MARGIN = 4
HEAD = 18


class MiniPlot(QWidget):
    """Lines over the columns 1, 2, ..., with the least and the greatest value as text."""

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Chart

    columnPicked: ClassVar[Signal] = Signal(int)
    """Emitted when the user clicks a column."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.palette
        self._title = title
        self._lines: Floats = np.empty((0, 0))
        self._columns = 1
        self._front = self._cursor = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        theme.changed.connect(self._restyle)

    def show_lines(self, lines: Floats, columns: int) -> None:
        """Draw lines (n, T), which begin at column 1, over columns 0 to `columns`."""
        self._lines, self._columns = lines, max(1, columns)
        self.update()

    def set_front(self, line: int) -> None:
        """Draw this line in front of the others."""
        self._front = line
        self.update()

    def set_cursor(self, column: int) -> None:
        """Mark a column."""
        self._cursor = column
        self.update()

    def spoken(self) -> str:
        """Return the range of the lines, and the value of the front line at the cursor."""
        finite = self._lines[np.isfinite(self._lines)]
        if len(finite) == 0:
            return "no values yet"
        told = f"{si_label(float(finite.min()), 3)} to {si_label(float(finite.max()), 3)}"
        line = self._lines[min(self._front, len(self._lines) - 1)]
        at = self._cursor - 1
        return f"{told}, at step {self._cursor} {si_label(float(line[at]), 3)}" if 0 <= at < len(line) else told

    def sizeHint(self) -> QSize:
        """Return a size wider than high."""
        return QSize(160, 90)

    def minimumSizeHint(self) -> QSize:
        """Return room for a readable line."""
        return QSize(90, 90)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the card around the plot."""
        toggle_large(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Emit the nearest column."""
        if event.button() is Qt.MouseButton.LeftButton and len(self._lines):
            share = (event.position().x() - MARGIN) / max(1, self.width() - 2 * MARGIN)
            self.columnPicked.emit(max(0, min(self._columns, round(share * self._columns))))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint title, range, lines and cursor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled_font(self.font(), 0.88))
        painter.setPen(QColor(self._palette.text))
        head = QRectF(MARGIN, 0, self.width() - 2 * MARGIN, _head())
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._title)
        box = QRectF(0, _head(), self.width() - 1, self.height() - _head() - 1)
        painter.setPen(QColor(self._palette.border))
        painter.drawRect(box)
        finite = self._lines[np.isfinite(self._lines)]
        if len(finite) == 0:
            return
        low, high = float(finite.min()), float(finite.max())
        painter.setPen(QColor(self._palette.muted))
        words = f"{si_label(low, 3)} to {si_label(high, 3)}"
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        front = self._front
        for line in [*(k for k in range(len(self._lines)) if k != front), front]:
            if line < len(self._lines):
                color = QColor(self._palette.dream if line == front else self._palette.muted)
                color.setAlpha(255 if line == front else 110)
                painter.setPen(QPen(color, 2 if line == front else 1))
                self._paint_line(painter, self._lines[line], low, high)
        painter.setPen(QPen(QColor(self._palette.text), 1))
        x = self._x(self._cursor)
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _x(self, column: float) -> float:
        return MARGIN + column / self._columns * (self.width() - 2 * MARGIN)

    def _paint_line(self, painter: QPainter, line: Floats, low: float, high: float) -> None:
        top, bottom = _head() + MARGIN, self.height() - MARGIN - 1
        share = (line - low) / (high - low) if high > low else np.full(len(line), 0.5)
        points = [QPointF(self._x(k + 1), bottom - y * (bottom - top)) for k, y in enumerate(share) if np.isfinite(y)]
        if len(points) == 1:
            painter.drawEllipse(points[0], 1.5, 1.5)
        painter.drawPolyline(QPolygonF(points))

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()


def _head() -> int:
    """Return the height of the title."""
    return round(HEAD * text_scale())
