"""The layout of a film's images."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.export.style import Lettering

SIDE = FRAME_SIZE

_WIDE = 1.6  # width over height that bands of frames aim for: about that of a screen
_IN_A_LINE = 5  # rows side by side, at most; more rows wrap to that shape, too
_HOLE = 0.25  # the penalty for an empty place, relative to the logarithm of the shape's deviation


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels: corner and size."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Metrics:
    """The sizes that follow from `scale`, in pixels."""

    scale: int

    @property
    def border(self) -> int:
        """The width of the colored line around a frame."""
        return self.scale // 2 + 1

    @property
    def pad(self) -> int:
        """The space between parts."""
        return self.scale + 4

    @property
    def inner(self) -> int:
        """The side of a frame."""
        return SIDE * self.scale

    @property
    def cell(self) -> int:
        """The side of a frame with its border."""
        return self.inner + 2 * self.border

    @property
    def pitch(self) -> int:
        """The distance from one frame to the next."""
        return self.cell + self.pad

    def plot_height(self, legend_height: int) -> int:
        """Return the height of a plot whose legend needs `legend_height`."""
        return max(legend_height, self.inner // 4)


@dataclass(frozen=True)
class Layout:
    """The layout of a film: sequences are columns; many columns continue in further bands below.

    A single sequence may lie across instead: its rows stand side by side, as on a screen, with labels above and the
    plots below. Many rows continue in further lines.

    Attributes:
        metrics: the sizes of repeated parts.
        title: the lines of the heading.
        columns: frames side by side; in one line, if the sequence lies across.
        rows: frames below each other in a band.
        left: left edge of the first column; labels and legends are to the left of it.
        top: top edge of the first row; the heading and the caption are above it.
        plots: number of plots below the rows of a band.
        plot_height: height of each plot.
        width: width of the image; even.
        height: height of the image; even.
        across: distance between rows that stand side by side; 0 if rows stand below each other.
        down: distance between lines of such rows.
    """

    metrics: Metrics
    title: tuple[str, ...]
    columns: int
    rows: int
    left: int
    top: int
    plots: int
    plot_height: int
    width: int
    height: int
    across: int = 0
    down: int = 0

    def frame(self, sequence: int, row: int) -> Box:
        """Return the rectangle of a frame with its border."""
        if self.across:
            line, place = divmod(row, self.columns)
            left, top = self.left + place * self.across, self.top + line * self.down
            return Box(left, top, self.metrics.cell, self.metrics.cell)
        band, column = divmod(sequence, self.columns)
        cell, pitch = self.metrics.cell, self.metrics.pitch
        top = self.top + band * _band_height(self.metrics, self.rows, self.plots, self.plot_height) + row * pitch
        return Box(self.left + column * pitch, top, cell, cell)

    def plot(self, sequence: int, plot: int) -> Box:
        """Return the rectangle of a sequence's plot: below its frames, as wide as these without borders."""
        above = self.frame(sequence, (self.rows - 1) // self.columns * self.columns if self.across else self.rows)
        top = above.top + (self.metrics.pitch if self.across else 0) + plot * (self.plot_height + self.metrics.pad)
        return Box(above.left + self.metrics.border, top, self.plot_width, self.plot_height)

    @property
    def plot_width(self) -> int:
        """The width of a plot."""
        return self.metrics.inner + (self.columns - 1) * self.across

    def caption_bottom(self, line: int) -> int:
        """Return the bottom of the caption bar, above the first row or its labels; `line` is the height of a line."""
        return self.top - self.metrics.pad - (line + self.metrics.border if self.across else 0)

    def label(self, box: Box, line: int) -> tuple[int, int]:
        """Return left and top of a frame's label, of line height `line`: above the frame, or left of all columns."""
        if self.across:
            return box.left, box.top - line - self.metrics.border
        return self.metrics.pad, box.top + (box.height - line) // 2

    def beside(self, box: Box) -> Box:
        """Return the rectangle left of the columns beside a box, for its label or legend."""
        return Box(self.metrics.pad, box.top, self.left - 2 * self.metrics.pad, box.height)


def enlarge(frame: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    """Enlarge a frame, uint8 (height, width, 3), by a whole factor in both directions, without smoothing."""
    return frame.repeat(scale, axis=0).repeat(scale, axis=1)


def plan(
    lettering: Lettering,
    *,
    scale: int,
    count: int,
    rows: int,
    title: Sequence[str],
    captions: Sequence[str],
    labels: Sequence[str],
    plots: int,
    legend: tuple[int, int],
    across: bool = False,
) -> Layout:
    """Lay out `count` sequences of `rows` frames so that no text is ever cut.

    Args:
        lettering: the font.
        scale: how many times frames are enlarged.
        count: number of sequences.
        rows: number of frames of each, below each other.
        title: the parts of the heading; each stays on one line.
        captions: the sentences that must fit the caption bar.
        labels: the words beside the rows.
        plots: number of plots below each sequence.
        legend: least width and height of a plot's legend.
        across: whether the only sequence lies across.
    """
    metrics = Metrics(scale)
    pad, line = metrics.pad, lettering.line_height
    if across:
        return _plan_across(metrics, lettering, rows, [*title], captions, labels, plots, legend)
    left = pad + max(lettering.widest(labels), legend[0]) + pad
    plot_height = metrics.plot_height(legend[1])
    band = _band_height(metrics, rows, plots, plot_height)
    columns = _columns(count, metrics.pitch, band)
    width = max(left + columns * metrics.pitch, lettering.widest([*title, *captions]) + 2 * pad)
    width += width % 2
    lines = tuple(lettering.wrap(title, width - 2 * pad))
    top = pad + len(lines) * line + pad + line + pad + pad
    height = top + ceil(count / columns) * band
    return Layout(metrics, lines, columns, rows, left, top, plots, plot_height, width, height + height % 2)


def _plan_across(
    metrics: Metrics,
    lettering: Lettering,
    rows: int,
    title: Sequence[str],
    captions: Sequence[str],
    labels: Sequence[str],
    plots: int,
    legend: tuple[int, int],
) -> Layout:
    pad, line = metrics.pad, lettering.line_height
    left = pad + (legend[0] + pad if plots else 0)
    step = max(metrics.cell, lettering.widest(labels)) + pad
    down = metrics.pitch + line + metrics.border
    columns = rows if rows <= _IN_A_LINE else _columns(rows, step, down)
    plot_height = metrics.plot_height(legend[1])
    width = max(left + columns * step, lettering.widest([*title, *captions]) + 2 * pad)
    width += width % 2
    lines = tuple(lettering.wrap(title, width - 2 * pad))
    top = pad + len(lines) * line + pad + line + pad + pad + line + metrics.border
    height = top + (ceil(rows / columns) - 1) * down + metrics.pitch + plots * (plot_height + pad)
    return Layout(metrics, lines, columns, rows, left, top, plots, plot_height, width, height + height % 2, step, down)


def _band_height(metrics: Metrics, rows: int, plots: int, plot_height: int) -> int:
    space_between_bands = 0 if rows == 1 and not plots else metrics.pad
    return rows * metrics.pitch + plots * (plot_height + metrics.pad) + space_between_bands


def _columns(count: int, width: int, height: int) -> int:
    """Choose how many of `count` upright sequences, `width` x `height`, stand side by side."""

    def cost(bands: int) -> float:
        columns = ceil(count / bands)
        holes = columns * bands - count
        return abs(log(columns * width / (bands * height) / _WIDE)) + _HOLE * holes

    return ceil(count / min(range(1, count + 1), key=cost))
