"""Colors and dashes of other runs beside the open one. They differ from the colors of all roles."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor

from dreamer_studio.studio.theme import Palette

MOST_RUNS: Final = 6
"""Most other runs in one plot, so that each has its own color and dashes."""

_ON_LIGHT: Final = ("#00736b", "#a8297d", "#5a6400", "#3b4cc0", "#8c4a1f", "#4d4d4d")
_ON_DARK: Final = ("#45c4b8", "#f08ccf", "#c3cc55", "#9aa8ff", "#d99f78", "#c8c8c8")
_PATTERNS: Final = (None, (8.0, 3.0), (2.0, 2.0), (8.0, 3.0, 2.0, 3.0), (14.0, 4.0), (4.0, 2.0, 1.0, 2.0, 1.0, 2.0))


def run_color(palette: Palette, place: int) -> str:
    """Return the color of another run as `#rrggbb`, with a contrast of 4.5 : 1 or more on the surface."""
    light = QColor(palette.surface).lightness() > 127
    return (_ON_LIGHT if light else _ON_DARK)[place % MOST_RUNS]


def run_pattern(place: int) -> tuple[float, ...] | None:
    """Return the dashes of another run, in units of the line's width; None for a solid line."""
    return _PATTERNS[place % MOST_RUNS]
