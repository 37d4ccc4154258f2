"""A measure of training over environment steps: raw line, smoothed line, and flags at changed settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.plots.band import Band, BandItem
from dreamer_studio.studio.widgets.plots.graph import add_line, line_pen, set_line
from dreamer_studio.studio.widgets.plots.plot import Limits, Plot
from dreamer_studio.studio.widgets.plots.series import (
    SeriesStyle,
    as_series,
    finite_range,
    nice_range,
    nice_step,
    si_label,
    value_near,
)
from dreamer_studio.studio.widgets.plots.series_history import History
from dreamer_studio.viewing.role import Role

MARKED_POINTS: Final = 200  # most points of an unsmoothed line that get a marker; more would overlap
MARK_SIZE: Final = 5
LEAST_SPAN: Final = 100.0  # least width of the plot in environment steps


@dataclass(frozen=True)
class Reference:
    """A horizontal line for comparison, such as the 3 free nats."""

    value: float
    label: str


class CurvePlot(Plot):
    """Training curves. `History` thins the older part of a very long curve."""

    def __init__(
        self,
        theme: Theme,
        series: Sequence[SeriesStyle],
        *,
        name: str,
        x_title: str = "environment steps",
        smoothing_span: int = 30,
        reference: Reference | None = None,
        empty_text: str = "",
        words: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty plot. The arguments not named here are those of `Plot`.

        Args:
            theme: The colors.
            series: The lines.
            name: The plotted measure.
            x_title: The unit of the horizontal axis.
            smoothing_span: About how many values the strong line averages; 1 draws the values themselves.
            reference: A horizontal line for comparison.
            empty_text: What will fill the plot, and when.
            words: Remarks that the readout can add to a point, such as how an episode ended.
            parent: The owner.
        """
        super().__init__(theme, series, name=name, x_title=x_title, empty_text=empty_text, parent=parent)
        spans = {style.name: smoothing_span if style.smoothed else 1 for style in series}
        self._history = {name: History(span) for name, span in spans.items()}
        self._words = tuple(words)
        self._raw = {name: add_line(self._view) for name, span in spans.items() if span > 1}
        self._smoothed = {style.name: self._add_main_line(style) for style in series}
        self._flags: list[tuple[float, str]] = []
        self._flag_lines = pg.VTickGroup()  # one item for all flags
        self._view.addItem(self._flag_lines, ignoreBounds=True)
        self._reference: Reference | None = None
        self._reference_line = pg.InfiniteLine(angle=0)
        self._view.addItem(self._reference_line, ignoreBounds=True)
        self._band: Band | None = None
        self._band_item = BandItem(self._view)
        if self._raw:
            self.setToolTip(f"Faint: every value. Strong: exponential average over about {smoothing_span} values.")
        self._restyle(theme.palette)
        self.set_reference(reference)

    def append(self, name: str, x: ArrayLike, y: ArrayLike, words: Sequence[str | None] | None = None) -> None:
        """Add points at the end of a line.

        Args:
            name: One of the names given to the constructor.
            x: Environment steps, (n,) or a number, from the end of the line on.
            y: Values, (n,) or a number; values that are not finite leave gaps.
            words: For each point, one of the constructor's words or None.

        Raises:
            ValueError: If there is no such line or word, or the arrays do not match.
        """
        xs, ys = as_series(np.atleast_1d(np.asarray(x)), np.atleast_1d(np.asarray(y)))
        tags = [np.nan if word is None else self._words.index(word) for word in words or [None] * len(xs)]
        self.history(name).extend(xs, ys, np.array(tags))
        self._draw(name)

    def clear(self) -> None:
        """Remove all points and flags."""
        for name, history in self._history.items():
            history.clear()
            self._draw(name)
        self.set_flags([])

    def history(self, name: str) -> History:
        """Return the points of a line, with their average.

        Raises:
            ValueError: If there is no such line.
        """
        if name not in self._history:
            raise ValueError(f"there is no line {name!r}, only {', '.join(self._history)}")
        return self._history[name]

    @property
    def flags(self) -> Sequence[tuple[float, str]]:
        """Return the flags: environment step and text of each changed setting."""
        return self._flags

    def set_flags(self, flags: Sequence[tuple[float, str]]) -> None:
        """Flag changes of settings.

        Args:
            flags: Pairs of environment step and change, such as "training horizon 10 to 15". The readout shows the
                change when the mouse is near the flag.
        """
        if list(flags) == self._flags:
            return
        self._flags = list(flags)
        self._flag_lines.setXVals([x for x, _ in flags])
        self._flag_lines.update()

    def set_reference(self, reference: Reference | None) -> None:
        """Draw a horizontal line for comparison, or none."""
        self._reference = reference
        self._reference_line.setVisible(reference is not None)
        if reference is not None:
            self._reference_line.setPos(reference.value)
        self._name_all()
        self._data_changed()

    def set_band(self, band: Band | None) -> None:
        """Draw a mean with a band behind the lines, or none."""
        self._band = band
        self._band_item.show(band)
        self._name_all()
        self._data_changed()

    def _name_all(self) -> None:
        """Name all lines in the legend, because a word beside a line would cover the data."""
        labels = [against.label for against in (self._reference, self._band) if against is not None]
        named = [SeriesStyle(label, Role.NEUTRAL, dashed=True) for label in labels]
        self.legend.set_series([*self.styles.values(), *named])

    def _draw(self, name: str) -> None:
        history = self._history[name]
        if name in self._raw:
            set_line(self._raw[name], history.x, history.y)
        set_line(self._smoothed[name], history.x, history.smoothed)
        few = len(history) == 1 or (name not in self._raw and len(history) <= MARKED_POINTS)
        self._smoothed[name].setSymbol("o" if few else None)
        self._data_changed()

    def _limits(self) -> Limits | None:
        histories = [history for history in self._history.values() if len(history)]
        across = finite_range(*(history.x for history in histories))
        along = finite_range(*(history.y for history in histories))
        if across is None or along is None:
            return None
        low, high = along
        if self._reference is not None:
            low, high = min(low, self._reference.value), max(high, self._reference.value)
        beside = self._band.between(*across) if self._band is not None else None
        if beside is not None:
            low, high = min(low, beside[0]), max(high, beside[1])
        span = max(across[1] - across[0], LEAST_SPAN)
        step = nice_step(span, 10)
        return across[0], across[0] + step * np.ceil(span / step), *nice_range(low, high)

    def _readout_lines(self, x: float, reach: float) -> list[str]:
        lines = []
        for name, history in self._history.items():
            smoothed = value_near(history.x, history.smoothed, x, reach)
            raw = value_near(history.x, history.y, x, reach)
            if smoothed is not None:
                averaged = f", average {si_label(smoothed, 4)}" if name in self._raw else ""
                tag = value_near(history.x, history.tag, x, reach)
                word = "" if tag is None else f", {self._words[int(tag)]}"
                lines.append(f"{name} {'-' if raw is None else si_label(raw, 4)}{word}{averaged}")
        said = self._band.describe(x) if self._band is not None else None
        lines += [said] if said is not None else []
        lines += [f"change at {si_label(at, 5)}: {text}" for at, text in self._flags if abs(at - x) <= reach]
        return lines

    def _add_main_line(self, style: SeriesStyle) -> pg.PlotDataItem:
        return add_line(self._view, strong=not style.dashed)

    def _restyle(self, palette: Palette) -> None:
        super()._restyle(palette)
        for name, style in self.styles.items():
            main = self._smoothed[name]
            main.setPen(line_pen(palette, style.role, dashed=style.dashed, strong=True))
            main.setSymbolPen(None)
            main.setSymbolBrush(palette.of(style.role))
            main.setSymbolSize(MARK_SIZE)
            if name in self._raw:
                self._raw[name].setPen(line_pen(palette, style.role, faint=True))
        self._flag_lines.setPen(palette.warn, width=1, style=Qt.PenStyle.DashLine)
        self._flag_lines.update()
        self._reference_line.setPen(line_pen(palette, Role.NEUTRAL, dashed=True))
        self._band_item.restyle(palette)
