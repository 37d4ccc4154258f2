"""A plot of groups: the average of each group with its interval, and its runs faintly behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyqtgraph as pg

from dreamer_studio.arrays import Floats
from dreamer_studio.library.groups.scores import Banded
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.plots.axes import Limits
from dreamer_studio.studio.widgets.plots.band import Band, BandItem, Fill
from dreamer_studio.studio.widgets.plots.export.table import Lines
from dreamer_studio.studio.widgets.plots.graph import add_line, faint_color, set_line, style_pen
from dreamer_studio.studio.widgets.plots.plot import Plot
from dreamer_studio.studio.widgets.plots.series import SeriesStyle, finite_range, si_label, value_near
from dreamer_studio.viewing.role import Role

_BEHIND: Final = -5  # z-value: below every line
_SHARE: Final = 0.2  # share of the color in a band
_FAINT: Final = 0.45  # share of the color in the line of a single run
_NOTHING: Final = np.empty(0)


@dataclass(frozen=True, eq=False)
class GroupLine:
    """The curves of a group in a plot.

    Attributes:
        name: its name in the legend.
        x: (T,), positions of the average.
        average: the average with its interval; None if there is none.
        runs: x (n,) and y (n,) of each run behind the average.
    """

    name: str
    x: Floats
    average: Banded | None
    runs: Sequence[tuple[Floats, Floats]] = ()


class GroupPlot(Plot):
    """Draws groups, each in a color and dashes of its own.

    Attributes:
        groups: the groups on show.
    """

    def __init__(self, theme: Theme, *, name: str, x_title: str, empty_text: str, whole: bool) -> None:
        """Make an empty plot. `whole` says whether positions are whole numbers; the rest is as in `Plot`."""
        super().__init__(theme, (), name=name, x_title=x_title, empty_text=empty_text)
        self.groups: tuple[GroupLine, ...] = ()
        self._whole = whole
        self._items: list[_GroupItem] = []
        self._band: Band | None = None
        self._band_item: BandItem | None = None

    @property
    def band(self) -> Band | None:
        """Return the published scores on show, or None."""
        return self._band

    def set_whole(self, whole: bool) -> None:
        """Set whether positions are whole numbers."""
        self._whole = whole

    def set_groups(self, groups: Sequence[GroupLine], band: Band | None = None) -> None:
        """Draw groups, and published scores behind them or none."""
        self.groups, self._band = tuple(groups), band
        self.styles = {
            group.name: SeriesStyle(group.name, Role.NEUTRAL, run=place) for place, group in enumerate(groups)
        }
        against = [] if band is None else [SeriesStyle(band.label, Role.NEUTRAL, dashed=True)]
        self.legend.set_series([*self.styles.values(), *against])
        if self.groups or self._has_view:
            self._fill_items()
        self._data_changed()

    def _fill_items(self) -> None:
        """Give each group an item. Items without a group draw nothing, and stay for later groups."""
        while len(self._items) < len(self.groups):
            self._items.append(_GroupItem(self._view, len(self._items)))
        for place, item in enumerate(self._items):
            item.set_group(self.groups[place] if place < len(self.groups) else None)
        if self._band_item is None:
            self._band_item = BandItem(self._view)
        self._redraw()
        self._restyle(self._palette)

    def _limits(self) -> Limits | None:
        lines = [line for group in self.groups for line in group.runs]
        averages = [(group.x, group.average) for group in self.groups if group.average is not None]
        across = finite_range(*(x for x, _ in lines), *(x for x, _ in averages))
        ends = [end for _, average in averages for end in (average.value, average.low, average.high) if end is not None]
        along = self._along(*(y for _, y in lines), *ends)
        if across is None or along is None:
            return None
        if self._band is not None:
            beside = self._band.between(*across)
            along = along if beside is None else (min(along[0], beside[0]), max(along[1], beside[1]))
        room = 0.5 if across[0] == across[1] else 0.0
        return across[0] - room, across[1] + room, *self._rounded(*along)

    def _lines(self) -> Lines:
        return {group.name: (group.x, group.average.value) for group in self.groups if group.average is not None}

    def _columns(self) -> Lines:
        columns = dict(self._lines())
        for group in self.groups:
            average = group.average
            if average is not None and average.low is not None and average.high is not None:
                columns[f"{group.name} (low end of 95%)"] = group.x, average.low
                columns[f"{group.name} (high end of 95%)"] = group.x, average.high
            columns |= {f"{group.name} (run {number})": run for number, run in enumerate(group.runs, start=1)}
        return columns

    def _redraw(self) -> None:
        for item in self._items:
            item.draw(self._on_axis)
        if self._band_item is not None:
            self._band_item.show(self._band, self._on_axis)

    def _readout_lines(self, x: float, reach: float) -> list[str]:
        described = [_describe(group, x, reach) for group in self.groups]
        published = None if self._band is None else self._band.describe(x)
        return [line for line in (*described, published) if line]

    def _position_text(self, x: float) -> str:
        return super()._position_text(x) if self._whole else f"{self._x_title} {si_label(x, 3)}"

    def _restyle(self, palette: Palette) -> None:
        super()._restyle(palette)
        for item in self._items:
            item.restyle(palette)
        if self._band_item is not None:
            self._band_item.restyle(palette)


class _GroupItem:
    """Draws a group in the color of its place; later another group."""

    def __init__(self, view: Any, place: int) -> None:
        self._view = view
        self._style = SeriesStyle("", Role.NEUTRAL, run=place)
        self._group: GroupLine | None = None
        self._fill = Fill(view, z=_BEHIND, share=_SHARE)
        self._runs: list[Any] = []
        self._main = add_line(view, strong=True)
        self._main.setZValue(1)
        self._dots = pg.ScatterPlotItem(symbol="o", size=5, pen=None)
        view.addItem(self._dots, ignoreBounds=True)

    def set_group(self, group: GroupLine | None) -> None:
        """Take a group, or none; `draw` draws it."""
        self._group = group
        while group is not None and len(self._runs) < len(group.runs):
            self._runs.append(add_line(self._view))

    def draw(self, on_axis: Callable[[Floats], Floats]) -> None:
        """Draw the group; `on_axis` turns values into positions on the vertical axis."""
        group = self._group
        lines = [] if group is None else list(group.runs)
        for number, line in enumerate(self._runs):
            x, y = lines[number] if number < len(lines) else (_NOTHING, _NOTHING)
            set_line(line, x, on_axis(y))
        average = None if group is None else group.average
        x, y = (_NOTHING, _NOTHING) if group is None or average is None else (group.x, on_axis(average.value))
        set_line(self._main, x, y)
        self._dots.setData(*((x, y) if len(x) == 1 else (_NOTHING, _NOTHING)))
        low, high = (None, None) if average is None else (average.low, average.high)
        self._fill.set_visible(low is not None)
        if low is not None and high is not None:
            self._fill.draw(x, on_axis(low), on_axis(high))

    def restyle(self, palette: Palette) -> None:
        """Use the colors of a palette."""
        pen = style_pen(palette, self._style, strong=True)
        pen.setWidthF(2.0)
        self._main.setPen(pen)
        self._dots.setBrush(pen.color())
        self._fill.set_color(pen.color())
        for line in self._runs:
            line.setPen(pg.mkPen(faint_color(palette, pen.color(), _FAINT), width=1))


def _describe(group: GroupLine, x: float, reach: float) -> str:
    """Return a group's values near a position in words; empty if it has none there."""
    average = group.average
    value = None if average is None else value_near(group.x, average.value, x, reach)
    if average is None or value is None:
        return ""
    if average.low is None or average.high is None:
        return f"{group.name} {si_label(value, 4)}"
    low, high = value_near(group.x, average.low, x, reach), value_near(group.x, average.high, x, reach)
    if low is None or high is None:
        return f"{group.name} {si_label(value, 4)}"
    return f"{group.name} {si_label(value, 4)}, 95%: {si_label(low, 4)} to {si_label(high, 4)}"
