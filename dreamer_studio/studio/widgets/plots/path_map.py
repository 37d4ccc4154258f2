"""Points on a plane in temporal order, a second path over them, and the cursor on that path."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.layout.stage import toggle_large
from dreamer_studio.studio.widgets.text import scaled_font

MARGIN = 14
DOT, BIG = 2.0, 6.0
NEAR = 24.0  # most pixels between a click and its point
FAINT, STRONG = 70, 255  # opacity of the first and the last point


class PathMap(QWidget):
    """A map with the same scale on both axes, so that distances are comparable in all directions."""

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Chart

    pointPicked: ClassVar[Signal] = Signal(int)
    """Emitted when the user clicks near a point, with its number."""

    stepPicked: ClassVar[Signal] = Signal(int)
    """Emitted when the user clicks near a step of the path, with its number."""

    def __init__(self, theme: Theme, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.palette
        self._empty_text = empty_text
        self._points = self._path = np.empty((0, 2))
        self._cursor = self._seen = self._first = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Map of the latents")
        self.setAccessibleDescription(empty_text)
        theme.changed.connect(self._restyle)

    def show_paths(self, points: Floats, first: int, path: Floats, seen: int) -> None:
        """Show the frames of an episode and the path of a scene.

        Args:
            points: (n, 2), the rows `first` to `first + n` of the episode.
            first: the row of the first point.
            path: (T, 2), the scene's columns.
            seen: number of columns that the model saw.
        """
        self._points, self._first, self._path, self._seen = points, first, path, seen
        told = f"{len(points)} frames of the episode and {len(path)} of the scene"
        self.setAccessibleDescription(told if len(points) else self._empty_text)
        self.update()

    def set_empty_text(self, text: str) -> None:
        """Set the text of the empty map: what will fill it, and when."""
        if text != self._empty_text:
            self._empty_text = text
            self.update()

    def set_cursor(self, column: int) -> None:
        """Mark a column of the scene."""
        if column != self._cursor:
            self._cursor = column
            self.update()

    def placed(self, points: Floats) -> Floats:
        """Return the places of points (n, 2) of the plane in the widget, (n, 2)."""
        both = np.concatenate([self._points, self._path])
        low, high = both.min(0), both.max(0)
        room = np.array([self.width(), self.height()]) - 2 * MARGIN
        scale = float((room / np.maximum(high - low, 1e-9)).min())
        center = np.array([self.width(), self.height()]) / 2
        flipped = np.array([scale, -scale])  # the second axis points up
        where: Floats = center + (points - (low + high) / 2) * flipped
        return where

    def spoken(self) -> str:
        """Return how many frames the map shows, and the step under the cursor."""
        here = f", cursor at {self._step_word(self._cursor)}" if len(self._path) else ""
        return f"{self.accessibleDescription()}{here}"

    def sizeHint(self) -> QSize:
        """Return a size about as wide as high."""
        return QSize(420, 320)

    def minimumSizeHint(self) -> QSize:
        """Return room for a readable path."""
        return QSize(200, 160)

    def event(self, event: QEvent) -> bool:
        """Show the frame under the mouse in a tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            near = self._nearest(QPointF(event.pos()))
            if near is None:
                QToolTip.hideText()
            else:
                kind, place = near
                words = f"frame {self._first + place} of the episode" if kind == "point" else self._step_word(place)
                QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the card around the plot."""
        toggle_large(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Emit the nearest point or step."""
        near = self._nearest(event.position()) if event.button() is Qt.MouseButton.LeftButton else None
        if near is not None:
            kind, place = near
            (self.pointPicked if kind == "point" else self.stepPicked).emit(place)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the episode, the scene's path over it, and the cursor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled_font(self.font(), 0.9))
        if len(self._points) == 0:
            painter.setPen(QColor(self._palette.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(20, 4, -20, -4), flags, self._empty_text)
            return
        self._paint_points(painter)
        self._paint_path(painter)

    def _nearest(self, at: QPointF) -> tuple[str, int] | None:
        """Return the point or step near a place, or None; a step wins over a point at the same distance."""
        if len(self._points) == 0:
            return None
        found: list[tuple[float, str, int]] = []
        for kind, points in (("step", self._path), ("point", self._points)):
            if len(points):
                apart = np.hypot(*(self.placed(points) - (at.x(), at.y())).T)
                found.append((float(apart.min()), kind, int(apart.argmin())))
        distance, kind, place = min(found, key=lambda one: one[0])
        return (kind, place) if distance <= NEAR else None

    def _step_word(self, column: int) -> str:
        step = column - self._seen + 1
        return f"dreamed step +{step}" if step > 0 else f"frame {column + 1} of the context"

    def _paint_points(self, painter: QPainter) -> None:
        """Paint the points, early frames fainter than late ones."""
        where = self.placed(self._points)
        line = QColor(self._palette.model)
        line.setAlpha(60)
        painter.setPen(QPen(line, 1))
        painter.drawPolyline(_polygon(where))
        painter.setPen(Qt.PenStyle.NoPen)
        color = QColor(self._palette.model)
        for place, (x, y) in enumerate(where):
            color.setAlpha(FAINT + (STRONG - FAINT) * (place + 1) // len(where))
            painter.setBrush(color)
            painter.drawEllipse(QPointF(x, y), DOT, DOT)
        painter.setPen(QColor(self._palette.model))
        for place in {0, len(where) - 1}:
            self._write(painter, where[place], f"frame {self._first + place}")

    def _paint_path(self, painter: QPainter) -> None:
        if len(self._path) == 0:
            return
        where = self.placed(self._path)
        begin = max(0, self._seen - 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._palette.text), 1, Qt.PenStyle.DotLine))
        painter.drawPolyline(_polygon(where[: begin + 1]))
        painter.setPen(QPen(QColor(self._palette.dream), 2))
        painter.drawPolyline(_polygon(where[begin:]))
        painter.setBrush(QColor(self._palette.dream))
        painter.setPen(Qt.PenStyle.NoPen)
        for x, y in where[begin + 1 :]:
            painter.drawEllipse(QPointF(x, y), DOT, DOT)
        cursor = where[min(self._cursor, len(where) - 1)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._palette.text), 2))
        painter.drawEllipse(QPointF(*cursor), BIG, BIG)
        painter.setPen(QColor(self._palette.dream))
        self._write(painter, where[-1], "the dream ends" if len(where) > self._seen else "here")

    def _write(self, painter: QPainter, at: Floats, words: str) -> None:
        """Write a word beside a point, inside the widget."""
        width = painter.fontMetrics().horizontalAdvance(words)
        height = painter.fontMetrics().height()
        x = at[0] + 8 if at[0] + 8 + width < self.width() else at[0] - 8 - width
        y = min(max(at[1] - height, 0), self.height() - height)
        box = QRectF(x, y, width + 2, height)
        painter.fillRect(box, QColor(self._palette.surface))  # keeps the words readable over the lines
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, words)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()


def _polygon(points: Floats) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])
