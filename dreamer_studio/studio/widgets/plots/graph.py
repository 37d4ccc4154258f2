"""pyqtgraph with our settings: one view, its axes, and lines that stay cheap at any length."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPen
from PySide6.QtWidgets import QFrame, QGraphicsItem

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette
from dreamer_studio.studio.widgets.plots.run_colors import run_color, run_pattern
from dreamer_studio.studio.widgets.plots.series import SeriesStyle, log_ticks, si_label
from dreamer_studio.studio.widgets.text import scaled_font
from dreamer_studio.viewing.role import Role

DOTS: Final = (1, 3)
"""Dots and the gaps between them, in widths of the line."""

DASHES_AND_DOTS: Final = (6, 3, 1, 3)
"""Dashes, dots and the gaps after them, in widths of the line."""


class SiAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """An axis that writes 50k instead of 50000.

    Attributes:
        log: whether the axis is logarithmic. Its positions are then decimal logarithms of the values.
        titled: whether there is room for the title.
    """

    log = False
    titled = True

    def showLabel(self, show: bool = True) -> None:
        """Show the title if there is room, or hide the title."""
        super().showLabel(show and self.titled)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the positions of the ticks, with their distance."""
        if self.log:
            return [(1.0, [math.log10(value) for value in log_ticks(10.0**low, 10.0**high)])]
        return super().tickValues(low, high, size)  # type: ignore[no-any-return]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the label of each tick."""
        if self.log:
            return [si_label(10.0**value, 3) for value in values]
        return [si_label(0.0 if abs(value) < 1e-9 * spacing else value) for value in values]


def make_view(x_title: str) -> Any:
    """Return an empty `PlotWidget` that drags and zooms along x only, without pyqtgraph's menus and buttons."""
    axes = {side: SiAxis(side) for side in ("left", "bottom")}
    view = pg.PlotWidget(axisItems=axes, enableMenu=False)
    view.hideButtons()
    view.setMouseEnabled(x=True, y=False)
    view.disableAutoRange()
    # Set here and not on the lines, because a view overrides its lines' settings when it adds them.
    view.setDownsampling(auto=True, mode="peak")
    view.setClipToView(True)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for side in ("bottom", "left"):
        axes[side].enableAutoSIPrefix(False)
        axes[side].setStyle(tickLength=0, autoExpandTextSpace=False, maxTickLevel=0)
        keep_drawn(axes[side])
    axes["bottom"].setLabel(x_title)
    axes["left"].setGrid(255)
    size_axes(view, view.font())
    return view


def size_axes(view: Any, text: QFont) -> None:
    """Give the axes a font somewhat smaller than the usual text, and room for it."""
    for side in ("bottom", "left"):
        size_axis(view.getAxis(side), text)


def size_axis(axis: Any, text: QFont) -> None:
    """Give an axis a font somewhat smaller than the usual text, and room for it."""
    font = scaled_font(text, 0.88)
    axis.setStyle(tickFont=font)
    axis.label.setFont(font)
    # Fixed, so that the plot does not shift when a label grows by a digit.
    metrics = QFontMetrics(font)
    if axis.orientation == "bottom":
        axis.setHeight((2 if axis.titled else 1) * metrics.height() + 6)
    else:
        axis.setWidth(metrics.horizontalAdvance("-0.000") + 4)


def keep_drawn(item: QGraphicsItem) -> None:
    """Draw a static item once and keep its image, because Python takes some ms for each drawing."""
    item.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)


def color_view(view: Any, palette: Palette) -> None:
    """Give a view's background, axes and titles the colors of a palette."""
    view.setBackground(palette.surface)
    for side in ("left", "bottom"):
        axis = view.getAxis(side)
        axis.setPen(pg.mkPen(palette.border))
        axis.setTickPen(pg.mkPen(palette.border))
        axis.setTextPen(pg.mkPen(palette.muted))
        axis.setLabel(axis.labelText, color=palette.muted)


def add_line(view: Any, *, strong: bool = False) -> Any:
    """Add an empty line that draws about one point per pixel, however many points its data have.

    Qt strokes a pen wider than 1 many times slower: 3000 noisy points take 3 ms at width 1 and 15 ms at width 1.5.
    A strong line is drawn segment by segment instead, which halves that time. It suits smooth data without dashes.
    """
    line = pg.PlotDataItem(antialias=True)
    line.opts["autoDownsampleFactor"] = 0.5  # the least and the greatest point of every two pixels
    if strong:
        line.curve.setSegmentedLineMode("on")
    keep_drawn(line.curve)
    view.addItem(line, ignoreBounds=True)
    return line


def set_line(line: Any, x: Floats, y: Floats) -> None:
    """Give a line its data, with gaps where `y` is not finite."""
    whole = bool(np.isfinite(y).all())
    line.setData(x, y, connect="all" if whole else "finite", skipFiniteCheck=whole)


def is_solid(style: SeriesStyle) -> bool:
    """Return whether a line has no dashes, so that it may be strong."""
    if style.run is not None:
        return run_pattern(style.run) is None
    return not style.dashed and not style.dotted


def style_pen(palette: Palette, style: SeriesStyle, *, strong: bool = False, faint: bool = False) -> QPen:
    """Return the pen of a line: in the color of its role, or of its run."""
    if style.run is None:
        strong = strong and is_solid(style)
        pen = line_pen(palette, style.role, dashed=style.dashed and not faint, strong=strong, faint=faint)
        if style.dotted and not faint:
            pen.setDashPattern(DASHES_AND_DOTS if style.dashed else DOTS)
        return pen
    pattern = run_pattern(style.run)
    return pg.mkPen(run_color(palette, style.run), width=1 if pattern else 1.5, dash=pattern)  # type: ignore[no-any-return]


def faint_color(palette: Palette, color: QColor, share: float) -> QColor:
    """Return a mixture of the background and a share of a color.

    A transparent color would look the same, but blending self-crossing lines is slow.
    """
    ground = QColor(palette.surface)
    return QColor.fromRgbF(
        share * color.redF() + (1 - share) * ground.redF(),
        share * color.greenF() + (1 - share) * ground.greenF(),
        share * color.blueF() + (1 - share) * ground.blueF(),
    )


def line_pen(palette: Palette, role: Role, *, dashed: bool = False, strong: bool = False, faint: bool = False) -> QPen:
    """Return the pen of a line in a role's color."""
    color = QColor(palette.of(role))
    if faint:
        color = faint_color(palette, color, 0.35)
    width = 1.5 if strong and not dashed else 1
    return pg.mkPen(color, width=width, dash=(5, 4) if dashed else None)  # type: ignore[no-any-return]
