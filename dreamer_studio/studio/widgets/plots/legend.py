"""The legend of a plot: a sample of each line, with its name; and short names at the ends of lines."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
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
_MOST_ROWS = 2
_MARK_REACH = 40  # room for the words at a mark, in pixels to either side


class Legend(QWidget):
    """Names the lines of a plot above the plot or in a card's header: in one row, or in two if the width is small."""

    def __init__(self, theme: Theme, series: Sequence[SeriesStyle], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series: tuple[SeriesStyle, ...] = ()
        self._palette = theme.palette
        self._rows = 1
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
        if self.isVisible():
            self._break_rows()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width of all entries in one row, and the height of the rows that the present width needs."""
        if not self._series:
            return QSize(0, 0)
        names = sum(_SAMPLE + _GAP + self._width_of(line) for line in self._series)
        across = names + _BETWEEN * max(0, len(self._series) - 1) + 2
        return QSize(across, self._rows * self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return room for the samples, and for names that end in an ellipsis."""
        entry = _SAMPLE + _GAP + self.fontMetrics().averageCharWidth() * _LETTERS
        least = len(self._series) * entry + _BETWEEN * max(0, len(self._series) - 1)
        return QSize(min(least, self.sizeHint().width()), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use a second row if the names do not fit into one."""
        self._break_rows()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint each line's sample and name."""
        most = max((self._width_of(line) for line in self._series), default=0)
        while most > 0 and len(self._starts(self.width(), most)) > self._rows:
            most -= 1
        self.draw(QPainter(self), self._starts(self.width(), most), most)

    def draw(self, painter: QPainter, starts: Sequence[int] = (), most: int | None = None) -> None:
        """Draw each line's sample and name, on the screen or in a figure.

        Args:
            painter: of the widget or the figure.
            starts: the entries with which the rows begin; empty for a single row.
            most: width in pixels to which longer names are cut; None for none.
        """
        painter.setFont(self.font())
        metrics = self.fontMetrics()
        left, top = 0, 1
        for place, line in enumerate(self._series):
            if place in starts[1:]:
                left, top = 0, top + metrics.height()
            middle = top + metrics.height() // 2
            pen = QPen(style_pen(self._palette, line))
            pen.setWidthF(1.5)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLine(left, middle, left + _SAMPLE, middle)
            left += _SAMPLE + _GAP
            painter.setPen(QColor(self._palette.muted))
            name = line.label
            if most is not None and self._width_of(line) > most:
                name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, most)
            painter.drawText(left, top + metrics.ascent(), name)
            left += metrics.horizontalAdvance(name) + _BETWEEN

    def _break_rows(self) -> None:
        rows = 1 if self.width() >= self.sizeHint().width() else _MOST_ROWS
        if rows != self._rows:
            self._rows = rows
            self.updateGeometry()

    def _starts(self, width: int, most: int) -> list[int]:
        """Return the entries with which the rows begin if no name is wider than `most` pixels."""
        starts, left = [0], 0
        for place, line in enumerate(self._series):
            entry = _SAMPLE + _GAP + min(self._width_of(line), most)
            if left and left + entry > width:
                starts.append(place)
                left = 0
            left += entry + _BETWEEN
        return starts

    def _width_of(self, line: SeriesStyle) -> int:
        return self.fontMetrics().horizontalAdvance(line.label)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()


def _look_of(line: SeriesStyle) -> str:
    looks = (line.dashed, "dashed"), (line.dotted, "dotted")
    look = " and ".join(word for so, word in looks if so) or "solid"
    return f"{look}, axis on the right" if line.right else look


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
