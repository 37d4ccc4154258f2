"""The legend of a plot: a sample of each line, with its name; and short names at the ends of lines."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.plots.graph import style_pen
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.text import scaled_font

_SAMPLE = 18  # length of a line's sample, in pixels
_GAP = 5
_BETWEEN = 14
_LETTERS = 2  # least letters of a name
_MARK_REACH = 40  # room for the words at a mark, in pixels to either side


class Legend(QWidget):
    """Names the lines of a plot in one row, above the plot or in a card's header."""

    def __init__(self, theme: Theme, series: Sequence[SeriesStyle], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series: tuple[SeriesStyle, ...] = ()
        self._palette = theme.palette
        self.setFont(scaled_font(self.font(), 0.92))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_series(series)
        theme.changed.connect(self._restyle)

    @property
    def series(self) -> tuple[SeriesStyle, ...]:
        """Return the named lines."""
        return self._series

    def set_series(self, series: Sequence[SeriesStyle]) -> None:
        """Set the named lines. A single line needs no legend, because the plot's title names it."""
        self._series = tuple(series) if len(series) > 1 else ()
        words = ", ".join(f"{line.name} ({_look_of(line)})" for line in self._series)
        self.setAccessibleName(f"Lines: {words}" if words else "")
        self.setToolTip(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of all entries in one row."""
        if not self._series:
            return QSize(0, 0)
        metrics = self.fontMetrics()
        names = sum(_SAMPLE + _GAP + metrics.horizontalAdvance(line.name) for line in self._series)
        return QSize(names + _BETWEEN * max(0, len(self._series) - 1) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return room for the samples, and for names that end in an ellipsis."""
        entry = _SAMPLE + _GAP + self.fontMetrics().averageCharWidth() * _LETTERS
        least = len(self._series) * entry + _BETWEEN * max(0, len(self._series) - 1)
        return QSize(min(least, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint each line's sample and name."""
        self.draw(QPainter(self), self._name_width())

    def _name_width(self) -> int | None:
        """Return the width in pixels to which long names are cut so that all entries fit, or None if all names fit."""
        widths = sorted(self.fontMetrics().horizontalAdvance(line.name) for line in self._series)
        over = self.sizeHint().width() - self.width()
        if over <= 0:
            return None
        for place, width in enumerate(widths):  # cut all longer names to the same width, as few names as possible
            longer = widths[place:]
            most = (sum(longer) - over) // len(longer)
            if most >= (widths[place - 1] if place else 0) and most <= width:
                return most
        return 0

    def draw(self, painter: QPainter, most: int | None = None) -> None:
        """Draw each line's sample and name, on the screen or in a figure; cut names to `most` pixels."""
        painter.setFont(self.font())
        metrics = self.fontMetrics()
        height, left = self.sizeHint().height(), 0
        middle = height // 2
        for line in self._series:
            pen = QPen(style_pen(self._palette, line))
            pen.setWidthF(1.5)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLine(left, middle, left + _SAMPLE, middle)
            left += _SAMPLE + _GAP
            painter.setPen(QColor(self._palette.muted))
            name = line.name
            if most is not None:
                name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, most)
            painter.drawText(left, (height + metrics.ascent() - metrics.descent()) // 2, name)
            left += metrics.horizontalAdvance(name) + _BETWEEN

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()


def _look_of(line: SeriesStyle) -> str:
    looks = (line.dashed, "dashed"), (line.dotted, "dotted")
    return " and ".join(word for so, word in looks if so) or "solid"


class EndLabels:
    """Short names at the ends of lines, which tell the lines apart without their colors.

    A name is left out where it would cover another one, the words at a mark, or the edge of the view.

    Args:
        view: the view with the lines.
        styles: the lines; those without an `end` get no name.
    """

    def __init__(self, view: Any, styles: Sequence[SeriesStyle]) -> None:
        self._view = view
        self._styles = {style.name: style for style in styles if style.end}
        self._items = {name: pg.TextItem(style.end, anchor=(1, 1)) for name, style in self._styles.items()}
        for item in self._items.values():
            item.setVisible(False)
            view.addItem(item, ignoreBounds=True)

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the names on show."""
        return tuple(self._styles[name].end for name, item in self._items.items() if item.isVisible())

    def place(self, lines: Mapping[str, tuple[Floats, Floats]], marks: Sequence[float]) -> None:
        """Put each name left of the end of its line and above it.

        Args:
            lines: positions of each line on the axes, x (n,) and y (n,), by its name.
            marks: positions on the horizontal axis that have words at nine tenths of the height.
        """
        if not self._items:
            return
        (left, right), (bottom, top) = self._view.viewRange()
        across, along = self._view.getViewBox().viewPixelSize()
        words = self._view.fontMetrics()
        height = (top - bottom) / along
        taken = [
            QRectF(x / across - _MARK_REACH, bottom / along + 0.85 * height, 2 * _MARK_REACH, 0.1 * height)
            for x in marks
        ]
        for name, item in self._items.items():
            end = _end_of(*lines[name])
            if end is not None and not (left <= end[0] <= right and bottom <= end[1] <= top):
                end = None
            box = QRectF()
            if end is not None:
                width = words.horizontalAdvance(self._styles[name].end) + 8
                box = QRectF(end[0] / across - width, end[1] / along, width, words.height())
            free = end is not None and box.left() > left / across and box.bottom() < top / along
            free = free and not any(box.intersects(other) for other in taken)
            item.setVisible(bool(free))  # the view may compare numbers of numpy
            if free and end is not None:
                item.setPos(*end)
                taken.append(box)

    def restyle(self, palette: Palette) -> None:
        """Use the colors of a palette, and the size of the view's text."""
        for name, item in self._items.items():
            item.setColor(palette.of(self._styles[name].role))
            item.setFont(scaled_font(self._view.font(), 0.88))


def _end_of(x: Floats, y: Floats) -> tuple[float, float] | None:
    """Return the last point of a line (n,) that has a value, or None."""
    finite = np.flatnonzero(np.isfinite(y))
    return (float(x[finite[-1]]), float(y[finite[-1]])) if len(finite) else None
