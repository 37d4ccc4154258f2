"""Pieces of a laid out formula: glyphs, areas of symbols and fraction bars. All lengths are in ems.

An em is the size of the formula's letters. x grows to the right, y downwards. The baseline of the formula is at y = 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dreamer_studio.paper.symbols import Symbol


@dataclass(frozen=True)
class Glyph:
    """A character or a word.

    Attributes:
        text: the character or the word.
        x, y: the left end of its baseline.
        size: of its letters.
        italic: whether the letters are italic.
        stretch: factor of its height, for brackets around something tall.
        symbol: the symbol that the glyph is a part of; None for an operator, a number or a bracket.
    """

    text: str
    x: float
    y: float
    size: float
    italic: bool = False
    stretch: float = 1.0
    symbol: Symbol | None = None


@dataclass(frozen=True)
class Area:
    """A rectangle around one occurrence of a symbol: its left top corner and its size."""

    symbol: Symbol
    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point is in the rectangle."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


@dataclass(frozen=True)
class Rule:
    """A fraction bar: its left end and its width."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Box:
    """A laid out formula or a part of one. Its left end is at x = 0 until it is moved.

    Attributes:
        width: up to where the next box begins.
        top, bottom: of its highest and its lowest glyph; `top` is negative above the baseline.
        glyphs: in the order of the formula.
        areas: of its symbols, in the order of the formula.
        rules: fraction bars.
    """

    width: float
    top: float
    bottom: float
    glyphs: tuple[Glyph, ...] = ()
    areas: tuple[Area, ...] = ()
    rules: tuple[Rule, ...] = ()

    def moved(self, x: float, y: float) -> Box:
        """Return the box moved to the right and down."""
        return Box(
            self.width,
            self.top + y,
            self.bottom + y,
            tuple(replace(each, x=each.x + x, y=each.y + y) for each in self.glyphs),
            tuple(replace(each, x=each.x + x, y=each.y + y) for each in self.areas),
            tuple(replace(each, x=each.x + x, y=each.y + y) for each in self.rules),
        )

    def named(self, symbol: Symbol) -> Box:
        """Return the box as one occurrence of a symbol, with an area around all of it."""
        area = Area(symbol, 0, self.top, self.width, self.bottom - self.top)
        return replace(self, glyphs=tuple(replace(each, symbol=symbol) for each in self.glyphs), areas=(area,))

    def area_at(self, x: float, y: float) -> Area | None:
        """Return the smallest area at a point; None if there is none."""
        hits = [area for area in self.areas if area.holds(x, y)]
        return min(hits, key=lambda area: area.width * area.height, default=None)


def joined(width: float, boxes: Sequence[Box]) -> Box:
    """Return one box with the contents of several, which keep their places."""
    return Box(
        width,
        min((box.top for box in boxes), default=0.0),
        max((box.bottom for box in boxes), default=0.0),
        tuple(glyph for box in boxes for glyph in box.glyphs),
        tuple(area for box in boxes for area in box.areas),
        tuple(rule for box in boxes for rule in box.rules),
    )
