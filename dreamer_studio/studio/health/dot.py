"""The dot in the status bar: how the run is, as a shape, a color and words."""

from __future__ import annotations

from typing import ClassVar, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolButton, QWidget

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.text import plain_tooltip
from dreamer_studio.viewing.health.finding import Health, Level
from dreamer_studio.viewing.role import Role

ROLES: Final[dict[Level, Role]] = {
    "red": Role.ERROR,
    "yellow": Role.WARN,
    "fine": Role.OK,
    "cannot tell": Role.NEUTRAL,
}
SIZE: Final = 11
APART: Final = 5


class HealthDot(QToolButton):
    """A button with a shape for each level: a square, a triangle, a disk, or a ring if nothing can be told.

    Args:
        theme: the colors.
    """

    listWanted: ClassVar[Signal] = Signal()
    """Emitted when the user wants to see the list."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level: Level = "cannot tell"
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self.listWanted)
        theme.changed.connect(lambda _: self.update())
        self.show_health(Health())

    def show_health(self, health: Health) -> None:
        """Show the worst level, and the number of rules that speak."""
        speaking = len(health.speaking)
        text = f"Health: {speaking}" if speaking else "Health"
        spoken = f"Health: {health.level}. {health.summary}. Opens the list."
        if (text, spoken) == (self.text(), self.accessibleName()):
            return
        self._level = health.level
        self.setText(text)
        self.setAccessibleName(spoken)
        self.setToolTip(plain_tooltip(f"{health.summary}. Click for the list."))
        self.updateGeometry()
        self.update()

    @property
    def level(self) -> Level:
        """Return the level on show."""
        return self._level

    def sizeHint(self) -> QSize:
        """Return the size of the shape and the text."""
        metrics = self.fontMetrics()
        return QSize(SIZE + APART + metrics.horizontalAdvance(self.text()) + 12, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        """Return the size of the shape alone, so that the bar fits a narrow window."""
        return QSize(SIZE + 8, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shape and the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.palette.border), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        place = QRectF(5, (self.height() - SIZE) / 2, SIZE, SIZE)
        paint_level(painter, place, self._level, self._theme)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.rect().adjusted(5 + SIZE + APART, 0, -2, 0)
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


class LevelMark(QWidget):
    """The shape of a level, beside its word."""

    def __init__(self, theme: Theme, level: Level, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._level = theme, level
        self.setFixedSize(SIZE + 4, SIZE + 4)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shape."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_level(painter, QRectF(2, 2, SIZE, SIZE), self._level, self._theme)


def paint_level(painter: QPainter, place: QRectF, level: Level, theme: Theme) -> None:
    """Paint a square (red), a triangle (yellow), a disk (fine) or a ring (cannot tell)."""
    color = QColor(theme.palette.of(ROLES[level]))
    painter.setPen(QPen(color, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush if level == "cannot tell" else color)
    inside = place.adjusted(1, 1, -1, -1)
    match level:
        case "red":
            painter.drawRect(inside)
        case "yellow":
            top = QPointF(inside.center().x(), inside.top())
            painter.drawPolygon(QPolygonF([top, inside.bottomRight(), inside.bottomLeft()]))
        case _:
            painter.drawEllipse(inside)
