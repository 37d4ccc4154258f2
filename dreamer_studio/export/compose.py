"""Draws one image for each moment of a film: labeled rows, a caption that says what the model saw, and curves."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from dreamer_studio.export.curves import Plot, TimeAxis, draw_cursor, draw_legend, draw_plot, legend_size
from dreamer_studio.export.film import Film
from dreamer_studio.export.layout import Box, Layout, enlarge, plan
from dreamer_studio.export.reel import Phase, Reel, reel_of
from dreamer_studio.export.rows import Look
from dreamer_studio.export.style import DARK, GRID, GROUND, TEXT, Lettering, Palette, size_for


class Composer:
    """Draws the images of a film one at a time, all of one size.

    Args:
        film: the film or reel to show.
        scale: how many times each pixel of a frame is enlarged, in both directions; 1 or more.
        curves: whether to draw the plots below the rows.
        palette: the colors.
    """

    def __init__(self, film: Film | Reel, scale: int, curves: bool, palette: Palette = DARK) -> None:
        self._reel = reel_of(film)
        self._plots: tuple[Plot, ...] = self._reel.plots if curves else ()
        self._lettering = Lettering.of_size(size_for(scale), palette)
        self._palette = palette
        self._phases = tuple(self._reel.phase(time) for time in range(self._reel.length))
        self._layout = _plan(self._reel, self._plots, scale, self._lettering)
        slot = self._layout.plot_width / self._reel.length
        self._axis = TimeAxis(first=slot / 2, step=slot)
        # The parts that stay the same during a phase: drawn once for each.
        self._still = {phase: self._draw_still(phase) for phase in dict.fromkeys(self._phases)}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of every image; both even, because yuv420p requires that."""
        return self._layout.width, self._layout.height

    @property
    def length(self) -> int:
        """Return the number of images."""
        return self._reel.length

    def compose(self, time: int) -> NDArray[np.uint8]:
        """Draw the image of frame `time`, from 0 to length - 1: uint8 (height, width, 3)."""
        still = self._still[self._phases[time]].copy()
        draw = ImageDraw.Draw(still)
        self._draw_counter(draw, time)
        for sequence in range(self._reel.count):
            for index in range(len(self._plots)):
                draw_cursor(draw, self._layout.plot(sequence, index), self._axis, time, self._palette)
        image = np.array(still)
        for sequence in range(self._reel.count):
            for index, row in enumerate(self._reel.rows):
                if row.is_there(time):
                    self._paste(image, row.images[sequence, time], self._layout.frame(sequence, index))
        return image

    def _draw_still(self, phase: Phase) -> Image.Image:
        image = Image.new("RGB", self.size, self._palette[GROUND])
        draw = ImageDraw.Draw(image)
        self._draw_title(draw)
        self._draw_caption(draw, phase.caption)
        for sequence in range(self._reel.count):
            first_of_band = sequence % self._layout.columns == 0
            for index, (look, there) in enumerate(zip(phase.looks, phase.there, strict=True)):
                box = self._layout.frame(sequence, index)
                if first_of_band:
                    self._draw_label(draw, look, box)
                self._draw_border(draw, look if there else None, box)
            for index, plot in enumerate(self._plots):
                box = self._layout.plot(sequence, index)
                draw_plot(image, plot, sequence, box, self._axis, self._palette)
                if first_of_band:
                    draw_legend(draw, plot, self._layout.beside(box), self._lettering)
        return image

    def _draw_title(self, draw: ImageDraw.ImageDraw) -> None:
        *lines, last = self._layout.title
        pad = self._layout.metrics.pad
        self._lettering.draw(draw, (pad, pad), [*lines, last.removesuffix(_widest_counter(self._reel))], TEXT)

    def _draw_counter(self, draw: ImageDraw.ImageDraw, time: int) -> None:
        *lines, last = self._layout.title
        pad = self._layout.metrics.pad
        left = pad + self._lettering.width(last.removesuffix(_widest_counter(self._reel)))
        top = pad + len(lines) * self._lettering.line_height
        self._lettering.draw(draw, (left, top), [f"frame {time + 1} of {self._reel.length}"], TEXT)

    def _draw_caption(self, draw: ImageDraw.ImageDraw, look: Look) -> None:
        pad, line = self._layout.metrics.pad, self._lettering.line_height
        bottom = self._layout.caption_bottom(line)
        draw.rectangle((0, bottom - line - pad, self._layout.width, bottom - 1), fill=self._palette[look.color])
        self._lettering.draw(draw, (pad, bottom - line - pad // 2), [look.text], GROUND)

    def _draw_border(self, draw: ImageDraw.ImageDraw, look: Look | None, box: Box) -> None:
        """Draw the border that a frame is pasted into, or a faint outline if there is no frame."""
        edges = (box.left, box.top, box.left + box.width - 1, box.top + box.height - 1)
        if look is None:
            draw.rectangle(edges, outline=self._palette[GRID])
        else:
            draw.rectangle(edges, fill=self._palette[look.color])

    def _draw_label(self, draw: ImageDraw.ImageDraw, look: Look, box: Box) -> None:
        """Draw the words beside a frame."""
        place = self._layout.label(box, self._lettering.line_height)
        self._lettering.draw(draw, place, [look.text], look.color)

    def _paste(self, image: NDArray[np.uint8], frame: NDArray[np.uint8], box: Box) -> None:
        scale, border = self._layout.metrics.scale, self._layout.metrics.border
        top, left, side = box.top + border, box.left + border, self._layout.metrics.inner
        image[top : top + side, left : left + side] = enlarge(frame, scale)


def film_size(film: Film | Reel, scale: int, curves: bool) -> tuple[int, int]:
    """Return width and height of a film's images without drawing them; the arguments are those of `Composer`."""
    reel = reel_of(film)
    layout = _plan(reel, reel.plots if curves else (), scale, Lettering.of_size(size_for(scale), DARK))
    return layout.width, layout.height


def _plan(reel: Reel, plots: tuple[Plot, ...], scale: int, lettering: Lettering) -> Layout:
    phases = dict.fromkeys(reel.phase(time) for time in range(reel.length))
    return plan(
        lettering,
        scale=scale,
        count=reel.count,
        rows=len(reel.rows),
        title=[*reel.title, _widest_counter(reel)],
        captions=[phase.caption.text for phase in phases],
        labels=[look.text for phase in phases for look in phase.looks],
        plots=len(plots),
        legend=legend_size(plots, lettering),
        across=reel.across,
    )


def _widest_counter(reel: Reel) -> str:
    """Return the widest counter, so that the layout does not move when the number grows."""
    digits = "8" * len(str(reel.length))
    return f"frame {digits} of {digits}"
