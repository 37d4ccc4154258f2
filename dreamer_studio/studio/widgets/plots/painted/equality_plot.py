"""A plot of one number against another of the same unit, with the line on which they are equal."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.widgets.plots.painted.painted_plot import MARGIN, PaintedPlot

Numbers = TypeVar("Numbers", float, Floats)


class EqualityPlot(PaintedPlot):
    """Equal axes around the line of equality.

    Attributes:
        across, up: the titles of the axes.
    """

    across: ClassVar[str]
    up: ClassVar[str]

    def _ends(self) -> tuple[float, float]:
        """Return the least and the largest number on both axes."""
        raise NotImplementedError

    def _paint_data(self, painter: QPainter) -> None:
        """Paint the data over the line of equality."""
        raise NotImplementedError

    def _paint(self, painter: QPainter) -> None:
        area = self._area()
        painter.setPen(QPen(QColor(self._palette.border), 1))
        painter.drawRect(area)
        painter.setPen(QPen(QColor(self._palette.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(area.bottomLeft(), area.topRight())
        self._paint_data(painter)
        self._paint_lower_axis(painter, area, self._ends(), self.across)
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        height = self.fontMetrics().height()
        painter.drawText(QRectF(0, 0, area.height(), height), Qt.AlignmentFlag.AlignHCenter, self.up)

    def _area(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(line + MARGIN, MARGIN, -MARGIN, -2 * line - MARGIN)

    def _placed(self, across: Numbers, up: Numbers) -> tuple[Numbers, Numbers]:
        """Return where numbers are drawn: x and y in pixels."""
        (low, high), area = self._ends(), self._area()
        span = (high - low) or 1.0
        return area.left() + (across - low) / span * area.width(), area.bottom() - (up - low) / span * area.height()

    def _spot(self, across: float, up: float) -> QPointF:
        return QPointF(*self._placed(across, up))
