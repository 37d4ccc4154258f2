"""A square to steer two dimensions with one hand: right is +1 of the first, up is +1 of the second."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.studio.theme import Palette, Theme

SIDE = 120  # pixels
_DOT = 5.0


class SteeringPad(QWidget):
    """Shows a point for two values, and sets both while the mouse is down."""

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Indicator

    held: ClassVar[Signal] = Signal(float, float)
    """Emitted while the user holds the pad, with the values across and up, -1 to 1 each."""

    letGo: ClassVar[Signal] = Signal()
    """Emitted when the user lets go of the pad."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.palette
        self._point: tuple[float, float] | None = None
        self._ghost: tuple[float, float] | None = None
        self._grabbed = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Steering pad")
        theme.changed.connect(self._restyle)

    def set_point(self, point: tuple[float, float] | None, ghost: tuple[float, float] | None = None) -> None:
        """Show the two values, and the policy's values hollow; None shows no mark."""
        self._point, self._ghost = point, ghost
        self.update()

    def spoken(self) -> str:
        """Return the two values."""
        return "no values yet" if self._point is None else f"across {self._point[0]:+.2f}, up {self._point[1]:+.2f}"

    def sizeHint(self) -> QSize:
        """Return a square."""
        return QSize(SIDE, SIDE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hold the pad at the mouse."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._grabbed = True
            self._hold(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the held point."""
        if self._grabbed:
            self._hold(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the pad."""
        if self._grabbed and event.button() is Qt.MouseButton.LeftButton:
            self._grabbed = False
            self.letGo.emit()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the square, its axes and both marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._palette.border), 1))
        painter.setBrush(QColor(self._palette.ground))
        painter.drawRoundedRect(self._field(), 3, 3)
        middle = self._field().center()
        painter.drawLine(QPointF(self._field().left(), middle.y()), QPointF(self._field().right(), middle.y()))
        painter.drawLine(QPointF(middle.x(), self._field().top()), QPointF(middle.x(), self._field().bottom()))
        if self._ghost is not None:
            painter.setPen(QPen(QColor(self._palette.dream), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.position_of(*self._ghost), _DOT + 1, _DOT + 1)
        if self._point is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._palette.text))
            painter.drawEllipse(self.position_of(*self._point), _DOT, _DOT)

    def position_of(self, across: float, up: float) -> QPointF:
        """Return the place of two values in the widget, in pixels."""
        field = self._field()
        return QPointF(
            field.left() + (min(max(across, -1.0), 1.0) + 1) / 2 * field.width(),
            field.bottom() - (min(max(up, -1.0), 1.0) + 1) / 2 * field.height(),
        )

    def _hold(self, position: QPointF) -> None:
        field = self._field()
        across = 2 * (position.x() - field.left()) / field.width() - 1
        up = 2 * (field.bottom() - position.y()) / field.height() - 1
        self.held.emit(min(max(across, -1.0), 1.0), min(max(up, -1.0), 1.0))

    def _field(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_DOT + 2, _DOT + 2, -_DOT - 2, -_DOT - 2)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
