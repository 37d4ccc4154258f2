"""Ratios that should be 1, or shares of 1, as points with intervals on one axis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.trust.verdicts import role_of
from dreamer_studio.studio.widgets.text import mute
from dreamer_studio.trust.measured import EQUIVALENT, Measured
from dreamer_studio.viewing.role import Role

_ROWS = 3
_LINES = 3.2  # height of a row, in lines of text, if there is room
_SPAN = math.log(4.0)  # the axis reaches from a quarter to four


class IntervalBars(QWidget):
    """A row for each ratio: its name, its number, and its interval on a logarithmic axis around 1.

    The shaded part of the axis holds the ratios that count as 1. Shares have an axis from 0 to 1 instead.
    """

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Chart

    def __init__(
        self, theme: Theme, *, name: str, empty_text: str, shares: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._empty_text = empty_text
        self._shares = shares
        self._rows: dict[str, Measured] = {}
        self._palette = theme.palette
        theme.changed.connect(self._restyle)
        mute(self)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setAccessibleDescription(empty_text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_ratios(self, rows: Mapping[str, Measured]) -> None:
        """Draw ratios by their names."""
        self._rows = dict(rows)
        self.setAccessibleDescription(", ".join(f"{name} {each.as_text()}" for name, each in rows.items()))
        self.updateGeometry()
        self.update()

    def spoken(self) -> str:
        """Return all rows in words."""
        return self.accessibleDescription()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(260, round(max(_ROWS, len(self._rows)) * _LINES * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(200, 2 * max(_ROWS, len(self._rows)) * self.fontMetrics().height())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint all rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QColor(self._palette.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if not self._rows:
            painter.setPen(QColor(self._palette.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), self._empty_text)
            return
        line = self.fontMetrics().height()
        height = min(self.height() / max(1, len(self._rows)), _LINES * line)
        for place, (name, ratio) in enumerate(self._rows.items()):
            top = place * height
            words = QRectF(2, top, self.width() - 4, line)
            painter.setPen(QColor(self._palette.text))
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft, name)
            painter.drawText(words, Qt.AlignmentFlag.AlignRight, ratio.as_text())
            self._paint_bar(painter, QRectF(4, top + line + 4, self.width() - 8, 6), ratio)

    def _paint_bar(self, painter: QPainter, bar: QRectF, ratio: Measured) -> None:
        def at(number: float) -> float:
            if self._shares:
                return bar.left() + max(0.0, min(1.0, number)) * bar.width()
            share = math.log(number) / _SPAN if number > 0 else -1.0
            return bar.center().x() + max(-1.0, min(1.0, share)) * bar.width() / 2

        painter.fillRect(bar, QColor(self._palette.border))
        if not self._shares:
            equal = QRectF(QPointF(at(1 / EQUIVALENT), bar.top()), QPointF(at(EQUIVALENT), bar.bottom()))
            shade = QColor(self._palette.of(role_of("holds")))
            shade.setAlpha(70)
            painter.fillRect(equal, shade)
        null = at(0.0 if self._shares else 1.0)
        painter.setPen(QPen(QColor(self._palette.muted), 1))
        painter.drawLine(QPointF(null, bar.top() - 4), QPointF(null, bar.bottom() + 4))
        if not math.isfinite(ratio.value):
            return
        color = QColor(self._palette.of(Role.MODEL if self._shares else role_of(ratio.verdict)))
        if math.isfinite(ratio.low) and math.isfinite(ratio.high):
            painter.setPen(QPen(color, 3))
            painter.drawLine(QPointF(at(ratio.low), bar.center().y()), QPointF(at(ratio.high), bar.center().y()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QPointF(at(ratio.value), bar.center().y()), 5, 5)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
