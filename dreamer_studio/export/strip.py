"""Draws a film as one image, the strip: time from left to right, sequences below each other."""

from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from dreamer_studio.export.curves import Plot, TimeAxis, draw_legend, draw_plot, legend_size
from dreamer_studio.export.film import Film
from dreamer_studio.export.layout import Box, Metrics, enlarge
from dreamer_studio.export.progress import Progress, Ticker
from dreamer_studio.export.reel import Reel, reel_of
from dreamer_studio.export.rows import Look, Row
from dreamer_studio.export.style import DARK, FAINT_TEXT, GRID, GROUND, TEXT, Lettering, Palette, strip_size_for

_MOST_COLUMNS = 16
_MOST_WIDTH = 2400  # of all frames together, in pixels; large frames mean fewer columns
_LEAST_COLUMNS = 6


def draw_strip(
    film: Film | Reel, scale: int, curves: bool, progress: Progress | None, palette: Palette = DARK
) -> NDArray[np.uint8]:
    """Draw every n-th frame of a film, with n chosen to keep the width of the image reasonable.

    Args:
        film: the film or reel to show.
        scale: how many times each pixel of a frame is enlarged, in both directions; 1 or more.
        curves: whether to draw the plots below the rows.
        progress: called with the finished share of the sequences; returns False to cancel.
        palette: the colors.

    Returns:
        uint8 (height, width, 3).

    Raises:
        ExportCanceled: if `progress` returned False.
    """
    strip = _Strip.plan(reel_of(film), scale, curves, palette)
    ticker = Ticker(strip.reel.count, progress)
    parts = [_draw_head(strip)]
    for sequence in range(strip.reel.count):
        parts.append(_draw_sequence(strip, sequence))
        ticker.tick()
    image = Image.new("RGB", (strip.width, sum(part.height for part in parts)), palette[GROUND])
    top = 0
    for part in parts:
        image.paste(part, (0, top))
        top += part.height
    return np.array(image)


def strip_size(film: Film | Reel, scale: int, curves: bool) -> tuple[int, int]:
    """Return width and height of a strip without drawing it; the arguments are those of `draw_strip`."""
    strip = _Strip.plan(reel_of(film), scale, curves, DARK)
    return strip.width, _Head.plan(strip).height + strip.reel.count * strip.sequence_height


@dataclass(frozen=True, eq=False)
class _Strip:
    """A film and the measures that all parts of its strip share, in pixels."""

    reel: Reel
    plots: tuple[Plot, ...]
    lettering: Lettering
    metrics: Metrics
    every: int
    left: int
    plot_height: int

    @classmethod
    def plan(cls, reel: Reel, scale: int, curves: bool, palette: Palette) -> "_Strip":
        plots = reel.plots if curves else ()
        metrics = Metrics(scale)
        columns = max(_LEAST_COLUMNS, min(_MOST_COLUMNS, _MOST_WIDTH // metrics.cell))
        shown = min(columns, reel.length)
        lettering = Lettering.of_size(strip_size_for(scale, shown * metrics.pitch), palette)
        legend_width, legend_height = legend_size(plots, lettering)
        labels = [look.text for row in reel.rows for look in dict.fromkeys(row.looks)]
        return cls(
            reel=reel,
            plots=plots,
            lettering=lettering,
            metrics=metrics,
            every=-(-reel.length // columns),
            left=metrics.pad + max(lettering.widest(labels), legend_width) + metrics.pad,
            plot_height=metrics.plot_height(legend_height),
        )

    @property
    def palette(self) -> Palette:
        """Return the colors."""
        return self.lettering.palette

    @property
    def times(self) -> range:
        """Return the frames that the strip shows."""
        return range(0, self.reel.length, self.every)

    @property
    def pitch(self) -> int:
        """Return the distance from one column to the next."""
        return self.metrics.cell + self.metrics.border

    @property
    def right(self) -> int:
        """Return the right end of the last column or curve; curves reach the last frame, shown or not."""
        curves = ceil((self.reel.length - 1) / self.every * self.pitch) + self.pitch if self.plots else 0
        return self.left + max(len(self.times) * self.pitch, curves)

    @property
    def width(self) -> int:
        """Return the width of the image, in which each part of the title and the text at the end of the context fit."""
        words = [*self.title, self.context_end]
        return max(self.right, self.lettering.widest(words) + self.metrics.pad) + self.metrics.pad

    @property
    def title(self) -> list[str]:
        shown = "every frame" if self.every == 1 else f"1 frame in {self.every}"
        return [*self.reel.title, f"{shown} of {self.reel.length}"]

    @property
    def plots_top(self) -> int:
        """Return the top of the first plot, below the rows and the numbers of the frames."""
        return len(self.reel.rows) * self.pitch + self.lettering.line_height + self.metrics.pad

    @property
    def sequence_height(self) -> int:
        """Return the height of one sequence with its plots."""
        return self.plots_top + len(self.plots) * (self.plot_height + self.metrics.pad) + self.metrics.pad

    @property
    def marks_context(self) -> bool:
        return 0 < self.reel.context < self.reel.length

    @property
    def context_end(self) -> str:
        return f"context ends here (after frame {self.reel.context})" if self.marks_context else ""

    @property
    def context_x(self) -> int:
        """Return the position of the context's end: left of the first column that the model did not see."""
        return self.edge(sum(time < self.reel.context for time in self.times))

    def edge(self, column: int) -> int:
        """Return the middle between a column and the one before it."""
        return self.left + column * self.pitch - (self.metrics.border + 1) // 2

    def mark_context(self, draw: ImageDraw.ImageDraw, top: int, bottom: int) -> None:
        """Draw the line at the end of the context, if the context ends within the film."""
        if self.marks_context:
            draw.line(
                [(self.context_x, top), (self.context_x, bottom)],
                fill=self.palette[TEXT],
                width=max(2, self.metrics.border),
            )


@dataclass(frozen=True)
class _Head:
    """The lines of the title, the bars (left, right, look and lines of each), and their top and bottom in the image."""

    title: list[str]
    bars: list[tuple[int, int, Look, list[str]]]
    top: int
    bottom: int
    height: int

    @classmethod
    def plan(cls, strip: _Strip) -> "_Head":
        pad, lettering = strip.metrics.pad, strip.lettering
        title = lettering.wrap(strip.title, strip.width - 2 * pad)
        bars = [
            (left, right, look, lettering.wrap(look.text.split(), right - left - pad, " "))
            for left, right, look in _bars(strip)
        ]
        top = pad + len(title) * lettering.line_height + pad
        bottom = top + max(len(lines) for _, _, _, lines in bars) * lettering.line_height + pad
        return cls(title, bars, top, bottom, bottom + pad + (lettering.line_height + pad) * strip.marks_context)


def _draw_head(strip: _Strip) -> Image.Image:
    """Draw the title, the bars that say what the model saw, and the words at the end of the context."""
    pad, lettering = strip.metrics.pad, strip.lettering
    planned = _Head.plan(strip)
    top, bottom, height = planned.top, planned.bottom, planned.height
    head = Image.new("RGB", (strip.width, height), strip.palette[GROUND])
    draw = ImageDraw.Draw(head)
    lettering.draw(draw, (pad, pad), planned.title, TEXT)
    for left, right, look, lines in planned.bars:
        draw.rectangle((left, top, right - strip.metrics.border, bottom - 1), fill=strip.palette[look.color])
        lettering.draw(draw, (left + pad // 2, top + pad // 2), lines, GROUND)
    strip.mark_context(draw, height - pad, height)
    text_width = lettering.width(strip.context_end)
    text_left = min(max(strip.context_x - text_width // 2, pad), strip.width - pad - text_width)
    lettering.draw(draw, (text_left, bottom + pad), [strip.context_end], TEXT)
    return head


def _bars(strip: _Strip) -> list[tuple[int, int, Look]]:
    """Return left end, right end and words of the bars above the columns."""
    captions = [strip.reel.captions[time] for time in strip.times]
    starts = [column for column, look in enumerate(captions) if column == 0 or look != captions[column - 1]]
    edges = [strip.left, *(strip.edge(column) for column in starts[1:]), strip.width - strip.metrics.pad]
    return [(left, right, captions[column]) for (left, right), column in zip(pairwise(edges), starts, strict=True)]


def _draw_sequence(strip: _Strip, sequence: int) -> Image.Image:
    """Draw the rows of one sequence, the numbers of the frames, and the curves."""
    pad, cell = strip.metrics.pad, strip.metrics.cell
    numbers_top = len(strip.reel.rows) * strip.pitch
    image = Image.new("RGB", (strip.width, strip.sequence_height), strip.palette[GROUND])
    draw = ImageDraw.Draw(image)
    for index, row in enumerate(strip.reel.rows):
        _draw_row(strip, image, row, sequence, index * strip.pitch)
    for column, time in enumerate(strip.times):
        text = str(time + 1)
        left = strip.left + column * strip.pitch + (cell - strip.lettering.width(text)) // 2
        strip.lettering.draw(draw, (left, numbers_top), [text], FAINT_TEXT)
    strip.lettering.draw(draw, (pad, numbers_top), ["frame"], FAINT_TEXT)
    strip.mark_context(draw, 0, numbers_top)
    for index, plot in enumerate(strip.plots):
        _draw_plot(strip, image, plot, sequence, strip.plots_top + index * (strip.plot_height + pad))
    return image


def _draw_row(strip: _Strip, image: Image.Image, row: Row, sequence: int, top: int) -> None:
    draw = ImageDraw.Draw(image)
    cell, border = strip.metrics.cell, strip.metrics.border
    looks = list({row.looks[time].text: row.looks[time] for time in strip.times}.values())
    text_top = top + (cell - len(looks) * strip.lettering.line_height) // 2
    for number, look in enumerate(looks):
        place = (strip.metrics.pad, text_top + number * strip.lettering.line_height)
        strip.lettering.draw(draw, place, [look.text], look.color)
    for column, time in enumerate(strip.times):
        left = strip.left + column * strip.pitch
        if not row.is_there(time):
            draw.rectangle((left, top, left + cell - 1, top + cell - 1), outline=strip.palette[GRID])
            continue
        draw.rectangle((left, top, left + cell - 1, top + cell - 1), fill=strip.palette[row.looks[time].color])
        frame = Image.fromarray(enlarge(row.images[sequence, time], strip.metrics.scale))
        image.paste(frame, (left + border, top + border))


def _draw_plot(strip: _Strip, image: Image.Image, plot: Plot, sequence: int, top: int) -> None:
    """Draw curves so that the value of each shown frame is below the frame's middle."""
    box = Box(strip.left, top, strip.right - strip.left, strip.plot_height)
    axis = TimeAxis(first=strip.metrics.cell / 2, step=strip.pitch / strip.every)
    draw_plot(image, plot, sequence, box, axis, strip.palette)
    legend = Box(strip.metrics.pad, top, strip.left - 2 * strip.metrics.pad, strip.plot_height)
    draw_legend(ImageDraw.Draw(image), plot, legend, strip.lettering)
