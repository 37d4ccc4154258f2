"""The loop of Dreamer, drawn: boxes that open chapters, arrows, and light on what the training does now."""

from __future__ import annotations

import functools
import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.text import scaled_font, text_scale
from dreamer_studio.viewing.learn.loop import ARROWS, PARTS, LoopPart

HEIGHT: Final = 210
"""Height in pixels at the usual size of text."""

HALO: Final = 5
"""Pixels of light around a box."""

HEAD: Final = 7.0
"""Length of an arrow's head in pixels."""


class LoopDiagram(QWidget):
    """Boxes and arrows. A click on a box opens the box's chapter.

    Attributes:
        boxes: the boxes by the names of their parts.
    """

    chapterWanted = Signal(str)
    """Emitted with the key of the chapter that a box opens."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.palette
        self._lit: frozenset[str] = frozenset()
        self.boxes: dict[str, QPushButton] = {}
        for part in PARTS:
            box = push_button(part.name, f"{part.does}. Click to open the chapter.")
            box.setParent(self)
            box.setAccessibleDescription(part.does)
            box.clicked.connect(functools.partial(self.chapterWanted.emit, part.chapter))
            self.boxes[part.name] = box
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("The loop of Dreamer")
        theme.changed.connect(self._restyle)

    @property
    def lit(self) -> frozenset[str]:
        """Return the names of the parts with light on them."""
        return self._lit

    def light(self, names: frozenset[str]) -> None:
        """Put light on some parts."""
        if names != self._lit:
            self._lit = names
            self.update()

    def sizeHint(self) -> QSize:
        """Return a height for three rows of boxes."""
        return QSize(600, round(HEIGHT * text_scale()))

    def minimumSizeHint(self) -> QSize:
        """Return the width at which the boxes stand apart."""
        return QSize(round(480 * text_scale()), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the boxes into their places."""
        super().resizeEvent(event)
        for part in PARTS:
            box = self.boxes[part.name]
            box.resize(box.sizeHint())
            middle = self._middle(part)
            box.move(round(middle.x() - box.width() / 2), round(middle.y() - box.height() / 2))

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint light and arrows; the boxes paint themselves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled_font(self.font(), 0.9))
        for part in PARTS:
            color = QColor(self._palette.of(part.role))
            place = QRectF(self.boxes[part.name].geometry()).adjusted(-HALO, -HALO, HALO, HALO)
            painter.setPen(QPen(color, 1.5))
            painter.setBrush(color if part.name in self._lit else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place, 8, 8)
        parts = {part.name: part for part in PARTS}
        for arrow in ARROWS:
            self._paint_arrow(painter, parts[arrow.start], parts[arrow.end], arrow.word)

    def _paint_arrow(self, painter: QPainter, start: LoopPart, end: LoopPart, word: str) -> None:
        first, last = self._edge(start, end), self._edge(end, start)
        painter.setPen(QPen(QColor(self._palette.muted), 1.2))
        painter.drawLine(first, last)
        angle = math.atan2(last.y() - first.y(), last.x() - first.x())
        sides = [last - QPointF(math.cos(angle + turn), math.sin(angle + turn)) * HEAD for turn in (-0.4, 0.4)]
        painter.setBrush(QColor(self._palette.muted))
        painter.drawPolygon(QPolygonF([last, *sides]))
        if word:
            middle = (first + last) / 2
            upright = abs(last.x() - first.x()) < abs(last.y() - first.y())
            painter.drawText(middle + (QPointF(6, 4) if upright else QPointF(-20, -6)), word)

    def _middle(self, part: LoopPart) -> QPointF:
        return QPointF(part.x * self.width(), part.y * self.height())

    def _edge(self, part: LoopPart, other: LoopPart) -> QPointF:
        """Return the point at which the line to another part leaves the light around a part."""
        middle, away = self._middle(part), self._middle(other) - self._middle(part)
        size = self.boxes[part.name].size()
        across, down = size.width() / 2 + HALO + 2, size.height() / 2 + HALO + 2
        share = min(across / abs(away.x()) if away.x() else math.inf, down / abs(away.y()) if away.y() else math.inf)
        return middle + away * share

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
