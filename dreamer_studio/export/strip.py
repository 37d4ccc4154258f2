"""A film as one still picture: time from left to right, sequences below each other."""

from dataclasses import dataclass
from math import ceil

from PIL import Image, ImageDraw

from dreamer_studio.export.curves import Plot, TimeAxis, draw_legend, draw_plot, legend_size, plots_of
from dreamer_studio.export.film import Film
from dreamer_studio.export.layout import Box, Metrics, enlarge
from dreamer_studio.export.progress import Progress, Ticker
from dreamer_studio.export.rows import Look, Row, caption, rows_of, title_of
from dreamer_studio.export.style import FAINT_TEXT, GROUND, TEXT, Lettering, size_for

_MOST_COLUMNS = 16
_MOST_WIDTH = 2400  # of the frames together, in pixels: large frames give way to fewer
_LEAST_COLUMNS = 6


def draw_strip(film: Film, scale: int, curves: bool, progress: Progress | None) -> Image.Image:
    """Draws every n-th frame of a film, n so that the picture stays of a reasonable width.

    Args:
        film: what is to be shown.
        scale: how many pixels of the picture, each way, one pixel of a frame takes; 1 or more.
        curves: whether reward and value are drawn underneath.
        progress: is told the share of the sequences that is drawn; returns False to cancel.

    Raises:
        ExportCancelled: if `progress` says so.
    """
    strip = _Strip.plan(film, scale, curves)
    ticker = Ticker(film.count, progress)
    parts = [_draw_head(strip)]
    for sequence in range(film.count):
        parts.append(_draw_sequence(strip, sequence))
        ticker.tick()
    picture = Image.new("RGB", (strip.width, sum(part.height for part in parts)), GROUND)
    top = 0
    for part in parts:
        picture.paste(part, (0, top))
        top += part.height
    return picture


@dataclass(frozen=True, eq=False)
class _Strip:
    """A film and what the parts of its strip have to agree on; lengths are in pixels."""

    film: Film
    rows: tuple[Row, ...]
    plots: tuple[Plot, ...]
    lettering: Lettering
    metrics: Metrics
    every: int
    left: int
    plot_height: int

    @classmethod
    def plan(cls, film: Film, scale: int, curves: bool) -> "_Strip":
        rows, plots = rows_of(film), plots_of(film) if curves else ()
        lettering, metrics = Lettering.of_size(size_for(scale)), Metrics(scale)
        columns = max(_LEAST_COLUMNS, min(_MOST_COLUMNS, _MOST_WIDTH // metrics.cell))
        legend_width, legend_height = legend_size(plots, lettering)
        labels = [row.look(seen).text for row in rows for seen in (True, False)]
        return cls(
            film=film,
            rows=rows,
            plots=plots,
            lettering=lettering,
            metrics=metrics,
            every=-(-film.length // columns),
            left=metrics.pad + max(lettering.widest(labels), legend_width) + metrics.pad,
            plot_height=metrics.plot_height(legend_height),
        )

    @property
    def times(self) -> range:
        """Which frames are shown."""
        return range(0, self.film.length, self.every)

    @property
    def pitch(self) -> int:
        """From one column to the next."""
        return self.metrics.cell + self.metrics.border

    @property
    def right(self) -> int:
        """Where the last column ends, or the last curve: those run on to the last frame, shown or not."""
        curves = ceil((self.film.length - 1) / self.every * self.pitch) + self.pitch if self.plots else 0
        return self.left + max(len(self.times) * self.pitch, curves)

    @property
    def width(self) -> int:
        """Of the picture: no piece of the title is wider, nor the text that marks the end of the context."""
        words = [*self.title, self.context_end]
        return max(self.right, self.lettering.widest(words) + self.metrics.pad) + self.metrics.pad

    @property
    def title(self) -> list[str]:
        shown = "every frame" if self.every == 1 else f"1 frame in {self.every}"
        return [*title_of(self.film), f"{shown} of {self.film.length}"]

    @property
    def marks_context(self) -> bool:
        return 0 < self.film.context < self.film.length

    @property
    def context_end(self) -> str:
        return f"context ends here (after frame {self.film.context})" if self.marks_context else ""

    @property
    def context_x(self) -> int:
        """Where the context ends: left of the first column that the model did not see."""
        seen = sum(time < self.film.context for time in self.times)
        return self.left + seen * self.pitch - (self.metrics.border + 1) // 2

    def mark_context(self, draw: ImageDraw.ImageDraw, top: int, bottom: int) -> None:
        """Draws the line at the end of the context, if this film has one."""
        if self.marks_context:
            draw.line(
                [(self.context_x, top), (self.context_x, bottom)],
                fill=TEXT,
                width=max(2, self.metrics.border),
            )


def _draw_head(strip: _Strip) -> Image.Image:
    """The title, bars that say what the model saw and what not, and the words for the line between."""
    pad, lettering = strip.metrics.pad, strip.lettering
    title = lettering.wrap(strip.title, strip.width - 2 * pad)
    bars = [
        (left, right, look, lettering.wrap(look.text.split(), right - left - pad, " "))
        for left, right, look in _bars(strip)
    ]
    top = pad + len(title) * lettering.line_height + pad
    bottom = top + max(len(lines) for _, _, _, lines in bars) * lettering.line_height + pad
    height = bottom + pad + (lettering.line_height + pad) * strip.marks_context
    head = Image.new("RGB", (strip.width, height), GROUND)
    draw = ImageDraw.Draw(head)
    lettering.draw(draw, (pad, pad), title, TEXT)
    for left, right, look, lines in bars:
        draw.rectangle((left, top, right - 1, bottom - 1), fill=look.colour)
        lettering.draw(draw, (left + pad // 2, top + pad // 2), lines, GROUND)
    strip.mark_context(draw, height - pad, height)
    text_width = lettering.width(strip.context_end)
    text_left = min(max(strip.context_x - text_width // 2, pad), strip.width - pad - text_width)
    lettering.draw(draw, (text_left, bottom + pad), [strip.context_end], TEXT)
    return head


def _bars(strip: _Strip) -> list[tuple[int, int, Look]]:
    """Left end, right end and words of the bars above the columns."""
    end = strip.width - strip.metrics.pad
    if not strip.marks_context:
        return [(strip.left, end, caption(strip.film, strip.film.context > 0))]
    seen, unseen = caption(strip.film, True), caption(strip.film, False)
    bars = [(strip.left, strip.context_x, seen), (strip.context_x, end, unseen)]
    # With a context that ends after the last column there is nothing to say of what comes then.
    return bars[:1] if strip.times[-1] < strip.film.context else bars


def _draw_sequence(strip: _Strip, sequence: int) -> Image.Image:
    """The rows of one sequence, the numbers of the frames, and the curves."""
    pad, line, cell = strip.metrics.pad, strip.lettering.line_height, strip.metrics.cell
    numbers_top = len(strip.rows) * strip.pitch
    plots_top = numbers_top + line + pad
    height = plots_top + len(strip.plots) * (strip.plot_height + pad) + pad
    picture = Image.new("RGB", (strip.width, height), GROUND)
    draw = ImageDraw.Draw(picture)
    for index, row in enumerate(strip.rows):
        _draw_row(strip, picture, row, sequence, index * strip.pitch)
    for column, time in enumerate(strip.times):
        text = str(time + 1)
        left = strip.left + column * strip.pitch + (cell - strip.lettering.width(text)) // 2
        strip.lettering.draw(draw, (left, numbers_top), [text], FAINT_TEXT)
    strip.lettering.draw(draw, (pad, numbers_top), ["frame"], FAINT_TEXT)
    strip.mark_context(draw, 0, numbers_top)
    for index, plot in enumerate(strip.plots):
        _draw_plot(strip, picture, plot, sequence, plots_top + index * (strip.plot_height + pad))
    return picture


def _draw_row(strip: _Strip, picture: Image.Image, row: Row, sequence: int, top: int) -> None:
    draw = ImageDraw.Draw(picture)
    cell, border, film = strip.metrics.cell, strip.metrics.border, strip.film
    looks = list(dict.fromkeys(row.look(time < film.context) for time in strip.times))
    text_top = top + (cell - len(looks) * strip.lettering.line_height) // 2
    for number, look in enumerate(looks):
        place = (strip.metrics.pad, text_top + number * strip.lettering.line_height)
        strip.lettering.draw(draw, place, [look.text], look.colour)
    for column, time in enumerate(strip.times):
        left = strip.left + column * strip.pitch
        draw.rectangle((left, top, left + cell - 1, top + cell - 1), fill=row.look(time < film.context).colour)
        frame = Image.fromarray(enlarge(row.images[sequence, time], strip.metrics.scale))
        picture.paste(frame, (left + border, top + border))


def _draw_plot(strip: _Strip, picture: Image.Image, plot: Plot, sequence: int, top: int) -> None:
    """Draws curves so that what belongs to a shown frame stands below its middle."""
    box = Box(strip.left, top, strip.right - strip.left, strip.plot_height)
    axis = TimeAxis(first=strip.metrics.cell / 2, step=strip.pitch / strip.every)
    draw_plot(picture, plot, sequence, box, axis)
    legend = Box(strip.metrics.pad, top, strip.left - 2 * strip.metrics.pad, strip.plot_height)
    draw_legend(ImageDraw.Draw(picture), plot, legend, strip.lettering)
