"""One line of a curve: all values faintly, their average strongly; and several lines drawn as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyqtgraph as pg

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette
from dreamer_studio.studio.widgets.plots.band import Fill
from dreamer_studio.studio.widgets.plots.graph import add_line, is_solid, set_line, style_pen
from dreamer_studio.studio.widgets.plots.series import SeriesStyle, si_label, value_near
from dreamer_studio.studio.widgets.plots.training.series_history import History

MARKED_POINTS: Final = 200  # most points of an unsmoothed line that get a marker; more would overlap
MARK_SIZE: Final = 5
_SAMPLES: Final = 400  # places of the horizontal axis that count for the usual range
_OUTLIERS: Final = 5.0  # percent of the places at either end that the usual range leaves out
_PLACES: Final = 400
_FEWEST: Final = 2  # lines that a place needs
_USUAL: Final = (5.0, 95.0)  # percentiles between which the usual values lie
_BEHIND: Final = -5  # z-value: below every line
_SHARE: Final = 0.2  # share of the color in the band


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
        """Draw all points; `on_axis` turns values into positions on the vertical axis. A group draws for its lines."""
        if self.style.group:
            return
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


@dataclass(frozen=True, eq=False)
class Spread:
    """Median, least and greatest value of some lines, and the number of lines, (n,) each, at positions x (n,)."""

    x: Floats
    median: Floats
    low: Floats
    high: Floats
    count: Floats


def spread_of(lines: Iterable[tuple[Floats, Floats]]) -> Spread:
    """Compare lines at equal distances, wherever two or more of them have values.

    Args:
        lines: x (n,) ascending and y (n,) of each line. Between its points, a line is straight; beyond, it has none.
    """
    finite = [(x[np.isfinite(y)], y[np.isfinite(y)]) for x, y in lines]
    finite = [(x, y) for x, y in finite if len(x)]
    if len(finite) < _FEWEST:
        return Spread(*np.empty((5, 0)))
    grid = np.linspace(min(x[0] for x, _ in finite), max(x[-1] for x, _ in finite), _PLACES)
    values = np.stack([np.interp(grid, x, y, left=np.nan, right=np.nan) for x, y in finite])
    count = np.isfinite(values).sum(axis=0)
    shared = count >= _FEWEST
    values = values[:, shared]
    if not shared.any():
        return Spread(*np.empty((5, 0)))
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    return Spread(grid[shared], np.nanmedian(values, axis=0), low, high, count[shared].astype(np.float64))


class SpreadItem:
    """Draws a spread.

    Attributes:
        style: name and look.
        spread: the values on show.

    Args:
        view: pyqtgraph's view.
        style: name and look.
    """

    def __init__(self, view: Any, style: SeriesStyle) -> None:
        self.style = style
        self.spread = spread_of(())
        self._view = view
        self._fill = Fill(view, z=_BEHIND, share=_SHARE)
        self._median = add_line(view, strong=is_solid(style))

    def draw(self, lines: Iterable[tuple[Floats, Floats]], on_axis: Callable[[Floats], Floats]) -> None:
        """Draw the spread of some lines; `on_axis` turns values into positions on the vertical axis."""
        self.spread = spread = spread_of(lines)
        low, median, high = (on_axis(values) for values in (spread.low, spread.median, spread.high))
        self._fill.draw(spread.x, low, high)
        set_line(self._median, spread.x, median)

    def values_at(self, x: float, reach: float) -> str | None:
        """Return the values near a position in words, or None if there are none."""
        spread = self.spread
        found = [value_near(spread.x, y, x, reach) for y in (spread.median, spread.low, spread.high, spread.count)]
        median, low, high, count = found
        if median is None or low is None or high is None or count is None:
            return None
        return f"{si_label(median, 4)}, {si_label(low, 4)} to {si_label(high, 4)}, n = {count:.0f}"

    def usual_values(self) -> Floats:
        """Return the limits of the band without its extremes, (n,)."""
        limits = self.spread.low, self.spread.high
        return np.concatenate([np.percentile(each, _USUAL) for each in limits if len(each)] or [np.empty(0)])

    def restyle(self, palette: Palette) -> None:
        """Use the colors of a palette."""
        pen = style_pen(palette, self.style, strong=True)
        self._fill.set_color(pen.color())
        self._median.setPen(pen)

    def remove(self) -> None:
        """Take the spread out of the view."""
        self._fill.remove()
        self._view.removeItem(self._median)
