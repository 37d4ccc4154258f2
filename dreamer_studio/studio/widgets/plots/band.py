"""Comparisons for the lines of a plot: a horizontal line, and a mean with a band."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette
from dreamer_studio.studio.widgets.plots.graph import line_pen
from dreamer_studio.studio.widgets.plots.series import SeriesStyle, si_label
from dreamer_studio.viewing.role import Role

_BEHIND = -10  # z-value: below every line
_SHARE = 0.16  # share of the color in the background


@dataclass(frozen=True)
class Reference:
    """A horizontal line for comparison, such as the 3 free nats."""

    value: float
    label: str


@dataclass(frozen=True, eq=False)
class Band:
    """A reference: its name, and mean and deviation (n,) at ascending positions (n,)."""

    label: str
    x: Floats
    mean: Floats
    std: Floats

    def between(self, left: float, right: float) -> tuple[float, float] | None:
        """Return the least and greatest value between two positions, or None outside the band."""
        left, right = max(left, self.x[0]), min(right, self.x[-1])
        if left > right:
            return None
        inside = self.x[(self.x > left) & (self.x < right)]
        at = np.concatenate([[left], inside, [right]])
        mean, std = np.interp(at, self.x, self.mean), np.interp(at, self.x, self.std)
        return float((mean - std).min()), float((mean + std).max())

    def describe(self, at: float) -> str | None:
        """Describe the values at a position, or return None outside the band."""
        if not self.x[0] <= at <= self.x[-1]:
            return None
        mean, std = np.interp(at, self.x, self.mean), np.interp(at, self.x, self.std)
        return f"{self.label} {si_label(mean, 4)} \N{PLUS-MINUS SIGN} {si_label(std, 3)}"


class Fill:
    """Fills the area between two curves.

    Args:
        view: pyqtgraph's view.
        z: the z-value; lines have 0.
        share: share of the color in the area.
    """

    def __init__(self, view: Any, *, z: float, share: float) -> None:
        self._view, self._share = view, share
        self._edges = [pg.PlotCurveItem() for _ in range(2)]
        self._area = pg.FillBetweenItem(*self._edges)
        self._area.setZValue(z)
        view.addItem(self._area, ignoreBounds=True)

    def draw(self, x: Floats, low: Floats, high: Floats) -> None:
        """Fill the area between `low` and `high` (n,) at the positions `x` (n,), wherever both are finite."""
        placed = np.isfinite(low) & np.isfinite(high)
        for edge, end in zip(self._edges, (low, high), strict=True):
            edge.setData(x[placed], end[placed])

    def set_visible(self, visible: bool) -> None:
        """Show or hide the area."""
        self._area.setVisible(visible)

    def set_color(self, color: QColor) -> None:
        """Fill with a share of a color."""
        color = QColor(color)
        color.setAlphaF(self._share)
        self._area.setBrush(color)

    def remove(self) -> None:
        """Take the area out of the view."""
        self._view.removeItem(self._area)


class BandItem:
    """A band in a plot. It never moves the axes."""

    def __init__(self, view: Any, role: Role = Role.NEUTRAL) -> None:
        self._role = role
        self._fill = Fill(view, z=_BEHIND, share=_SHARE)
        self._mean = pg.PlotDataItem(antialias=True)
        self._mean.setZValue(_BEHIND)
        view.addItem(self._mean, ignoreBounds=True)
        self.show(None)

    def show(self, band: Band | None, on_axis: Callable[[Floats], Floats] = lambda y: y) -> None:
        """Draw a band, or none; `on_axis` turns values into positions on the vertical axis."""
        self._fill.set_visible(band is not None)
        self._mean.setVisible(band is not None)
        if band is not None:
            self._fill.draw(band.x, on_axis(band.mean - band.std), on_axis(band.mean + band.std))
            self._mean.setData(band.x, on_axis(band.mean))

    def restyle(self, palette: Palette) -> None:
        """Use the colors of a palette."""
        self._fill.set_color(QColor(palette.of(self._role)))
        self._mean.setPen(line_pen(palette, self._role, dashed=True))


class Backdrop:
    """Draws a reference and a band behind the lines of a view.

    Attributes:
        reference, band: the drawn comparisons, or None.
    """

    def __init__(self, view: Any) -> None:
        self.reference: Reference | None = None
        self.band: Band | None = None
        self._line = pg.InfiniteLine(angle=0)
        view.addItem(self._line, ignoreBounds=True)
        self._area = BandItem(view)

    def draw(self, on_axis: Callable[[Floats], Floats]) -> None:
        """Draw both; `on_axis` turns values into positions on the vertical axis."""
        self._area.show(self.band, on_axis)
        height = np.nan if self.reference is None else float(on_axis(np.array([self.reference.value]))[0])
        self._line.setVisible(bool(np.isfinite(height)))
        if np.isfinite(height):
            self._line.setPos(height)

    def styles(self) -> list[SeriesStyle]:
        """Return the entries of the legend, because a word beside a line would cover the data."""
        labels = [against.label for against in (self.reference, self.band) if against is not None]
        return [SeriesStyle(label, Role.NEUTRAL, dashed=True) for label in labels]

    def values(self, left: float, right: float) -> list[float]:
        """Return the values between two positions that should be in sight."""
        values = [] if self.reference is None else [self.reference.value]
        beside = None if self.band is None else self.band.between(left, right)
        return values + ([] if beside is None else list(beside))

    def describe(self, x: float) -> list[str]:
        """Describe the band at a position in one line, or return no line outside the band."""
        said = None if self.band is None else self.band.describe(x)
        return [] if said is None else [said]

    def restyle(self, palette: Palette) -> None:
        """Use the colors of a palette."""
        self._line.setPen(line_pen(palette, Role.NEUTRAL, dashed=True))
        self._area.restyle(palette)
