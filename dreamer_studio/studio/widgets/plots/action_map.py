"""All dimensions of the actions along an episode, a row of colors for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.frame_view import as_image, rgb
from dreamer_studio.studio.widgets.text import scaled_font
from dreamer_studio.viewing.role import Role

_NAMES: Final = 96
"""Greatest width of the names, in pixels."""

_GAP: Final = 6


class ActionMap(QWidget):
    """Colors from -1 over 0 (the background) to +1, for each dimension or choice and each agent step."""

    picked: ClassVar[Signal] = Signal(float)
    """Emitted when the user clicks an agent step."""

    def __init__(self, theme: Theme, empty_text: str, parent: QWidget | None = None) -> None:
        """Make an empty map. `empty_text` says what will fill it, and when."""
        super().__init__(parent)
        self._palette = theme.palette
        self._empty_text = empty_text
        self._names: Sequence[str] = ()
        self._action: NDArray[np.float32] = np.empty((0, 0), np.float32)
        self._first = 0
        self._now: float | None = None
        self._playhead: float | None = None
        self._image: QImage | None = None
        self.setFont(scaled_font(self.font(), 0.88))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAccessibleName("All dimensions of the action")
        self.setAccessibleDescription(empty_text)
        theme.changed.connect(self._restyle)

    def set_names(self, names: Sequence[str]) -> None:
        """Name the dimensions or choices, (A,)."""
        self._names = tuple(names)

    def set_actions(self, action: NDArray[np.float32], first: int, now: float) -> None:
        """Show actions (T, A) that led to agent step `first` and those after it, with a line at `now`."""
        self._action, self._first, self._now, self._image = action, first, now, None
        steps = f"agent steps {first} to {first + len(action) - 1}" if len(action) else self._empty_text
        self.setAccessibleDescription(steps)
        self.update()

    def set_playhead(self, x: float) -> None:
        """Mark an agent step."""
        if x != self._playhead:
            self._playhead = x
            self.update()

    def text_at(self, position: QPoint) -> str:
        """Describe a position, such as "knee, agent step 12: 0.50"; empty outside the map."""
        field = self._field()
        if not field.contains(position) or self._action.size == 0:
            return ""
        steps, size = self._action.shape
        column = min(steps - 1, (position.x() - field.left()) * steps // field.width())
        row = min(size - 1, (position.y() - field.top()) * size // field.height())
        name = self._names[row] if row < len(self._names) else f"{row}"
        return f"{name}, agent step {self._first + column}: {self._action[column, row]:.2f}"

    def sizeHint(self) -> QSize:
        """Return the size of a plot."""
        return QSize(320, 160)

    def minimumSizeHint(self) -> QSize:
        """Return the least size of a plot."""
        return QSize(160, 110)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint names, colors, lines and the agent steps below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.surface))
        if self._action.size == 0:
            painter.setPen(QColor(self._palette.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty_text)
            return
        field = self._field()
        if self._image is None:
            self._image = self._compose()
        painter.drawImage(field, self._image)
        painter.setPen(QColor(self._palette.border))
        painter.drawRect(field)
        self._paint_names(painter, field)
        self._paint_steps(painter, field)
        for x, color in ((self._now, self._palette.text), (self._playhead, self._palette.dream)):
            if x is not None:
                painter.setPen(QPen(QColor(color), 1))
                at = self._position(x, field)
                painter.drawLine(at, field.top(), at, field.bottom())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the agent step under the mouse."""
        field = self._field()
        if (
            event.button() is Qt.MouseButton.LeftButton
            and self._action.size
            and field.contains(event.position().toPoint())
        ):
            share = (event.position().x() - field.left()) / field.width()
            self.picked.emit(float(self._first + int(share * len(self._action))))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the description of the position under the mouse."""
        QToolTip.showText(event.globalPosition().toPoint(), self.text_at(event.position().toPoint()), self)

    def _field(self) -> QRect:
        """Return the place of the colors."""
        metrics = QFontMetrics(self.font())
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        left = min(_NAMES, widest + 2) + _GAP if self._names else 0
        return QRect(left, 2, max(1, self.width() - left - 2), max(1, self.height() - metrics.height() - 6))

    def _position(self, x: float, field: QRect) -> int:
        share = (x - self._first + 0.5) / len(self._action)
        return field.left() + round(min(1.0, max(0.0, share)) * field.width())

    def _compose(self) -> QImage:
        """Return the colors, (A, T)."""
        ground, less, more = (
            np.array(rgb(color), np.float32)
            for color in (self._palette.surface, self._palette.of(Role.MODEL), self._palette.of(Role.REAL))
        )
        value = np.clip(np.nan_to_num(self._action.T), -1, 1)[..., None]
        mixed = ground + np.abs(value) * (np.where(value < 0, less, more) - ground)
        return as_image(mixed.round().astype(np.uint8))

    def _paint_names(self, painter: QPainter, field: QRect) -> None:
        """Write the names beside their rows, all or every second, third, ... if rows are low."""
        metrics = painter.fontMetrics()
        height = field.height() / max(1, self._action.shape[1])
        apart = max(1, int(np.ceil(metrics.height() / height)))
        painter.setPen(QColor(self._palette.muted))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, name in list(enumerate(self._names))[::apart]:
            middle = round(field.top() + (row + 0.5) * height)
            box = QRect(0, middle - metrics.height() // 2, field.left() - _GAP, metrics.height())
            painter.drawText(box, flags, metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, box.width()))

    def _paint_steps(self, painter: QPainter, field: QRect) -> None:
        base = self.height() - painter.fontMetrics().descent() - 1
        last = f"agent step {self._first + len(self._action) - 1}"
        painter.drawText(QPointF(field.left(), base), f"{self._first}")
        painter.drawText(QPointF(field.right() - painter.fontMetrics().horizontalAdvance(last), base), last)

    def _restyle(self, palette: Palette) -> None:
        self._palette, self._image = palette, None
        self.update()
