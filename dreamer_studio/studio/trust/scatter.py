"""Predicted against received numbers, one point each."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.layout.stage import toggle_large
from dreamer_studio.studio.widgets.plots.series import si_label
from dreamer_studio.studio.widgets.text import mute
from dreamer_studio.trust.gauge import Points

MOST_POINTS = 2_000
"""Points that are drawn at most, evenly spread over all."""

_MARGIN = 6


class Scatter(QWidget):
    """Points with the received number across and the predicted one up, on equal axes, and the line of equality."""

    def __init__(self, theme: Theme, *, name: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Points | None = None
        self._empty_text = empty_text
        self._palette = theme.palette
        theme.changed.connect(self._restyle)
        mute(self)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_points(self, points: Points | None) -> None:
        """Draw points; None for the empty state."""
        if points is not None:
            known = np.flatnonzero(np.isfinite(points.real) & np.isfinite(points.predicted))
            known = known[:: max(1, -(-len(known) // MOST_POINTS))]
            points = points.at(known) if len(known) else None
        self._points = points
        self.setAccessibleDescription("" if points is None else f"{len(points.real):,} points")
        self.update()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(240, 200)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(140, 120)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the card."""
        if not toggle_large(self):
            super().mouseDoubleClickEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the points, the line of equality, and the ends of the axes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._palette.muted))
        if self._points is None:
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), self._empty_text)
            return
        real, predicted = self._points.real, self._points.predicted
        low, high = float(min(real.min(), predicted.min())), float(max(real.max(), predicted.max()))
        span = max(high - low, 1e-9)
        line = self.fontMetrics().height()
        area = QRectF(self.rect()).adjusted(line + _MARGIN, _MARGIN, -_MARGIN, -2 * line - _MARGIN)
        painter.setPen(QPen(QColor(self._palette.border), 1))
        painter.drawRect(area)
        painter.setPen(QPen(QColor(self._palette.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(area.bottomLeft(), area.topRight())
        x = area.left() + (real - low) / span * area.width()
        y = area.bottom() - (predicted - low) / span * area.height()
        color = QColor(self._palette.model)
        color.setAlpha(150)
        pen = QPen(color, 4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPoints(QPolygonF([QPointF(*at) for at in zip(x, y, strict=True)]))
        painter.setPen(QColor(self._palette.muted))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, si_label(low, 3))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, si_label(high, 3))
        painter.drawText(below.translated(0, line), Qt.AlignmentFlag.AlignHCenter, "received")
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), line), Qt.AlignmentFlag.AlignHCenter, "predicted")

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
