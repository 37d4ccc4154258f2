"""A plot with the lines of a training: raw and smoothed, of several runs, and on one of two vertical axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.plots.export.table import Lines
from dreamer_studio.studio.widgets.plots.plot import Plot
from dreamer_studio.studio.widgets.plots.series import SeriesStyle, as_series, si_label, value_near
from dreamer_studio.studio.widgets.plots.training.curve_line import CurveLine, SpreadItem
from dreamer_studio.studio.widgets.plots.training.right_axis import RightAxis
from dreamer_studio.studio.widgets.plots.training.series_history import History


class LinesPlot(Plot):
    """Lines that grow at their end. `History` thins the older part of a very long line."""

    def __init__(
        self,
        theme: Theme,
        series: Sequence[SeriesStyle],
        *,
        name: str,
        x_title: str,
        smoothing_span: int,
        empty_text: str,
        words: Sequence[str],
        parent: QWidget | None,
    ) -> None:
        super().__init__(theme, series, name=name, x_title=x_title, empty_text=empty_text, parent=parent)
        self._smoothing = smoothing_span
        self._words = tuple(words)
        self._curves: dict[str, CurveLine] = {}
        self._groups: dict[str, SpreadItem] = {}
        self._right = RightAxis(self._view)
        for style in series:
            self._curves[style.name] = CurveLine(self._view, style, self._span_of(style))
        self._show_right_axis()

    def add_line(self, style: SeriesStyle) -> None:
        """Add a line. The legend of the plot does not name lines of other runs."""
        line = CurveLine(self._view, style, self._span_of(style))
        line.restyle(self._palette)
        self._curves[style.name] = line
        if style.group and style.group not in self._groups:
            self._groups[style.group] = SpreadItem(self._view, replace(style, name=style.group))
            self._groups[style.group].restyle(self._palette)
        if style.run is None:
            self.styles[style.name] = style
            self._name_lines()
        self._show_right_axis()

    def remove_line(self, name: str) -> None:
        """Remove a line that was added."""
        line = self._curves.pop(name)
        line.remove()
        group = line.style.group
        if group and not self._members(group):
            self._groups.pop(group).remove()
        if self.styles.pop(name, None) is not None:
            self._name_lines()
        self._show_right_axis()
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
        line = self._curves[name]
        line.draw(self._placing(line.style))
        self._draw_groups(line.style.group)
        self._data_changed()

    def history(self, name: str) -> History:
        """Return the points of a line, with their average.

        Raises:
            ValueError: If there is no such line.
        """
        if name not in self._curves:
            raise ValueError(f"there is no line {name!r}, only {', '.join(self._curves)}")
        return self._curves[name].history

    def set_log(self, on: bool) -> None:
        """Make the vertical axes logarithmic or linear. A logarithmic axis shows positive values only."""
        self._right.set_log(on)
        super().set_log(on)

    def changeEvent(self, event: QEvent) -> None:
        """Let the axes follow the size of the text."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._right.resize(self.font())

    def _name_lines(self) -> None:
        """Name the lines in the legend."""
        raise NotImplementedError

    def _span_of(self, style: SeriesStyle) -> int:
        return self._smoothing if style.smoothed else 1

    def _members(self, group: str) -> list[CurveLine]:
        return [line for line in self._curves.values() if line.style.group == group]

    def _side(self, *, right: bool) -> list[CurveLine]:
        """Return the lines of one vertical axis that are drawn by themselves."""
        return [line for line in self._curves.values() if not line.style.group and line.style.right == right]

    def _show_right_axis(self) -> None:
        self._right.show(bool(self._side(right=True)))
        self._right.set_log(self._log)
        self._right.restyle(self._palette)

    def _placing(self, style: SeriesStyle) -> Callable[[Floats], Floats]:
        """Return the function that turns values of a line into positions on the left axis."""
        return (lambda y: self._right.placed(self._on_axis(y))) if style.right else self._on_axis

    def _draw_groups(self, only: str | None = None) -> None:
        """Draw all groups, or only one; an empty name draws none."""
        for name, group in self._groups.items():
            if only is None or only == name:
                group.draw([(line.history.x, line.history.smoothed) for line in self._members(name)], self._on_axis)

    def _lines(self) -> Lines:
        lines = {name: (line.history.x, line.history.y) for name, line in self._curves.items() if not line.style.group}
        return lines | {name: (group.spread.x, group.spread.median) for name, group in self._groups.items()}

    def _left_lines(self) -> Lines:
        right = self._right_lines()
        return {name: values for name, values in self._lines().items() if name not in right}

    def _right_lines(self) -> Lines:
        return {line.style.name: (line.history.x, line.history.y) for line in self._side(right=True)}

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

    def _redraw(self) -> None:
        for line in self._curves.values():
            line.draw(self._placing(line.style))
        self._draw_groups()

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
        return lines + self._group_readouts(x, reach)

    def _brief_lines(self, x: float, reach: float) -> list[str]:
        near = {name: line.history for name, line in self._curves.items() if not line.style.group}
        values = {name: value_near(history.x, history.smoothed, x, reach) for name, history in near.items()}
        lines = [f"{name} {si_label(value, 4)}" for name, value in values.items() if value is not None]
        return lines + self._group_readouts(x, reach)

    def _group_readouts(self, x: float, reach: float) -> list[str]:
        groups = {name: group.values_at(x, reach) for name, group in self._groups.items()}
        return [f"{name} {words}" for name, words in groups.items() if words is not None]

    def _restyle(self, palette: Palette) -> None:
        super()._restyle(palette)
        for line in self._curves.values():
            line.restyle(palette)
        for group in self._groups.values():
            group.restyle(palette)
        self._right.restyle(palette)
