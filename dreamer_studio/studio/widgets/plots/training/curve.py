"""A measure of training over steps, updates or hours: raw and smoothed lines, flags at changed settings, and marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.plots.axes import Limits, Span
from dreamer_studio.studio.widgets.plots.band import Backdrop, Band, Reference
from dreamer_studio.studio.widgets.plots.export.table import within
from dreamer_studio.studio.widgets.plots.plot import READOUT_REACH
from dreamer_studio.studio.widgets.plots.series import SeriesStyle, finite_range, nice_step, si_label
from dreamer_studio.studio.widgets.plots.training.lines import LinesPlot
from dreamer_studio.studio.widgets.plots.training.marks import HEIGHT, FlagLines, Mark, MarkTicks
from dreamer_studio.studio.widgets.text import mute, scaled_font

_ROOM: Final = 0.3  # share of the usual range that is added to it above and below
_MUCH: Final = 2.0  # how many times larger the range of all values must be before outliers are left out


@dataclass(frozen=True)
class Across:
    """The unit of the horizontal axis, and the least width of the plot in it."""

    title: str
    least: float


STEPS: Final = Across("environment steps", 100.0)


class CurvePlot(LinesPlot):
    """Training curves: their unit and smoothing, the range of the axes, and everything beside the lines."""

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
        super().__init__(
            theme,
            series,
            name=name,
            x_title=across.title,
            smoothing_span=smoothing_span,
            empty_text=empty_text,
            words=words,
            parent=parent,
        )
        self._across = across
        self._robust = False
        self._hidden: tuple[str, str] = "", ""
        self._left: Span | None = None
        self._outliers = _make_outliers_label(self._view)
        self._flags = FlagLines(self._view)
        self._ticks = MarkTicks(self._view)
        self._backdrop = Backdrop(self._view)
        self._restyle(theme.palette)
        self.set_reference(reference)
        self._say_smoothing()

    def clear(self) -> None:
        """Remove all points, flags and marks."""
        self.restart(self._across, self._smoothing)

    def restart(self, across: Across, smoothing_span: int) -> None:
        """Remove all points, flags and marks, and set the unit and the smoothing of the next points."""
        self._across, self._smoothing = across, smoothing_span
        self.set_x_title(across.title)
        for line in self._curves.values():
            line.clear(self._span_of(line.style))
        self._redraw()
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
        self._redraw()
        self._say_smoothing()
        self._data_changed()
        return True

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

    def fit(self) -> None:
        """Hold, and fit both vertical axes to the values in sight."""
        super().fit()
        left, right, *_ = self.visible_range()
        lines = within(
            {line.style.name: (line.history.x, line.history.y) for line in self._side(right=True)}, left, right
        )
        along = self._along(*(y for _, y in lines.values()))
        self._fit_right(None if along is None else self._rounded(*along))

    def _say_smoothing(self) -> None:
        averaged = f"Faint: every value. Strong: exponential average over about {self._smoothing} values."
        self.setToolTip(averaged if any(line.averages for line in self._curves.values()) else "")

    def _show_backdrop(self) -> None:
        self._backdrop.draw(self._on_axis)
        self._name_lines()
        self._data_changed()

    def _name_lines(self) -> None:
        self.legend.set_series([*self.styles.values(), *self._backdrop.styles()])

    def _named_in_figures(self) -> Sequence[SeriesStyle]:
        """Return all lines. The legend of the plot leaves out other runs, because the workspace names them."""
        lines = [line.style for line in self._curves.values() if not line.style.group]
        return [*lines, *(group.style for group in self._groups.values()), *self._backdrop.styles()]

    def _redraw(self) -> None:
        super()._redraw()
        self._backdrop.draw(self._on_axis)

    def _limits(self) -> Limits | None:
        histories = [line.history for line in self._curves.values() if len(line.history)]
        across = finite_range(*(history.x for history in histories))
        along = self._along(*(line.history.y for line in self._side(right=False)), *self._group_values())
        if across is None or along is None:
            return None
        beside = self._along(np.array(self._backdrop.values(*across)))
        low, high = self._usual(along, self._usual_values(right=False))
        if beside is not None:
            low, high = min(low, beside[0]), max(high, beside[1])
        span = max(across[1] - across[0], self._across.least)
        step = nice_step(span, 10)
        bottom, top = self._rounded(low, high)
        self._hidden = _beyond(along, (bottom, top)), ""
        return across[0], across[0] + step * np.ceil(span / step), bottom, top

    def _right_limits(self) -> Span | None:
        """Return the limits of the right axis, or None without values for it."""
        along = self._along(*(line.history.y for line in self._side(right=True)))
        if along is None:
            return None
        limits = self._rounded(*self._usual(along, self._usual_values(right=True)))
        self._hidden = self._hidden[0], _beyond(along, limits)
        return limits

    def _fit(self, limits: Limits | None) -> None:
        super()._fit(limits)
        right = self._right_limits()
        if self._following or not self._right.fitted:
            self._fit_right(right)

    def _set_range(self, limits: Limits) -> None:
        super()._set_range(limits)
        self._left = limits[2:]

    def _fit_right(self, right: Span | None) -> None:
        """Put the limits of the right axis beside those of the left one."""
        if self._left is None or right is None:
            return
        if self._right.fit(self._on_axis_all(self._left), self._on_axis_all(right)):
            for line in self._side(right=True):
                line.draw(self._placing(line.style))

    def _on_axis_all(self, span: Span) -> Span:
        low, high = self._on_axis(np.array(span)).tolist()
        return low, high

    def _group_values(self) -> list[Floats]:
        return [values for group in self._groups.values() for values in (group.spread.low, group.spread.high)]

    def _usual_values(self, *, right: bool) -> list[Floats]:
        """Return the values of one vertical axis, without the extremes."""
        groups = [] if right else [group.usual_values() for group in self._groups.values()]
        return [*(line.usual_values() for line in self._side(right=right)), *groups]

    def _usual(self, along: Span, values: Sequence[Floats]) -> Span:
        """Return the range of usual values, if that is much smaller than the range of all values."""
        usual = self._along(*values) if self._robust else None
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
        self._place_overlays()

    def _place_overlays(self) -> None:
        super()._place_overlays()
        left, right = (self._view.getAxis(side).width() for side in ("left", "right"))
        self._outliers.setText(self._outliers_text(round(self._view.width() - left - right)))
        self._outliers.setVisible(bool(self._outliers.text()))
        self._outliers.adjustSize()
        middle = round(left + self._view.width() - right) // 2  # readouts have corners
        self._outliers.move(middle - self._outliers.width() // 2, 1)

    def _outliers_text(self, room: int) -> str:
        """Describe the values beyond the axes, in fewer words if they do not fit into `room` pixels."""
        sides = [f"{side}{beyond}" for side, beyond in zip(("", "right "), self._hidden, strict=True) if beyond]
        text = f"outliers {', '.join(sides)}" if sides else ""
        fits = self._outliers.fontMetrics().horizontalAdvance(text) <= room
        return text if fits else "outliers beyond the axes"

    def _readout_lines(self, x: float, reach: float) -> list[str]:
        marks = [mark.text for mark in self._ticks.near(x, reach)]
        beside = self._backdrop.describe(x) + self._flags.describe(x, reach) + marks
        return super()._readout_lines(x, reach) + beside

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
        for part in (self._ticks, self._flags, self._backdrop):
            part.restyle(palette)


def _beyond(along: Span, limits: Span) -> str:
    """Describe the values beyond the limits of an axis, or return an empty text."""
    rounding = 1e-9 * (limits[1] - limits[0])
    below = [f"down to {si_label(along[0], 3)}"] if along[0] < limits[0] - rounding else []
    above = [f"up to {si_label(along[1], 3)}"] if along[1] > limits[1] + rounding else []
    return " and ".join(below + above)


def _make_outliers_label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setFont(scaled_font(label.font(), 0.85))
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    mute(label)
    label.hide()
    return label
