"""One line of a curve: its points, the faint line of all values, and the strong line of their average."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyqtgraph as pg

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette
from dreamer_studio.studio.widgets.plots.graph import add_line, is_solid, set_line, style_pen
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.series_history import History

MARKED_POINTS: Final = 200  # most points of an unsmoothed line that get a marker; more would overlap
MARK_SIZE: Final = 5
_SAMPLES: Final = 400  # places of the horizontal axis that count for the usual range
_OUTLIERS: Final = 5.0  # percent of the places at either end that the usual range leaves out


class CurveLine:
    """Keeps the points of a line, and draws them.

    Attributes:
        style: name and look.
        history: the points.

    Args:
        view: pyqtgraph's view.
        style: name and look. Another run has no faint line.
        span: about how many values the average is over; 1 draws the values themselves.
    """

    def __init__(self, view: Any, style: SeriesStyle, span: int) -> None:
        self.style = style
        self.history = History(span)
        self._view = view
        self._raw = add_line(view)
        self._main = add_line(view, strong=is_solid(style))
        self._marks = pg.ScatterPlotItem(symbol="o", size=MARK_SIZE, pen=None)
        view.addItem(self._marks, ignoreBounds=True)
        self._averages = span > 1

    @property
    def averages(self) -> bool:
        """Return whether the strong line is an average."""
        return self._averages

    def clear(self, span: int) -> None:
        """Remove all points, and average over `span` values from now on."""
        self._averages = span > 1
        self.history.clear(span)

    def smooth(self, span: int) -> None:
        """Average the same points over `span` values."""
        self._averages = span > 1
        self.history.smooth(span)

    def draw(self, on_axis: Callable[[Floats], Floats]) -> None:
        """Draw all points; `on_axis` turns values into positions on the vertical axis."""
        history = self.history
        if self._averages and self.style.run is None:
            set_line(self._raw, history.x, on_axis(history.y))
        else:
            self._raw.clear()
        drawn = on_axis(history.smoothed)
        set_line(self._main, history.x, drawn)
        few = len(history) == 1 or (not self._averages and len(history) <= MARKED_POINTS)
        # Only of numbers, and in an item of their own: a line hands its marks all values in sight, and pyqtgraph
        # warns if none of them is a number.
        marked = np.isfinite(drawn) & few
        self._marks.setData(history.x[marked], drawn[marked])

    def restyle(self, palette: Palette) -> None:
        """Use the colors of a palette."""
        pen = style_pen(palette, self.style, strong=True)
        self._main.setPen(pen)
        self._marks.setBrush(pen.color())
        self._raw.setPen(style_pen(palette, self.style, faint=True))

    def remove(self) -> None:
        """Take the line out of the view."""
        for item in (self._raw, self._main, self._marks):
            self._view.removeItem(item)

    def usual_values(self) -> Floats:
        """Return values and averages at equal distances along the horizontal axis, without the extremes, (n,).

        The newest average is always among them.
        """
        x = self.history.x
        if len(x) == 0:
            return np.empty(0)
        at = np.searchsorted(x, np.linspace(x[0], x[-1], _SAMPLES)).clip(0, len(x) - 1)
        seen = [self.history.smoothed[at]]
        if self.style.run is None:
            seen.append(self.history.y[at])
        kept = [self.history.smoothed[-1:]]
        for values in seen:
            finite = values[np.isfinite(values)]
            if len(finite):
                kept.append(np.percentile(finite, (_OUTLIERS, 100 - _OUTLIERS)))
        return np.concatenate(kept)
