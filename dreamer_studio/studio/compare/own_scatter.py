"""Imagined against real return of the compared checkpoints, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.layout.stage import toggle_large
from dreamer_studio.studio.widgets.plots.series import si_label
from dreamer_studio.studio.widgets.text import mute
from dreamer_studio.texts import rounded
from dreamer_studio.trust.measured import Measured

_MARGIN = 6


@dataclass(frozen=True)
class OwnPoint:
    """A checkpoint's letter, and its mean real and imagined return."""

    letter: str
    real: Measured
    imagined: Measured


class OwnScatter(QWidget):
    """A cross for each checkpoint: real return across, imagined return up, on equal axes with the line of equality."""

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Chart

    def __init__(self, theme: Theme, *, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[OwnPoint, ...] = ()
        self._empty_text = empty_text
        self._palette = theme.palette
        theme.changed.connect(self._restyle)
        mute(self)
        self.setAccessibleName("Imagined and real return of the checkpoints")
        self.setAccessibleDescription(empty_text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_points(self, points: Sequence[OwnPoint]) -> None:
        """Draw checkpoints; none for the empty state."""
        self._points = tuple(one for one in points if math.isfinite(one.real.value + one.imagined.value))
        words = (
            f"{one.letter} real {rounded(one.real.value)}, imagined {rounded(one.imagined.value)}"
            for one in self._points
        )
        self.setAccessibleDescription("; ".join(words) or self._empty_text)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(260, 220)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(160, 140)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the card."""
        if not toggle_large(self):
            super().mouseDoubleClickEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the axes, the line of equality and the crosses."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        muted = QColor(self._palette.muted)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.setPen(muted)
        if not self._points:
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), self._empty_text)
            return
        line = self.fontMetrics().height()
        area = QRectF(self.rect()).adjusted(line + _MARGIN, _MARGIN, -_MARGIN, -2 * line - _MARGIN)
        low, high = self._ends()
        painter.setPen(QPen(QColor(self._palette.border), 1))
        painter.drawRect(area)
        painter.setPen(QPen(muted, 1, Qt.PenStyle.DashLine))
        painter.drawLine(area.bottomLeft(), area.topRight())

        def at(real: float, imagined: float) -> QPointF:
            across, up = (real - low) / (high - low), (imagined - low) / (high - low)
            return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

        for one in self._points:
            middle = at(one.real.value, one.imagined.value)
            painter.setPen(QPen(QColor(self._palette.dream), 1.5))
            if math.isfinite(one.real.low + one.imagined.low):
                painter.drawLine(at(one.real.low, one.imagined.value), at(one.real.high, one.imagined.value))
                painter.drawLine(at(one.real.value, one.imagined.low), at(one.real.value, one.imagined.high))
            painter.setBrush(QColor(self._palette.dream))
            painter.drawEllipse(middle, 3, 3)
            painter.setPen(QColor(self._palette.text))
            painter.drawText(middle + QPointF(5, -5), one.letter)
        painter.setPen(muted)
        below = QRectF(area.left(), area.bottom() + 2, area.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, si_label(low, 3))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, si_label(high, 3))
        painter.drawText(below.translated(0, line), Qt.AlignmentFlag.AlignHCenter, "real return")
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), line), Qt.AlignmentFlag.AlignHCenter, "imagined return")

    def _ends(self) -> tuple[float, float]:
        numbers = [
            end
            for one in self._points
            for each in (one.real, one.imagined)
            for end in (each.value, each.low, each.high)
            if math.isfinite(end)
        ]
        low, high = min(numbers), max(numbers)
        room = 0.08 * max(high - low, 1e-9)
        return low - room, high + room

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
