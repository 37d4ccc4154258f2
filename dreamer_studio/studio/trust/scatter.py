"""Predicted against received numbers, one point each."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.plots.painted.equality_plot import EqualityPlot
from dreamer_studio.studio.widgets.text import plain_tooltip
from dreamer_studio.texts import rounded
from dreamer_studio.trust.gauge import Points

MOST_POINTS = 2_000
"""Points that are drawn at most, evenly spread over all."""

REACH = 8
"""Largest distance in pixels between the mouse and a point under it."""


class Scatter(EqualityPlot):
    """Received numbers across and predicted numbers up, as points on equal axes, with the line of equality.

    A click on a point opens its frame. The arrows go from the point with the largest error to smaller ones and back,
    and Return opens the frame of the point.
    """

    across, up = "received", "predicted"

    picked: ClassVar[Signal] = Signal(int, int)
    """Emitted when the user opens a point's frame, with the index of its episode and its row."""

    def __init__(self, theme: Theme, *, name: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name=name, empty_text=empty_text, parent=parent)
        self._points: Points | None = None
        self._name_of: Callable[[int, int], str] = lambda episode, row: f"episode {episode}, frame {row}"
        self._worst_first: list[int] = []
        self._chosen: int | None = None  # place among `_worst_first`
        self._pointed: int | None = None  # the point under the mouse
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
        assert self._points is not None
        return self._spot(self._points.real[place], self._points.predicted[place])

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(240, 200)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(140, 120)

    def event(self, event: QEvent) -> bool:
        """Describe the point under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip and self._pointed is not None:
            told = plain_tooltip(f"{self.words(self._pointed)}. Click to dream from it.")
            QToolTip.showText(event.globalPos(), told, self)
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

    def _is_empty(self) -> bool:
        return self._points is None

    def _paint_data(self, painter: QPainter) -> None:
        assert self._points is not None
        color = QColor(self._palette.model)
        color.setAlpha(150)
        pen = QPen(color, 4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        places = zip(*self._placed(self._points.real, self._points.predicted), strict=True)
        painter.drawPoints(QPolygonF([QPointF(*at) for at in places]))
        chosen = None if self._chosen is None else self._worst_first[self._chosen]
        for place in {self._pointed, chosen} - {None}:
            assert place is not None
            painter.setPen(QPen(QColor(self._palette.text), 2))
            painter.drawEllipse(self.position(place), 6, 6)
        self._paint_words(painter, chosen if self._pointed is None else self._pointed)

    def _paint_words(self, painter: QPainter, place: int | None) -> None:
        """Write a point's numbers and frame over the points."""
        if place is None:
            return
        numbers, frame = self.words(place).split(": ", 1)
        line = self.fontMetrics().height()
        room = self._area().adjusted(4, 2, -4, 0)
        for row, text in enumerate((numbers, frame)):
            box = QRectF(room.left(), room.top() + row * line, room.width(), line)
            shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
            painter.fillRect(QRectF(box.topLeft(), self.fontMetrics().size(0, shown)), QColor(self._palette.surface))
            painter.setPen(QColor(self._palette.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, shown)

    def _ends(self) -> tuple[float, float]:
        assert self._points is not None
        real, predicted = self._points.real, self._points.predicted
        return float(min(real.min(), predicted.min())), float(max(real.max(), predicted.max()))

    def _nearest(self, mouse: QPointF) -> int | None:
        """Return the nearest point within `REACH` of the mouse, or None."""
        if self._points is None:
            return None
        x, y = self._placed(self._points.real, self._points.predicted)
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
