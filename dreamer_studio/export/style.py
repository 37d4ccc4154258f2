"""The colors and the font of exported images."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import ImageDraw, ImageFont

Color = tuple[int, int, int]

# Each of these four appears with a word that says the same: color never carries meaning alone.
REAL: Color = (0xE8, 0xA3, 0x3D)
MODEL: Color = (0x5A, 0xA9, 0xE6)
DREAM: Color = (0xB5, 0x8A, 0xE6)
ERROR: Color = (0xE5, 0x64, 0x5A)

GROUND: Color = (0x1B, 0x1F, 0x27)
PLOT_GROUND: Color = (0x23, 0x28, 0x32)
GRID: Color = (0x3A, 0x41, 0x4E)
TEXT: Color = (0xE6, 0xE9, 0xEF)
FAINT_TEXT: Color = (0x9A, 0xA3, 0xB2)

SEPARATOR = "  ·  "


@dataclass(frozen=True)
class Lettering:
    """Pillow's bundled font at one size, so that images look the same on every machine."""

    font: ImageFont.FreeTypeFont
    line_height: int

    @classmethod
    def of_size(cls, size: int) -> "Lettering":
        """Load the bundled font at `size` pixels; raise RuntimeError if this Pillow cannot draw it."""
        font = ImageFont.load_default(size=size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise RuntimeError("labels cannot be drawn: this Pillow was built without FreeType")
        ascent, descent = font.getmetrics()
        return cls(font, ascent + descent)

    def width(self, text: str) -> int:
        """Return the width of one line of text, in whole pixels, rounded up."""
        return int(self.font.getlength(text)) + 1

    def widest(self, texts: Sequence[str]) -> int:
        """Return the width of the widest line; 0 without lines."""
        return max((self.width(text) for text in texts), default=0)

    def draw(self, draw: ImageDraw.ImageDraw, place: tuple[int, int], lines: Sequence[str], color: Color) -> None:
        """Draw lines below each other; `place` is left and top of the first."""
        for number, line in enumerate(lines):
            draw.text((place[0], place[1] + number * self.line_height), line, color, self.font)

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
    return min(11 + scale, 20)
