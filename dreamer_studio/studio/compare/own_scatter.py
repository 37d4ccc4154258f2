"""Imagined against real return of the compared checkpoints, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.plots.painted.equality_plot import EqualityPlot
from dreamer_studio.texts import rounded
from dreamer_studio.trust.measured import Measured


@dataclass(frozen=True)
class OwnPoint:
    """A checkpoint's letter, and its mean real and imagined return."""

    letter: str
    real: Measured
    imagined: Measured


class OwnScatter(EqualityPlot):
    """A cross for each checkpoint: real return across, imagined return up, on equal axes with the line of equality."""

    across, up = "real return", "imagined return"

    def __init__(self, theme: Theme, *, empty_text: str, parent: QWidget | None = None) -> None:
        name = "Imagined and real return of the checkpoints"
        super().__init__(theme, name=name, empty_text=empty_text, parent=parent)
        self._points: tuple[OwnPoint, ...] = ()

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

    def _is_empty(self) -> bool:
        return not self._points

    def _paint_data(self, painter: QPainter) -> None:
        """Paint a cross and a letter for each checkpoint."""
        for one in self._points:
            real, imagined, at = one.real, one.imagined, self._spot
            painter.setPen(QPen(QColor(self._palette.dream), 1.5))
            if math.isfinite(real.low + imagined.low):
                painter.drawLine(at(real.low, imagined.value), at(real.high, imagined.value))
                painter.drawLine(at(real.value, imagined.low), at(real.value, imagined.high))
            middle = at(real.value, imagined.value)
            painter.setBrush(QColor(self._palette.dream))
            painter.drawEllipse(middle, 3, 3)
            painter.setPen(QColor(self._palette.text))
            painter.drawText(middle + QPointF(5, -5), one.letter)

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
