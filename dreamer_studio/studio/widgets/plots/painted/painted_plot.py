"""The common part of plots that paint themselves: the empty state, the focus, the colors and the lower axis."""

from __future__ import annotations

from typing import ClassVar, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.layout.stage import toggle_large
from dreamer_studio.studio.widgets.plots.series import si_label
from dreamer_studio.studio.widgets.text import mute

MARGIN: Final = 6
"""Pixels between the plot and the edge of its widget."""


class PaintedPlot(QWidget):
    """A plot that says what will fill it while it is empty. A double-click enlarges the plot's card.

    Args:
        theme: the colors.
        name: the name for screen readers.
        empty_text: what will fill the plot, and when.
        parent: the owner.
    """

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Chart

    def __init__(self, theme: Theme, *, name: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty_text = empty_text
        self._palette = theme.palette
        theme.changed.connect(self._restyle)
        mute(self)
        self.setAccessibleName(name)
        self.setAccessibleDescription(empty_text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the card."""
        if not toggle_large(self):
            super().mouseDoubleClickEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the frame of the focus, and the plot or the empty state."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if not self._is_empty():
            self._paint(painter)
            return
        painter.setPen(QColor(self._palette.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect(), int(flags), self._empty_text)

    def _is_empty(self) -> bool:
        """Return whether there is nothing to draw."""
        raise NotImplementedError

    def _paint(self, painter: QPainter) -> None:
        """Paint the plot, which is not empty."""
        raise NotImplementedError

    def _paint_lower_axis(self, painter: QPainter, area: QRectF, ends: tuple[float, float], title: str) -> None:
        """Write the ends and the title of the horizontal axis below the plot's area."""
        height = self.fontMetrics().height()
        painter.setPen(QColor(self._palette.muted))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), height)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, si_label(ends[0], 3))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, si_label(ends[1], 3))
        painter.drawText(below.translated(0, height), Qt.AlignmentFlag.AlignHCenter, title)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
