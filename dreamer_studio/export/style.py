"""The colors and the font of exported images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from PIL import ImageDraw, ImageFont


class Color(Enum):
    """A color by its meaning; a palette has its red, green and blue.

    Each of the first four appears with a word that says the same: color never carries meaning alone.
    """

    REAL = "real"
    MODEL = "model"
    DREAM = "dream"
    ERROR = "error"
    GROUND = "ground"
    PLOT_GROUND = "ground of plots"
    GRID = "grid"
    TEXT = "text"
    FAINT_TEXT = "faint text"


REAL, MODEL, DREAM, ERROR = Color.REAL, Color.MODEL, Color.DREAM, Color.ERROR
GROUND, PLOT_GROUND, GRID = Color.GROUND, Color.PLOT_GROUND, Color.GRID
TEXT, FAINT_TEXT = Color.TEXT, Color.FAINT_TEXT

Palette = Mapping[Color, tuple[int, int, int]]
Colors = Literal["dark", "light"]

DARK: Final[Palette] = {
    REAL: (0xE8, 0xA3, 0x3D),
    MODEL: (0x5A, 0xA9, 0xE6),
    DREAM: (0xB5, 0x8A, 0xE6),
    ERROR: (0xF0, 0x77, 0x6B),
    GROUND: (0x1B, 0x1F, 0x27),
    PLOT_GROUND: (0x23, 0x28, 0x32),
    GRID: (0x3A, 0x41, 0x4E),
    TEXT: (0xE6, 0xE9, 0xEF),
    FAINT_TEXT: (0x9A, 0xA3, 0xB2),
}
LIGHT: Final[Palette] = {
    REAL: (0x94, 0x58, 0x00),
    MODEL: (0x14, 0x66, 0xA8),
    DREAM: (0x7A, 0x3F, 0xB5),
    ERROR: (0xB9, 0x35, 0x2A),
    GROUND: (0xFF, 0xFF, 0xFF),
    PLOT_GROUND: (0xF3, 0xF4, 0xF6),
    GRID: (0xC4, 0xCA, 0xD3),
    TEXT: (0x1B, 0x1E, 0x24),
    FAINT_TEXT: (0x57, 0x60, 0x6E),
}
PALETTES: Final[Mapping[Colors, Palette]] = {"dark": DARK, "light": LIGHT}

_LARGEST: Final = 28  # pixels

SEPARATOR = "  ·  "


@dataclass(frozen=True)
class Lettering:
    """Pillow's bundled font at one size, so that images look the same on every machine, and the colors."""

    font: ImageFont.FreeTypeFont
    line_height: int
    palette: Palette

    @classmethod
    def of_size(cls, size: int, palette: Palette) -> "Lettering":
        """Load the bundled font at `size` pixels; raise RuntimeError if this Pillow cannot draw it."""
        font = ImageFont.load_default(size=size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise RuntimeError("labels cannot be drawn: this Pillow was built without FreeType")
        ascent, descent = font.getmetrics()
        return cls(font, ascent + descent, palette)

    def width(self, text: str) -> int:
        """Return the width of one line of text, in whole pixels, rounded up."""
        return int(self.font.getlength(text)) + 1

    def widest(self, texts: Sequence[str]) -> int:
        """Return the width of the widest line; 0 without lines."""
        return max((self.width(text) for text in texts), default=0)

    def draw(self, draw: ImageDraw.ImageDraw, place: tuple[int, int], lines: Sequence[str], color: Color) -> None:
        """Draw lines below each other; `place` is left and top of the first."""
        for number, line in enumerate(lines):
            draw.text((place[0], place[1] + number * self.line_height), line, self.palette[color], self.font)

    def wrap(self, pieces: Sequence[str], width: int, separator: str = SEPARATOR) -> list[str]:
        """Join pieces to lines of at most `width` pixels; a wider piece gets a line of its own, uncut."""
        lines: list[str] = []
        for piece in pieces:
            longer = f"{lines[-1]}{separator}{piece}" if lines else piece
            if lines and self.width(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
        return lines


def size_for(scale: int) -> int:
    """Return the font size, in pixels, for frames enlarged `scale` times."""
    return min(12 + 2 * scale, _LARGEST)


def strip_size_for(scale: int, width: int) -> int:
    """Return the font size for a strip whose frames together are `width` pixels wide.

    A page shrinks a strip of 2,400 pixels to about 1,000, where the text must stay legible.
    """
    return min(max(size_for(scale), -(-width // 90)), _LARGEST)
