"""The legend of a plot: a sample of each line, with its name."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.plots.graph import style_pen
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.text import scaled_font

_SAMPLE = 18  # length of a line's sample, in pixels
_GAP = 5
_BETWEEN = 14
_LETTERS = 2  # least letters of a name


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
        self.draw(QPainter(self), self._most_letters())

    def _most_letters(self) -> int | None:
        """Return the width to which the longest names are cut so that all entries fit, or None if they fit whole."""
        widths = sorted(self.fontMetrics().horizontalAdvance(line.name) for line in self._series)
        over = self.sizeHint().width() - self.width()
        if over <= 0:
            return None
        for place, width in enumerate(widths):  # cut all names from the shortest possible one on to one width
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
