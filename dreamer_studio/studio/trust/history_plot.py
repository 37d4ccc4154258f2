"""Measured numbers over the training, as points with intervals, on one or two vertical axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.plots.painted.painted_plot import MARGIN, PaintedPlot
from dreamer_studio.studio.widgets.plots.series import finite_range, nice_range, nice_step, si_label
from dreamer_studio.studio.widgets.text import plain_tooltip
from dreamer_studio.viewing.role import Role

_NOTHING: Final = np.empty(0)
_GRID_PARTS = 4
_Range = tuple[float, float]


@dataclass(frozen=True, eq=False)
class HistoryLine:
    """One number over the training.

    Attributes:
        name: in the legend.
        role: gives the color.
        x, y: (N,), ascending x; y is NaN where unknown.
        low, high: (N,), the interval of each point; empty for a line without points.
        right: whether the right axis has its scale.
    """

    name: str
    role: Role
    x: Floats
    y: Floats
    low: Floats = field(default_factory=lambda: _NOTHING)
    high: Floats = field(default_factory=lambda: _NOTHING)
    right: bool = False

    @property
    def measured(self) -> bool:
        """Return whether the line has points with intervals."""
        return len(self.low) == len(self.x) > 0


class HistoryPlot(PaintedPlot):
    """Lines over updates or environment steps; the mouse or the arrow keys point at a judgment."""

    def __init__(self, theme: Theme, *, name: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name=name, empty_text=empty_text, parent=parent)
        self._lines: tuple[HistoryLine, ...] = ()
        self._x_title = self._unit = self._right_unit = ""
        self._at: float | None = None
        self._across: _Range = (0.0, 1.0)
        self._along: dict[bool, _Range | None] = {False: None, True: None}  # by `HistoryLine.right`
        self.setMouseTracking(True)

    @property
    def lines(self) -> tuple[HistoryLine, ...]:
        """Return the lines on show."""
        return self._lines

    @property
    def readout(self) -> str:
        """Return the numbers of the judgment that the mouse or the keys point at; empty if there is none."""
        return "" if self._at is None else self._words(self._at)

    def show_lines(self, lines: Sequence[HistoryLine], *, x_title: str, unit: str = "", right_unit: str = "") -> None:
        """Draw lines; without a measured point, the empty state."""
        self._lines = tuple(lines)
        self._x_title, self._unit, self._right_unit = x_title, unit, right_unit
        self._at = None
        self._across = self._x_range()
        self._along = {right: self._y_range(right) for right in (False, True)}
        self.setAccessibleDescription(self.spoken())
        self.update()

    def spoken(self) -> str:
        """Return the numbers that the user points at, or the newest ones."""
        at = self._places()
        return self.readout or (self._words(float(at[-1])) if len(at) else self._empty_text)

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(320, 180)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(180, 8 * self.fontMetrics().height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the nearest judgment, and show its numbers."""
        at = self._places()
        if not len(at):
            return
        area, (left, right) = self._area(), self._across
        x = left + (event.position().x() - area.left()) / area.width() * (right - left)
        self._point_at(float(at[np.abs(at - x).argmin()]))
        QToolTip.showText(event.globalPosition().toPoint(), plain_tooltip(self.readout), self)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self._point_at(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Point at the judgment before or after."""
        move = {"plot.left": -1, "plot.right": 1}.get(pressed(Scope.PLOT, event.key()) or "")
        at = self._places()
        if move is None or not len(at):
            super().keyPressEvent(event)
            return
        here = len(at) if self._at is None else int(np.abs(at - self._at).argmin())
        self._point_at(float(at[max(0, min(len(at) - 1, here + move))]))
        self.setAccessibleDescription(self.spoken())

    def _is_empty(self) -> bool:
        return not len(self._places())

    def _paint(self, painter: QPainter) -> None:
        area = self._area()
        self._paint_axes(painter, area)
        for line in self._lines:
            self._paint_line(painter, area, line)
        self._paint_legend(painter)
        if self._at is not None:
            x = self._on(area, self._at, 0.0, right=False).x()
            painter.setPen(QPen(QColor(self._palette.text), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _places(self) -> Floats:
        """Return the x of all known measured points."""
        parts = [line.x[np.isfinite(line.y)] for line in self._lines if line.measured]
        return np.unique(np.concatenate(parts)) if parts else _NOTHING

    def _words(self, x: float) -> str:
        parts = [f"{self._x_title} {x:,.0f}"]
        for line in self._lines:
            if not len(line.x):
                continue
            place = int(np.abs(line.x - x).argmin())
            if not math.isfinite(line.y[place]) or (line.measured and line.x[place] != x):
                continue
            text = f"{line.name} {si_label(line.y[place], 3)}"
            if line.measured and math.isfinite(line.low[place]) and math.isfinite(line.high[place]):
                text += f" ({si_label(line.low[place], 3)} to {si_label(line.high[place], 3)})"
            parts.append(text)
        return "\n".join(parts)

    def _point_at(self, x: float | None) -> None:
        if x != self._at:
            self._at = x
            self.update()

    def _x_range(self) -> _Range:
        found = finite_range(*(line.x for line in self._lines)) or (0.0, 1.0)
        left = min(0.0, found[0])
        return left, max(found[1], left + 1.0)

    def _y_range(self, right: bool) -> _Range | None:
        shown = [line for line in self._lines if line.right == right]
        found = finite_range(*(part for line in shown for part in (line.y, line.low, line.high)))
        return None if found is None else nice_range(min(0.0, found[0]), found[1], _GRID_PARTS)

    def _area(self) -> QRectF:
        metrics = self.fontMetrics()
        wide = metrics.horizontalAdvance("0.000") + MARGIN
        right = wide if self._along[True] is not None else MARGIN
        top = (len(self._legend_rows()) + 1.5) * metrics.height() + MARGIN
        return QRectF(self.rect()).adjusted(wide, top, -right, -2 * metrics.height() - MARGIN)

    def _on(self, area: QRectF, x: float, y: float, *, right: bool) -> QPointF:
        (left, end), (low, high) = self._across, self._along[right] or (0.0, 1.0)
        across, up = (x - left) / (end - left), (y - low) / (high - low)
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        height = self.fontMetrics().height()
        muted, border = QColor(self._palette.muted), QPen(QColor(self._palette.border), 1)
        for right, unit in ((False, self._unit), (True, self._right_unit)):
            found = self._along[right]
            if found is None:
                continue
            side = Qt.AlignmentFlag.AlignLeft if right else Qt.AlignmentFlag.AlignRight
            left = area.right() + 4 if right else 0.0
            step = nice_step(found[1] - found[0], _GRID_PARTS)
            for count in range(1 + round((found[1] - found[0]) / step)):
                value = found[0] + count * step
                y = self._on(area, 0.0, value, right=right).y()
                if not right:
                    painter.setPen(border)
                    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
                painter.setPen(muted)
                text = si_label(0.0 if abs(value) < 1e-9 * step else value, 3)
                painter.drawText(QRectF(left, y - height / 2, area.left() - 4, height), side, text)
            painter.setPen(muted)
            words = QRectF(0, area.top() - 1.5 * height, self.width(), height)
            painter.drawText(words, Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft, unit)
        self._paint_lower_axis(painter, area, self._across, self._x_title)

    def _paint_line(self, painter: QPainter, area: QRectF, line: HistoryLine) -> None:
        color = QColor(self._palette.of(line.role))
        known = np.flatnonzero(np.isfinite(line.y))
        spots = [self._on(area, line.x[place], line.y[place], right=line.right) for place in known]
        painter.setPen(QPen(color, 1.5, Qt.PenStyle.SolidLine if line.measured else Qt.PenStyle.DashLine))
        painter.drawPolyline(QPolygonF(spots))
        if not line.measured:
            return
        painter.setPen(QPen(color, 1))
        for place in known:
            if math.isfinite(line.low[place]) and math.isfinite(line.high[place]):
                ends = (line.low[place], line.high[place])
                painter.drawLine(*(self._on(area, line.x[place], end, right=line.right) for end in ends))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for spot in spots:
            painter.drawEllipse(spot, 3, 3)

    def _legend_rows(self) -> list[list[HistoryLine]]:
        rows: list[list[HistoryLine]] = [[]]
        used = 0
        for line in self._lines:
            wide = self._legend_width(line)
            if used + wide > self.width() and rows[-1]:
                rows.append([])
                used = 0
            rows[-1].append(line)
            used += wide
        return rows

    def _legend_width(self, line: HistoryLine) -> int:
        return self.fontMetrics().horizontalAdvance(line.name) + 34

    def _paint_legend(self, painter: QPainter) -> None:
        height = self.fontMetrics().height()
        for row, lines in enumerate(self._legend_rows()):
            x, y = 0.0, float(row * height)
            for line in lines:
                style = Qt.PenStyle.SolidLine if line.measured else Qt.PenStyle.DashLine
                painter.setPen(QPen(QColor(self._palette.of(line.role)), 2, style))
                painter.drawLine(QPointF(x, y + height / 2), QPointF(x + 18, y + height / 2))
                painter.setPen(QColor(self._palette.muted))
                painter.drawText(QRectF(x + 22, y, self.width(), height), Qt.AlignmentFlag.AlignLeft, line.name)
                x += self._legend_width(line)
