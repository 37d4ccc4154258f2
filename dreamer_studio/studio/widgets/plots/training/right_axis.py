"""A second vertical axis on the right, for lines in another unit or of another size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QFont

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette
from dreamer_studio.studio.widgets.plots.graph import SiAxis, keep_drawn, size_axis

Ends = tuple[float, float]


class RightTicks(SiAxis):
    """Labels positions of the left axis with the values of the right one.

    Attributes:
        shift, factor: a value `v` of the right axis, or its decimal logarithm, stands at `shift + factor * v`.
    """

    shift, factor = 0.0, 1.0

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the positions of the ticks, with the distance of their values."""
        ticks = super().tickValues((low - self.shift) / self.factor, (high - self.shift) / self.factor, size)
        return [(apart, [self.shift + self.factor * value for value in values]) for apart, values in ticks]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the label of each tick."""
        return super().tickStrings([(position - self.shift) / self.factor for position in values], scale, spacing)


class RightAxis:
    """Draws the axis, and places values on it. The axis is hidden until a line needs it.

    Attributes:
        fitted: whether `fit` has set the range.

    Args:
        view: pyqtgraph's view of the plot.
    """

    def __init__(self, view: Any) -> None:
        self.fitted = False
        self._view = view
        self._ticks: RightTicks | None = None

    def show(self, on: bool) -> None:
        """Show the axis, or hide it."""
        if on and self._ticks is None:
            self._ticks = RightTicks("right")
            self._ticks.enableAutoSIPrefix(False)
            self._ticks.setStyle(tickLength=0, autoExpandTextSpace=False, maxTickLevel=0)
            self._view.setAxisItems({"right": self._ticks})
            self._ticks.linkedViewChanged(self._view.getViewBox())  # otherwise the range waits for the next change
            keep_drawn(self._ticks)
            self.resize(self._view.font())
        if self._ticks is not None:
            self._view.showAxis("right", on)

    def fit(self, left: Ends, right: Ends) -> bool:
        """Put the ends of the right range beside those of the left one. Return whether any value has moved.

        Args:
            left: positions on the left axis.
            right: values of the right axis, or their decimal logarithms.
        """
        assert self._ticks is not None
        factor = (left[1] - left[0]) / (right[1] - right[0])
        shift = left[0] - factor * right[0]
        if self.fitted and (shift, factor) == (self._ticks.shift, self._ticks.factor):
            return False
        self.fitted = True
        self._ticks.shift, self._ticks.factor = shift, factor
        self._draw_again()
        return True

    def set_log(self, on: bool) -> None:
        """Make the axis logarithmic or linear."""
        if self._ticks is not None:
            self._ticks.log = on
            self._draw_again()

    def placed(self, values: Floats) -> Floats:
        """Return the positions on the left axis of values (n,) or of their decimal logarithms."""
        return values if self._ticks is None else self._ticks.shift + self._ticks.factor * values

    def resize(self, text: QFont) -> None:
        """Follow the size of the text."""
        if self._ticks is not None:
            size_axis(self._ticks, text)

    def restyle(self, palette: Palette) -> None:
        """Use the colors of a palette."""
        if self._ticks is not None:
            self._ticks.setPen(pg.mkPen(palette.border))
            self._ticks.setTickPen(pg.mkPen(palette.border))
            self._ticks.setTextPen(pg.mkPen(palette.muted))

    def _draw_again(self) -> None:
        assert self._ticks is not None
        self._ticks.picture = None
        self._ticks.update()
