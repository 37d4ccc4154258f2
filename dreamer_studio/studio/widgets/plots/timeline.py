"""Reward or value along an episode: received, predicted, and dreamed after now."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.plots.axes import Limits
from dreamer_studio.studio.widgets.plots.band import Band, BandItem
from dreamer_studio.studio.widgets.plots.export.table import Lines
from dreamer_studio.studio.widgets.plots.graph import add_line, keep_drawn, set_line, style_pen
from dreamer_studio.studio.widgets.plots.legend import EndLabels
from dreamer_studio.studio.widgets.plots.plot import Plot
from dreamer_studio.studio.widgets.plots.series import (
    SeriesStyle,
    as_series,
    finite_range,
    nice_step,
    si_label,
    value_near,
)
from dreamer_studio.viewing.role import Role

REWARD_SERIES = (
    SeriesStyle("received", Role.REAL),
    SeriesStyle("predicted", Role.MODEL, dashed=True),
    SeriesStyle("in the dream", Role.DREAM),
)

SEEN, DREAMED, CAME, CAME_SO_FAR = "on frames it saw", "in the dream", "came", "came so far"
VALUE_SERIES = (
    SeriesStyle(SEEN, Role.MODEL, dashed=True, end="saw"),
    SeriesStyle(DREAMED, Role.DREAM, end="dreamed"),
    SeriesStyle(CAME, Role.REAL, end="came"),
    SeriesStyle(CAME_SO_FAR, Role.REAL, dotted=True),
)
"""Value estimates, and the discounted return that came; dotted where a part of it may still be missing."""


class TimelinePlot(Plot):
    """Lines over the agent steps of an episode, with a line at *now* and the dream's steps shaded after it."""

    def __init__(
        self,
        theme: Theme,
        series: Sequence[SeriesStyle] = REWARD_SERIES,
        *,
        name: str,
        x_title: str = "agent step",
        empty_text: str = "",
        now_word: str = "now",
        in_sight: tuple[float, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty timeline.

        `now_word` labels the line of `set_now`, and the vertical axis always includes the values `in_sight`; the other
        arguments are those of `Plot`.
        """
        super().__init__(theme, series, name=name, x_title=x_title, empty_text=empty_text, parent=parent)
        nothing = np.empty(0)
        self._in_sight = np.array(in_sight, np.float64)
        self._data: dict[str, tuple[Floats, Floats]] = dict.fromkeys(self.styles, (nothing, nothing))
        self._now: float | None = None
        self._dream_end: float | None = None
        self._playhead: float | None = None
        self._now_word = now_word
        self._band: Band | None = None
        self._band_item: BandItem | None = None  # made with the first band
        self.legend.set_series([style for style in series if not style.dotted])  # dots belong to the line before
        self._past: dict[str, tuple[Floats, Floats]] = {}
        self._past_curves: dict[str, Any] = {}
        self._past_name = ""

    def set_series(self, name: str, x: ArrayLike, y: ArrayLike) -> None:
        """Replace a line.

        Float64 arrays are kept without a copy: do not write into them afterwards.

        Args:
            name: One of the names given to the constructor.
            x: Agent steps of the episode, ascending, (n,).
            y: Values, (n,); values that are not finite leave gaps.

        Raises:
            ValueError: If there is no such line, or the arrays do not match.
        """
        if name not in self._data:
            raise ValueError(f"there is no line {name!r}, only {', '.join(self._data)}")
        xs, ys = as_series(x, y)
        self._data[name] = (xs, ys)
        if self._has_view:
            set_line(self._curves[name], xs, self._on_axis(ys))
        self._data_changed()

    def set_past(self, name: str, lines: Lines) -> None:
        """Draw faint lines behind the others.

        Args:
            name: Their source, such as "episode 12", for the readout and the table.
            lines: x (n,) and y (n,) of some of the lines, by name; an empty mapping removes all faint lines.
        """
        if not lines and not self._past:
            return
        self._past_name, self._past = name, {line: as_series(*points) for line, points in lines.items()}
        for line in set(self._past) - set(self._past_curves):
            curve = self._past_curves[line] = add_line(self._view)
            curve.setZValue(-1)
            curve.setPen(style_pen(self._palette, self.styles[line], faint=True))
        self._redraw()
        self._data_changed()

    def set_band(self, band: Band | None) -> None:
        """Shade a band behind the lines, in the color of dreams; None removes the band."""
        self._band = band
        if band is not None and self._band_item is None:
            self._band_item = BandItem(self._view, Role.DREAM)
            self._band_item.restyle(self._palette)
        self._draw_band()

    @property
    def named_ends(self) -> tuple[str, ...]:
        """Return the short names at the ends of lines."""
        return self._ends.shown if self._has_view else ()

    def series(self, name: str) -> tuple[Floats, Floats]:
        """Return x (n,) and y (n,) of a line."""
        return self._data[name]

    def set_now(self, now: float | None, dream_end: float | None = None) -> None:
        """Mark the present and the end of the dream.

        Args:
            now: Agent step of the present, or None for no mark.
            dream_end: Agent step of the dream's last frame, after `now`; None without a dream.
        """
        self._now, self._dream_end = now, dream_end
        if self._has_view:
            self._mark_now()
        self._data_changed()

    def set_playhead(self, x: float | None) -> None:
        """Mark the agent step of the dream's frame on show, or remove the mark with None."""
        self._playhead = x
        if self._has_view:
            self._mark_playhead()

    @property
    def playhead(self) -> float | None:
        """Return the agent step of the playhead, or None."""
        return self._playhead

    def clear(self) -> None:
        """Return to the empty state, as between two episodes."""
        self.set_band(None)
        for name in self._data:
            self.set_series(name, (), ())
        self.set_now(None)

    def _data_changed(self) -> None:
        super()._data_changed()
        if self._has_view:
            self._place_ends()

    def _fill_view(self) -> None:
        super()._fill_view()
        self._dream = pg.LinearRegionItem(movable=False)
        self._dream_word = pg.InfLineLabel(self._dream.lines[0], "dream", position=0.9, anchors=[(0, 0.5)] * 2)
        self._now_line = pg.InfiniteLine(
            angle=90, label=self._now_word, labelOpts={"position": 0.9, "anchors": [(1, 0.5)] * 2}
        )
        self._playhead_line = pg.InfiniteLine(angle=90)
        for item in (self._dream, self._now_line, self._playhead_line):
            self._view.addItem(item, ignoreBounds=True)
        keep_drawn(self._dream)
        self._curves = {name: add_line(self._view) for name in self.styles}
        self._ends = EndLabels(self._view, tuple(self.styles.values()))
        self._view.getViewBox().sigRangeChanged.connect(lambda *_: self._place_ends())
        self._mark_now()
        self._mark_playhead()
        self._redraw()
        self._restyle(self._palette)

    def _mark_now(self) -> None:
        now, end = self._now, self._dream_end
        dreaming = now is not None and end is not None and end > now
        self._now_line.setVisible(now is not None)
        self._dream.setVisible(dreaming)
        if now is not None:
            self._now_line.setPos(now)
        if dreaming:
            self._dream.setRegion((now, end))

    def _mark_playhead(self) -> None:
        self._playhead_line.setVisible(self._playhead is not None)
        if self._playhead is not None:
            self._playhead_line.setPos(self._playhead)

    def _place_ends(self) -> None:
        drawn = {name: (x, self._on_axis(y)) for name, (x, y) in self._data.items()}
        self._ends.place(drawn, [] if self._now is None else [self._now])

    def _limits(self) -> Limits | None:
        drawn = (*self._data.values(), *self._past.values())
        across = finite_range(*(x for x, _ in drawn))
        along = self._along(*(y for _, y in drawn), self._in_sight)
        if across is None or along is None:
            return None
        left, right = across[0], max(across[1], self._now or 0, self._dream_end or 0)
        step = nice_step(max(right - left, 10.0), 10)
        # A whole number of steps wide, so that the axis moves rarely and not with every frame.
        return left, left + step * np.ceil(max(right - left, 10.0) / step), *self._rounded(*along)

    def _lines(self) -> Lines:
        return {**self._data, **{f"{name} ({self._past_name})": points for name, points in self._past.items()}}

    def _draw_band(self) -> None:
        if self._band_item is not None:
            self._band_item.show(self._band, self._on_axis)

    def _redraw(self) -> None:
        self._draw_band()
        for name, (x, y) in self._data.items():
            set_line(self._curves[name], x, self._on_axis(y))
        nothing = np.empty(0)
        for name, curve in self._past_curves.items():
            x, y = self._past.get(name, (nothing, nothing))
            set_line(curve, x, self._on_axis(y))

    def _takes_arrows(self) -> bool:
        return self.playhead is None  # else the arrows move the playhead

    def _readout_lines(self, x: float, reach: float) -> list[str]:
        near = {name: value_near(*data, x, max(reach, 0.5)) for name, data in self._lines().items()}
        return [f"{name} {si_label(value, 3)}" for name, value in near.items() if value is not None]

    def _restyle(self, palette: Palette) -> None:
        super()._restyle(palette)
        if self._band_item is not None:
            self._band_item.restyle(palette)
        for name, curve in self._curves.items():
            curve.setPen(style_pen(palette, self.styles[name]))
        for name, curve in self._past_curves.items():
            curve.setPen(style_pen(palette, self.styles[name], faint=True))
        shade = QColor(palette.dream)
        shade.setAlpha(28)
        self._dream.setBrush(pg.mkBrush(shade))
        self._dream.update()  # the item keeps its image, and does not redraw by itself
        for edge in self._dream.lines:
            edge.setPen(pg.mkPen(None))
        self._dream_word.setColor(palette.dream)
        self._now_line.setPen(pg.mkPen(palette.text, width=1))
        self._playhead_line.setPen(pg.mkPen(palette.dream, width=1))
        self._now_line.label.setColor(palette.text)
        self._ends.restyle(palette)


def show_came(plot: TimelinePlot, x: Floats, value: Floats, complete: NDArray[np.bool_]) -> None:
    """Draw the discounted return that came from each agent step on: a line, and dots where a part is missing.

    Args:
        plot: A plot with the lines of `VALUE_SERIES`.
        x: Agent steps, (n,).
        value: The return from there on, (n,).
        complete: Whether almost nothing is missing, (n,): true for the first steps, false for all later steps.
    """
    whole = int(complete.sum())
    plot.set_series(CAME, x[:whole], value[:whole])
    part = slice(max(0, whole - 1), len(value)) if whole < len(value) else slice(0)
    plot.set_series(CAME_SO_FAR, x[part], value[part])
