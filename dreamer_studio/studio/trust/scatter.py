"""Predicted against received numbers, one point each."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.layout.stage import toggle_large
from dreamer_studio.studio.widgets.plots.series import si_label
from dreamer_studio.studio.widgets.text import mute, plain_tooltip
from dreamer_studio.texts import rounded
from dreamer_studio.trust.gauge import Points

MOST_POINTS = 2_000
"""Points that are drawn at most, evenly spread over all."""

REACH = 8
"""Largest distance in pixels between the mouse and a point under it."""

_MARGIN = 6


class Scatter(QWidget):
    """Received numbers across and predicted numbers up, as points on equal axes, with the line of equality.

    A click on a point opens its frame. The arrows go from the point with the largest error to smaller ones and back,
    and Return opens the frame of the point.
    """

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Chart

    picked: ClassVar[Signal] = Signal(int, int)
    """Emitted when the user opens a point's frame, with the index of its episode and its row."""

    def __init__(self, theme: Theme, *, name: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Points | None = None
        self._name_of: Callable[[int, int], str] = lambda episode, row: f"episode {episode}, frame {row}"
        self._worst_first: list[int] = []
        self._chosen: int | None = None  # place among `_worst_first`
        self._pointed: int | None = None  # the point under the mouse
        self._empty_text = empty_text
        self._palette = theme.palette
        theme.changed.connect(self._restyle)
        mute(self)
        self.setAccessibleName(name)
        self.setAccessibleDescription(empty_text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def show_points(self, points: Points | None, name_of: Callable[[int, int], str] | None = None) -> None:
        """Draw points; None for the empty state. `name_of` names the frame of an episode's index and a row."""
        if points is not None:
            known = np.flatnonzero(np.isfinite(points.real) & np.isfinite(points.predicted))
            known = known[:: max(1, -(-len(known) // MOST_POINTS))]
            points = points.at(known) if len(known) else None
        self._points = points
        self._name_of = name_of or self._name_of
        error = np.empty(0) if points is None else np.abs(points.predicted - points.real)
        self._worst_first = [int(place) for place in np.argsort(-error, kind="stable")]
        self._chosen = self._pointed = None
        self._say()
        self.update()

    def spoken(self) -> str:
        """Return the chosen point, or the number of points."""
        if self._points is None:
            return self._empty_text
        if self._chosen is None:
            return f"{len(self._points.real):,} points"
        return self.words(self._worst_first[self._chosen])

    def words(self, place: int) -> str:
        """Return a point's numbers and frame."""
        assert self._points is not None
        points = self._points
        numbers = f"received {rounded(points.real[place])}, predicted {rounded(points.predicted[place])}"
        return f"{numbers}: {self._name_of(int(points.episode[place]), int(points.row[place]))}"

    def position(self, place: int) -> QPointF:
        """Return where a point is drawn."""
        x, y = self._placed()
        return QPointF(x[place], y[place])

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(240, 200)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(140, 120)

    def event(self, event: QEvent) -> bool:
        """Describe the point under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip and self._pointed is not None:
            QToolTip.showText(event.globalPos(), plain_tooltip(f"{self.words(self._pointed)}. Click to dream from it."))
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the point under the mouse."""
        self._point_at(self._nearest(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Mark no point."""
        self._point_at(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the frame of the point under the mouse."""
        place = self._nearest(event.position())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self._open(place)
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the card."""
        if not toggle_large(self):
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to a point with a smaller or larger error, or open the frame of the point."""
        move = {"points.smaller": 1, "points.larger": -1}.get(action := pressed(Scope.POINTS, event.key()))
        if move is not None and self._worst_first:
            at = -1 if self._chosen is None else self._chosen
            self._chosen = max(0, min(len(self._worst_first) - 1, at + move))
            self._say()
            self.update()
        elif action == "points.open" and self._chosen is not None:
            self._open(self._worst_first[self._chosen])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the points, the line of equality, and the ends of the axes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self._points is None:
            painter.setPen(QColor(self._palette.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), self._empty_text)
            return
        area = self._area()
        painter.setPen(QPen(QColor(self._palette.border), 1))
        painter.drawRect(area)
        painter.setPen(QPen(QColor(self._palette.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(area.bottomLeft(), area.topRight())
        color = QColor(self._palette.model)
        color.setAlpha(150)
        pen = QPen(color, 4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPoints(QPolygonF([QPointF(*at) for at in zip(*self._placed(), strict=True)]))
        chosen = None if self._chosen is None else self._worst_first[self._chosen]
        for place in {self._pointed, chosen} - {None}:
            assert place is not None
            painter.setPen(QPen(QColor(self._palette.text), 2))
            painter.drawEllipse(self.position(place), 6, 6)
        self._paint_words(painter, area, chosen if self._pointed is None else self._pointed)
        self._paint_axes(painter, area)

    def _paint_words(self, painter: QPainter, area: QRectF, place: int | None) -> None:
        """Write a point's numbers and frame over the points."""
        if place is None:
            return
        numbers, frame = self.words(place).split(": ", 1)
        line = self.fontMetrics().height()
        room = area.adjusted(4, 2, -4, 0)
        for row, text in enumerate((numbers, frame)):
            box = QRectF(room.left(), room.top() + row * line, room.width(), line)
            shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.fillRect(QRectF(box.topLeft(), self.fontMetrics().size(0, shown)), QColor(self._palette.surface))
            painter.setPen(QColor(self._palette.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        low, high = self._ends()
        line = self.fontMetrics().height()
        painter.setPen(QColor(self._palette.muted))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, si_label(low, 3))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, si_label(high, 3))
        painter.drawText(below.translated(0, line), Qt.AlignmentFlag.AlignHCenter, "received")
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), line), Qt.AlignmentFlag.AlignHCenter, "predicted")

    def _ends(self) -> tuple[float, float]:
        assert self._points is not None
        real, predicted = self._points.real, self._points.predicted
        return float(min(real.min(), predicted.min())), float(max(real.max(), predicted.max()))

    def _area(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(line + _MARGIN, _MARGIN, -_MARGIN, -2 * line - _MARGIN)

    def _placed(self) -> tuple[Floats, Floats]:
        """Return where the points are drawn: x (N,) and y (N,) in pixels."""
        assert self._points is not None
        (low, high), area = self._ends(), self._area()
        span = max(high - low, 1e-9)
        x = area.left() + (self._points.real - low) / span * area.width()
        y = area.bottom() - (self._points.predicted - low) / span * area.height()
        return x, y

    def _nearest(self, mouse: QPointF) -> int | None:
        """Return the nearest point within `REACH` of the mouse, or None."""
        if self._points is None:
            return None
        x, y = self._placed()
        away = np.hypot(x - mouse.x(), y - mouse.y())
        place = int(np.argmin(away))
        return place if away[place] <= REACH else None

    def _point_at(self, place: int | None) -> None:
        if place != self._pointed:
            self._pointed = place
            self.setCursor(Qt.CursorShape.ArrowCursor if place is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def _open(self, place: int) -> None:
        assert self._points is not None
        self.picked.emit(int(self._points.episode[place]), int(self._points.row[place]))

    def _say(self) -> None:
        self.setAccessibleDescription(self.spoken())

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
