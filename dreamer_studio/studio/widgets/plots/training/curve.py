"""A measure of training over steps, updates or hours: raw and smoothed lines, flags at changed settings, and marks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.plots.axes import Limits, Span
from dreamer_studio.studio.widgets.plots.band import Backdrop, Band, Reference
from dreamer_studio.studio.widgets.plots.export.table import Lines
from dreamer_studio.studio.widgets.plots.plot import READOUT_REACH, Plot
from dreamer_studio.studio.widgets.plots.series import (
    SeriesStyle,
    as_series,
    finite_range,
    nice_step,
    si_label,
    value_near,
)
from dreamer_studio.studio.widgets.plots.training.curve_line import CurveLine, SpreadItem
from dreamer_studio.studio.widgets.plots.training.marks import HEIGHT, FlagLines, Mark, MarkTicks
from dreamer_studio.studio.widgets.plots.training.series_history import History
from dreamer_studio.studio.widgets.text import mute, scaled_font

_ROOM: Final = 0.3  # share of the usual range that is added to it above and below
_MUCH: Final = 2.0  # how many times larger the range of all values must be before outliers are left out


@dataclass(frozen=True)
class Across:
    """The unit of the horizontal axis, and the least width of the plot in it."""

    title: str
    least: float


STEPS: Final = Across("environment steps", 100.0)


class CurvePlot(Plot):
    """Training curves. `History` thins the older part of a very long curve."""

    markPicked: ClassVar[Signal] = Signal(object)
    """Emitted when the user clicks a mark, with the `Mark`."""

    def __init__(
        self,
        theme: Theme,
        series: Sequence[SeriesStyle],
        *,
        name: str,
        across: Across = STEPS,
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
            across: The unit of the horizontal axis.
            smoothing_span: About how many values the strong line averages; 1 draws the values themselves.
            reference: A horizontal line for comparison.
            empty_text: What will fill the plot, and when.
            words: Remarks that the readout can add to a point, such as how an episode ended.
            parent: The owner.
        """
        super().__init__(theme, series, name=name, x_title=across.title, empty_text=empty_text, parent=parent)
        self._across = across
        self._smoothing = smoothing_span
        self._words = tuple(words)
        self._curves: dict[str, CurveLine] = {}
        self._groups: dict[str, SpreadItem] = {}
        self._robust = False
        self._hidden = ""
        self._outliers = _make_outliers_label(self._view)
        self._flags = FlagLines(self._view)
        self._ticks = MarkTicks(self._view)
        self._backdrop = Backdrop(self._view)
        for style in series:
            self._curves[style.name] = CurveLine(self._view, style, self._span_of(style))
        self._restyle(theme.palette)
        self.set_reference(reference)
        self._say_smoothing()

    def add_line(self, style: SeriesStyle) -> None:
        """Add a line, such as one of another run. The legend of the plot does not name it."""
        line = CurveLine(self._view, style, self._span_of(style))
        line.restyle(self._palette)
        self._curves[style.name] = line
        if style.group and style.group not in self._groups:
            self._groups[style.group] = SpreadItem(self._view, replace(style, name=style.group))
            self._groups[style.group].restyle(self._palette)

    def remove_line(self, name: str) -> None:
        """Remove a line that was added."""
        line = self._curves.pop(name)
        line.remove()
        group = line.style.group
        if group and not self._members(group):
            self._groups.pop(group).remove()
        self._draw_groups()
        self._data_changed()

    def append(self, name: str, x: ArrayLike, y: ArrayLike, words: Sequence[str | None] | None = None) -> None:
        """Add points at the end of a line.

        Args:
            name: The name of a line.
            x: Positions, (n,) or a number, from the end of the line on.
            y: Values, (n,) or a number; values that are not finite leave gaps.
            words: For each point, one of the constructor's words or None.

        Raises:
            ValueError: If there is no such line or word, or the arrays do not match.
        """
        xs, ys = as_series(np.atleast_1d(np.asarray(x)), np.atleast_1d(np.asarray(y)))
        tags = None
        if words is not None:
            tags = np.array([np.nan if word is None else self._words.index(word) for word in words])
        self.history(name).extend(xs, ys, tags)
        self._curves[name].draw(self._on_axis)
        self._draw_groups(self._curves[name].style.group)
        self._data_changed()

    def clear(self) -> None:
        """Remove all points, flags and marks."""
        self.restart(self._across, self._smoothing)

    def restart(self, across: Across, smoothing_span: int) -> None:
        """Remove all points, flags and marks, and set the unit and the smoothing of the next points."""
        self._across, self._smoothing = across, smoothing_span
        self.set_x_title(across.title)
        for line in self._curves.values():
            line.clear(self._span_of(line.style))
            line.draw(self._on_axis)
        self._draw_groups()
        self.set_flags([])
        self.set_marks([])
        self._say_smoothing()
        self._data_changed()

    def smooth(self, span: int) -> bool:
        """Average over another number of values. Return False if a line is thinned, so that it must be read again."""
        if any(line.history.thinned for line in self._curves.values()):
            return False
        self._smoothing = span
        for line in self._curves.values():
            line.smooth(self._span_of(line.style))
            line.draw(self._on_axis)
        self._draw_groups()
        self._say_smoothing()
        self._data_changed()
        return True

    def history(self, name: str) -> History:
        """Return the points of a line, with their average.

        Raises:
            ValueError: If there is no such line.
        """
        if name not in self._curves:
            raise ValueError(f"there is no line {name!r}, only {', '.join(self._curves)}")
        return self._curves[name].history

    @property
    def flags(self) -> Sequence[tuple[float, str]]:
        """Return the flags: position and text of each changed setting."""
        return self._flags.flags

    @property
    def marks(self) -> Sequence[Mark]:
        """Return the marks."""
        return self._ticks.marks

    def set_flags(self, flags: Sequence[tuple[float, str]]) -> None:
        """Flag changes of settings.

        Args:
            flags: Pairs of position and change, such as "training horizon 10 to 15". The readout shows the change
                when the mouse is near the flag.
        """
        self._flags.show(flags)

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark positions on the lower edge."""
        if tuple(marks) != self._ticks.marks:
            self._ticks.show(marks)

    def set_robust(self, on: bool) -> None:
        """Leave outliers out of sight if they would more than double the height, or show all values."""
        if on != self._robust:
            self._robust = on
            self._data_changed()

    def set_reference(self, reference: Reference | None) -> None:
        """Draw a horizontal line for comparison, or none."""
        self._backdrop.reference = reference
        self._show_backdrop()

    def set_band(self, band: Band | None) -> None:
        """Draw a mean with a band behind the lines, or none."""
        self._backdrop.band = band
        self._show_backdrop()

    def _span_of(self, style: SeriesStyle) -> int:
        return self._smoothing if style.smoothed else 1

    def _say_smoothing(self) -> None:
        averaged = f"Faint: every value. Strong: exponential average over about {self._smoothing} values."
        self.setToolTip(averaged if any(line.averages for line in self._curves.values()) else "")

    def _show_backdrop(self) -> None:
        self._backdrop.draw(self._on_axis)
        self.legend.set_series([*self.styles.values(), *self._backdrop.styles()])
        self._data_changed()

    def _members(self, group: str) -> list[CurveLine]:
        return [line for line in self._curves.values() if line.style.group == group]

    def _draw_groups(self, only: str | None = None) -> None:
        """Draw all groups, or only one; an empty name draws none."""
        for name, group in self._groups.items():
            if only is None or only == name:
                group.draw([(line.history.x, line.history.smoothed) for line in self._members(name)], self._on_axis)

    def _lines(self) -> Lines:
        lines = {name: (line.history.x, line.history.y) for name, line in self._curves.items() if not line.style.group}
        return lines | {name: (group.spread.x, group.spread.median) for name, group in self._groups.items()}

    def _columns(self) -> Lines:
        columns = {}
        for name, line in self._curves.items():
            columns[name] = line.history.x, line.history.y
            if line.averages:
                columns[f"{name} (average)"] = line.history.x, line.history.smoothed
        for name, group in self._groups.items():
            spread = group.spread
            for what, values in (("median", spread.median), ("lowest", spread.low), ("highest", spread.high)):
                columns[f"{name} ({what})"] = spread.x, values
        return columns

    def _named_in_figures(self) -> Sequence[SeriesStyle]:
        """Return all lines. The legend of the plot leaves out other runs, because the workspace names them."""
        lines = [line.style for line in self._curves.values() if not line.style.group]
        return [*lines, *(group.style for group in self._groups.values()), *self._backdrop.styles()]

    def _redraw(self) -> None:
        for line in self._curves.values():
            line.draw(self._on_axis)
        self._draw_groups()
        self._backdrop.draw(self._on_axis)

    def _limits(self) -> Limits | None:
        histories = [line.history for line in self._curves.values() if len(line.history)]
        across = finite_range(*(history.x for history in histories))
        along = self._along(
            *(line.history.y for line in self._curves.values() if not line.style.group), *self._group_values()
        )
        if across is None or along is None:
            return None
        beside = self._along(np.array(self._backdrop.values(*across)))
        low, high = self._usual(along)
        if beside is not None:
            low, high = min(low, beside[0]), max(high, beside[1])
        span = max(across[1] - across[0], self._across.least)
        step = nice_step(span, 10)
        bottom, top = self._rounded(low, high)
        rounding = 1e-9 * (top - bottom)
        below = [f"down to {si_label(along[0], 3)}"] if along[0] < bottom - rounding else []
        above = [f"up to {si_label(along[1], 3)}"] if along[1] > top + rounding else []
        self._hidden = f"outliers {' and '.join(below + above)}" if below or above else ""
        return across[0], across[0] + step * np.ceil(span / step), bottom, top

    def _group_values(self) -> list[Floats]:
        return [values for group in self._groups.values() for values in (group.spread.low, group.spread.high)]

    def _usual(self, along: Span) -> Span:
        """Return the range without outliers, if that is much smaller than the range of all values."""
        if not self._robust:
            return along
        usual = self._along(
            *(line.usual_values() for line in self._curves.values() if not line.style.group),
            *(group.usual_values() for group in self._groups.values()),
        )
        if usual is None:
            return along
        least, most = self._on_axis(np.array(along))
        low, high = self._on_axis(np.array(usual))
        room = _ROOM * (high - low)
        low, high = max(low - room, least), min(high + room, most)
        if most - least <= _MUCH * (high - low):
            return along
        return (float(10.0**low), float(10.0**high)) if self._log else (float(low), float(high))

    def _data_changed(self) -> None:
        super()._data_changed()
        self._outliers.setText(self._hidden)
        self._outliers.setVisible(bool(self._hidden))
        self._outliers.adjustSize()
        self._place_overlays()

    def _place_overlays(self) -> None:
        super()._place_overlays()
        axis = round(self._view.getAxis("left").width())
        self._outliers.move((axis + self._view.width() - self._outliers.width()) // 2, 1)  # readouts have corners

    def _readout_lines(self, x: float, reach: float) -> list[str]:
        lines = []
        for name, line in self._curves.items():
            if line.style.group:
                continue
            history = line.history
            smoothed = value_near(history.x, history.smoothed, x, reach)
            raw = value_near(history.x, history.y, x, reach)
            if smoothed is not None:
                averaged = f", average {si_label(smoothed, 4)}" if line.averages else ""
                tag = value_near(history.x, history.tag, x, reach)
                word = "" if tag is None else f", {self._words[int(tag)]}"
                lines.append(f"{name} {'-' if raw is None else si_label(raw, 4)}{word}{averaged}")
        for name, group in self._groups.items():
            values = group.values_at(x, reach)
            lines += [] if values is None else [f"{name} {values}"]
        marks = [mark.text for mark in self._ticks.near(x, reach)]
        return lines + self._backdrop.describe(x) + self._flags.describe(x, reach) + marks

    def _brief_lines(self, x: float, reach: float) -> list[str]:
        near = {name: line.history for name, line in self._curves.items() if not line.style.group}
        values = {name: value_near(history.x, history.smoothed, x, reach) for name, history in near.items()}
        lines = [f"{name} {si_label(value, 4)}" for name, value in values.items() if value is not None]
        groups = {name: group.values_at(x, reach) for name, group in self._groups.items()}
        return lines + [f"{name} {words}" for name, words in groups.items() if words is not None]

    def _position_text(self, x: float) -> str:
        if self._across.least < 1:
            return f"{self._across.title} {si_label(x, 3)}"
        return super()._position_text(x)

    def _pick(self, position: QPointF, share: float) -> None:
        """Pick the mark under the mouse, if the mouse is near the lower edge; else the position."""
        near = self._ticks.near(position.x(), READOUT_REACH * self._view.getViewBox().viewPixelSize()[0])
        if near and share > 1 - 3 * HEIGHT:
            self.markPicked.emit(near[0])
        else:
            super()._pick(position, share)

    def _restyle(self, palette: Palette) -> None:
        super()._restyle(palette)
        for line in self._curves.values():
            line.restyle(palette)
        for group in self._groups.values():
            group.restyle(palette)
        for part in (self._ticks, self._flags, self._backdrop):
            part.restyle(palette)


def _make_outliers_label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setFont(scaled_font(label.font(), 0.85))
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    mute(label)
    label.hide()
    return label
