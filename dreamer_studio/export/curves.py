"""Draws reward and value below the images, on the same time axis."""

from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from dreamer_studio.export.film import Film
from dreamer_studio.export.layout import Box
from dreamer_studio.export.style import (
    DREAM,
    FAINT_TEXT,
    GRID,
    GROUND,
    MODEL,
    PLOT_GROUND,
    REAL,
    TEXT,
    Color,
    Lettering,
    Palette,
)

_CONTEXT_END = "context ends"

_SMOOTH = 4  # Pillow's lines have hard edges: draw larger by this, then average
_MARGIN = 3  # pixels between the range's lines and the edges


@dataclass(frozen=True, eq=False)
class Trace:
    """One curve of a plot: `values`, float32 (count, length), NaN where the curve has a gap; `dashed` or not."""

    label: str
    color: Color
    values: NDArray[np.float32]
    dashed: bool = False


@dataclass(frozen=True, eq=False)
class Plot:
    """Curves with one range for all sequences, which makes them comparable.

    Attributes:
        name: the title.
        traces: the curves; the last one is drawn on top.
        low: the value at the lower line, below `high`.
        high: the value at the upper line.
        context_end: the frame before which the context ends; None if it does not end within the film.
    """

    name: str
    traces: tuple[Trace, ...]
    low: float
    high: float
    context_end: int | None

    @property
    def range_texts(self) -> tuple[str, str]:
        """Return the upper and the lower end of the axis as text, to a hundredth of the range or better."""
        decimals = max(0, 2 - floor(log10(self.high - self.low)))
        upper, lower = (round(end, decimals) + 0.0 for end in (self.high, self.low))  # + 0.0: no "-0.00"
        return f"{upper:.{decimals}f}", f"{lower:.{decimals}f}"


@dataclass(frozen=True)
class TimeAxis:
    """The positions of frames on a plot's axis, in pixels from its left edge: the first, and the step to the next."""

    first: float
    step: float

    def x(self, time: float) -> float:
        """Return the position of frame `time`; fractions lie between two frames."""
        return self.first + time * self.step


def plot_of(name: str, traces: tuple[Trace, ...], context_end: int | None = None) -> Plot:
    """Make a plot whose range contains all finite values of its curves."""
    values = np.concatenate([trace.values[np.isfinite(trace.values)] for trace in traces])
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if high - low < 1e-6 * max(1.0, abs(low), abs(high)):  # flat: widen the range instead of magnifying rounding errors
        low, high = low - 0.5, high + 0.5
    return Plot(name, traces, low, high, context_end)


def plots_of(film: Film) -> tuple[Plot, Plot]:
    """Make the plots of a film: reward (received and predicted) and value."""
    seen = np.arange(film.length) < film.context
    received = () if film.reward is None else (Trace("received", REAL, film.reward),)
    end = film.context if 0 < film.context < film.length else None
    return (
        plot_of("Reward", received + model_traces(film.reward_predicted, seen, "predicted"), end),
        plot_of("Value", model_traces(film.value, seen, "estimated"), end),
    )


def model_traces(values: NDArray[np.float32], seen: NDArray[np.bool_], label: str) -> tuple[Trace, ...]:
    """Split the model's values, (count, length), into a curve for the frames `seen`, (length,), and one for others."""
    if not seen.any():
        return (Trace("dreamed", DREAM, values),)
    if seen.all():
        return (Trace(label, MODEL, values),)
    unseen = ~seen
    unseen[:-1] |= unseen[1:]  # from the last seen frame on, so that no gap opens
    return (
        Trace(label, MODEL, np.where(seen, values, np.nan)),
        Trace("dreamed", DREAM, np.where(unseen, values, np.nan)),
    )


def draw_plot(image: Image.Image, plot: Plot, sequence: int, box: Box, axis: TimeAxis, palette: Palette) -> None:
    """Draw the curves of one sequence on an image."""
    large = Image.new("RGB", (box.width * _SMOOTH, box.height * _SMOOTH), palette[PLOT_GROUND])
    draw = ImageDraw.Draw(large)
    for y in (_MARGIN, box.height - _MARGIN):
        draw.line([(0, y * _SMOOTH), (large.width, y * _SMOOTH)], fill=palette[GRID], width=_SMOOTH)
    if plot.context_end is not None:
        x = axis.x(plot.context_end - 0.5) * _SMOOTH
        for top in range(0, large.height, 6 * _SMOOTH):
            draw.line([(x, top), (x, top + 3 * _SMOOTH)], fill=palette[FAINT_TEXT], width=_SMOOTH)
    for trace in plot.traces:
        values = trace.values[sequence].astype(np.float64)
        x_of = np.array([axis.x(time) for time in range(values.size)])
        y_of = _MARGIN + (plot.high - values) / (plot.high - plot.low) * (box.height - 2 * _MARGIN)
        _draw_curve(draw, np.stack([x_of, y_of], axis=1) * _SMOOTH, palette[trace.color], dashed=trace.dashed)
    image.paste(large.reduce(_SMOOTH), (box.left, box.top))


def _draw_curve(
    draw: ImageDraw.ImageDraw, points: NDArray[np.float64], color: tuple[int, int, int], *, dashed: bool
) -> None:
    """Join finite points, halfway if dashed; draw a point without neighbors as a dot."""
    finite = np.isfinite(points[:, 1])
    for (start, end), (has_start, has_end) in zip(pairwise(points), pairwise(finite), strict=True):
        if has_start and has_end:
            to = (start + end) / 2 if dashed else end
            draw.line([*start, *to], fill=color, width=2 * _SMOOTH)
    alone = finite & ~np.append(finite[1:], False) & ~np.insert(finite[:-1], 0, False)
    for px, py in points[alone]:
        draw.circle((px, py), 2 * _SMOOTH, fill=color)


def draw_cursor(draw: ImageDraw.ImageDraw, box: Box, axis: TimeAxis, time: int, palette: Palette) -> None:
    """Draw the line that marks the current frame."""
    x = box.left + axis.x(time)
    draw.line([(x, box.top), (x, box.top + box.height - 1)], fill=palette[TEXT], width=1)


def legend_size(plots: tuple[Plot, ...], lettering: Lettering) -> tuple[int, int]:
    """Return the least width and height, in pixels, that `draw_legend` needs."""
    if not plots:
        return 0, 0
    names = [plot.name for plot in plots]
    labels = [trace.label for plot in plots for trace in plot.traces] + [_CONTEXT_END]
    text = max(lettering.widest(names), _sample_width(lettering) + lettering.widest(labels))
    ranges = lettering.widest([end for plot in plots for end in plot.range_texts])
    lines = max(1 + len(plot.traces) + (plot.context_end is not None) for plot in plots)
    return text + ranges + lettering.line_height, lines * lettering.line_height


def draw_legend(draw: ImageDraw.ImageDraw, plot: Plot, box: Box, lettering: Lettering) -> None:
    """Draw the plot's name, the label of each curve, and the range of the axis (at the right edge of the box)."""
    entries = [(trace.label, trace.color, trace.dashed) for trace in plot.traces]
    if plot.context_end is not None:
        entries.append((_CONTEXT_END, FAINT_TEXT, False))
    line = lettering.line_height
    lettering.draw(draw, (box.left, box.top), [plot.name], TEXT)
    sample = _sample_width(lettering)
    for index, (label, color, dashed) in enumerate(entries, start=1):
        middle, end = box.top + index * line + line // 2, box.left + sample - 6
        draw.line([(box.left, middle), (end, middle)], fill=lettering.palette[color], width=2)
        if dashed:
            third = (end - box.left) // 3
            draw.line([(box.left + third, middle), (end - third, middle)], fill=lettering.palette[GROUND], width=2)
        lettering.draw(draw, (box.left + sample, box.top + index * line), [label], color)
    right, bottom = box.left + box.width, box.top + box.height
    for text, top in zip(plot.range_texts, (box.top, bottom - line), strict=True):
        lettering.draw(draw, (right - lettering.width(text), top), [text], FAINT_TEXT)


def _sample_width(lettering: Lettering) -> int:
    return lettering.line_height + 5
