"""Rows of frames on one time axis: the recorded frames, the model's images, and the end of the context."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygon, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.arrays import Images
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.frame_view import rgb
from dreamer_studio.studio.widgets.layout.stage import toggle_large
from dreamer_studio.studio.widgets.text import scaled_font, text_scale
from dreamer_studio.viewing.role import Role

CELL = 64  # pixels of a frame, at its own size unless the strip is zoomed
GAP = 2
LABELS = 96  # width of the rows' names
GRIP = 7  # half the width within which the mouse takes hold of a marker
FOOT = 22  # height of the markers' words below the rows
LABEL_DISTANCE = 10  # between a marker and its words


@dataclass(frozen=True, eq=False)
class StripRow:
    """A row: its name, its role, and frames (n, 64, 64, 3) from column `start` on."""

    name: str
    role: Role
    frames: Images
    start: int = 0


@dataclass(frozen=True)
class Mark:
    """A line before a column, with its label."""

    column: int
    words: str
    role: Role


@dataclass(frozen=True)
class _Line:
    """An upright line to paint at `x`, with its label or an empty one."""

    x: int
    color: str
    words: str


class FilmStrip(QWidget):
    """Shows as many columns as fit, evenly spaced, with a cursor and two markers that the user can drag."""

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Animation

    cursorMoved: ClassVar[Signal] = Signal(int)
    """Emitted when the user clicks a column."""

    rowPicked: ClassVar[Signal] = Signal(int)
    """Emitted when the user clicks a row, with its number from the top."""

    contextDragged: ClassVar[Signal] = Signal(int)
    """Emitted when the user drops the end of the context, with the new number of context columns."""

    endDragged: ClassVar[Signal] = Signal(int)
    """Emitted when the user drops the end of the strip, with the new number of columns."""

    def __init__(
        self,
        theme: Theme,
        empty_text: str,
        rows: int = 4,
        *,
        markers: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty strip.

        Args:
            theme: The colors.
            empty_text: Text of the empty strip: what will fill it, and when.
            rows: The number of rows that fit.
            markers: Whether the strip has the two markers.
            parent: The owner.
        """
        super().__init__(parent)
        self._palette = theme.palette
        self._empty_text = empty_text
        self._row_count = rows
        self._markers = ("context", "end") if markers else ()
        self._rows: Sequence[StripRow] = ()
        self._marks: Sequence[Mark] = ()
        self._columns = self._context = 0
        self._zoom = 1.0
        self._cursor = 0
        self._dragging: str | None = None
        self._drag_x = 0
        self._canvas: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Film strip")
        self.setAccessibleDescription(empty_text)
        theme.changed.connect(self._restyle)

    def set_rows(self, rows: Sequence[StripRow], columns: int, context: int, marks: Sequence[Mark] = ()) -> None:
        """Show rows of frames.

        Args:
            rows: The rows from top to bottom.
            columns: Columns of the whole strip, including those without frames.
            context: Columns before the line "context ends here".
            marks: Further lines.
        """
        self._rows, self._columns, self._context, self._marks = rows, columns, context, marks
        self._cursor = min(self._cursor, max(0, columns - 1))
        self._canvas = None
        told = "".join(f", {mark.words}" for mark in marks)
        self.setAccessibleDescription(f"{columns} frames, the model saw the first {context}{told}")
        self.update()

    def set_room(self, rows: int) -> None:
        """Set the height to a number of rows."""
        if rows != self._row_count:
            self._row_count = rows
            self.updateGeometry()

    def set_zoom(self, zoom: float) -> None:
        """Set the size of a frame on screen as a multiple of its own size."""
        if zoom != self._zoom:
            self._zoom = zoom
            self._canvas = None
            self.updateGeometry()
            self.update()

    def set_empty_text(self, text: str) -> None:
        """Set the text of the empty strip: what will fill it, and when."""
        if text != self._empty_text:
            self._empty_text = text
            if not self._rows:
                self.setAccessibleDescription(text)
                self.update()

    def set_cursor(self, column: int) -> None:
        """Mark a column."""
        if column != self._cursor:
            self._cursor = column
            self.update()

    @property
    def rows(self) -> Sequence[StripRow]:
        """Return the rows on show, from top to bottom."""
        return self._rows

    @property
    def marks(self) -> Sequence[Mark]:
        """Return the lines other than those of the context and of the end."""
        return self._marks

    @property
    def column(self) -> int:
        """Return the column under the cursor."""
        return self._cursor

    @property
    def stride(self) -> float:
        """Return the number of columns from one shown column to the next, on average, at least 1."""
        return max(1.0, self._columns / self._room())

    @property
    def shown(self) -> list[int]:
        """Return the columns whose frames are shown: all, or as many as fit, evenly spaced from the first on."""
        stride = self.stride
        return [int(place * stride) for place in range(min(self._columns, self._room()))]

    @property
    def _labels(self) -> int:
        """Return the width of the rows' names."""
        return round(LABELS * text_scale())

    @property
    def _foot(self) -> int:
        """Return the height of the markers' words."""
        return round(FOOT * text_scale())

    @property
    def pitch(self) -> float:
        """Return the distance from one shown frame to the next, in pixels."""
        return self._zoom * (CELL + GAP)

    def column_at(self, x: int) -> int:
        """Return the column nearest to a position."""
        column = int((x - self._labels) * self.stride // self.pitch)
        return max(0, min(self._columns - 1, column))

    def x_of(self, column: float) -> int:
        """Return the left edge of a column, in pixels."""
        return self._labels + round(column / self.stride * self.pitch)

    def spoken(self) -> str:
        """Return the column under the cursor, the length, and the rows."""
        if not self._rows:
            return self._empty_text
        rows = ", ".join(row.name for row in self._rows)
        return f"column {self._cursor + 1} of {self._columns}, rows: {rows}. {self.accessibleDescription()}"

    def sizeHint(self) -> QSize:
        """Return the height of the rows."""
        return QSize(900, round(self._row_count * self.pitch) + self._foot)

    def minimumSizeHint(self) -> QSize:
        """Return the height of the rows."""
        return QSize(self._labels + round(3 * self.pitch), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many columns as fit."""
        self._canvas = None
        super().resizeEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint rows, cursor and markers."""
        painter = QPainter(self)
        painter.setFont(scaled_font(self.font(), 0.9))
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if not self._rows:
            painter.setPen(QColor(self._palette.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(20, 4, -20, -4), flags, self._empty_text)
            return
        if self._canvas is None:
            self._canvas = self._compose()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._zoom < 1)
        target = QRectF(self._labels, 0, self._canvas.width() * self._zoom, self._canvas.height() * self._zoom)
        painter.drawImage(target, self._canvas)
        for place, row in enumerate(self._rows):
            box = QRect(0, round(place * self.pitch), self._labels - 8, round(self.pitch) - GAP)
            painter.setPen(QColor(self._palette.of(row.role)))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            painter.drawText(box, flags, row.name)
        self._paint_cursor(painter)
        lines = self._lines()
        labeled = sorted(line.x for line in lines if line.words)
        for line in lines:
            self._paint_line(painter, line, next((x for x in labeled if x > line.x), None))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the card around the strip."""
        toggle_large(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a marker, or move the cursor."""
        if event.button() is not Qt.MouseButton.LeftButton or not self._rows:
            return
        x = event.position().toPoint().x()
        near = [name for name in self._markers if abs(x - self._marker_x(name)) <= GRIP]
        if near:
            self._dragging, self._drag_x = near[0], x
        else:
            row = int(event.position().y() // self.pitch)
            if 0 <= row < len(self._rows):
                self.rowPicked.emit(row)
            if x >= self._labels:
                self._point_at(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the held marker. Without a button, show whether a marker is under the mouse."""
        x = event.position().toPoint().x()
        if self._dragging is not None:
            self._drag_x = x
            self.update()
        elif event.buttons() & Qt.MouseButton.LeftButton and self._rows:
            self._point_at(x)
        else:
            near = self._rows and any(abs(x - self._marker_x(name)) <= GRIP for name in self._markers)
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop a marker."""
        name, self._dragging = self._dragging, None
        if name is None:
            return
        self.update()
        columns = max(1, round((event.position().toPoint().x() - self._labels) * self.stride / self.pitch))
        if abs(event.position().toPoint().x() - self._marker_x(name)) <= GRIP:  # a click, not a drag
            return
        if name == "context":
            self.contextDragged.emit(columns)
        else:
            self.endDragged.emit(columns)

    def _point_at(self, x: int) -> None:
        column = self.column_at(x)
        self.set_cursor(column)
        self.cursorMoved.emit(column)

    def _room(self) -> int:
        """Return the number of frames that fit side by side."""
        return max(1, int((self.width() - self._labels - GRIP) // self.pitch))

    def _marker_x(self, name: str) -> int:
        if self._dragging == name:
            return max(self._labels, self._drag_x)
        return self.x_of(self._context if name == "context" else self._columns) - GAP // 2

    def _compose(self) -> QImage:
        """Compose all shown frames into one image."""
        shown = self.shown
        pixels = np.empty((len(self._rows) * (CELL + GAP), len(shown) * (CELL + GAP), 3), np.uint8)
        pixels[:] = rgb(self._palette.border)  # an edge for frames of the same color as the card
        for place, row in enumerate(self._rows):
            top = place * (CELL + GAP)
            for cell, column in enumerate(shown):
                left = cell * (CELL + GAP)
                at = column - row.start
                there = 0 <= at < len(row.frames)
                pixels[top : top + CELL, left : left + CELL] = row.frames[at] if there else rgb(self._palette.raised)
        height, width, _ = pixels.shape
        return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

    def _paint_cursor(self, painter: QPainter) -> None:
        place = bisect.bisect_right(self.shown, self._cursor) - 1
        left = self._labels + round(place * self.pitch)
        painter.setPen(QPen(QColor(self._palette.text), 2))
        painter.drawRect(left - 1, -1, round(self.pitch) - 1, round(len(self._rows) * self.pitch))

    def _lines(self) -> list[_Line]:
        """Return all upright lines: the two markers, then the marks. A mark at the end of the context has no label."""
        lines = []
        if self._markers:
            lines.append(_Line(self._marker_x("context"), self._palette.dream, "context ends here"))
            lines.append(_Line(self._marker_x("end"), self._palette.muted, ""))
        for mark in self._marks:
            words = mark.words if mark.column != self._context or not self._markers else ""
            lines.append(_Line(self.x_of(mark.column) - GAP // 2, self._palette.of(mark.role), words))
        return lines

    def _paint_line(self, painter: QPainter, line: _Line, following: int | None) -> None:
        """Paint a line and its label: on its left if the label would reach the `following` labeled line."""
        x, bottom = line.x, round(len(self._rows) * self.pitch)
        painter.setPen(QPen(QColor(line.color), 2))
        painter.drawLine(x, 0, x, bottom)
        painter.setBrush(QColor(line.color))
        painter.drawPolygon(QPolygon([QPoint(x, bottom - 2), QPoint(x - 5, bottom + 6), QPoint(x + 5, bottom + 6)]))
        if line.words:
            width = painter.fontMetrics().horizontalAdvance(line.words)
            left = x + LABEL_DISTANCE
            if following is not None and left + width > following - LABEL_DISTANCE:
                left = max(0, x - LABEL_DISTANCE - width)
            painter.drawText(left, bottom + round(14 * text_scale()), line.words)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self._canvas = None
        self.update()
