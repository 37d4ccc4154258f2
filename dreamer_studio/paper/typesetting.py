"""Lays out formulas as a printed page has them: scripts, limits of sums, growing brackets. Knows no font and no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from dreamer_studio.paper.boxes import Box, Glyph, Rule, joined
from dreamer_studio.paper.notation import FUNCTIONS, Item, parse
from dreamer_studio.paper.symbols import symbol_of

ASCENT: Final = 0.72
"""Height of capital letters and brackets above the baseline."""

DESCENT: Final = 0.24
"""Depth of letters and brackets below the baseline."""

SMALLER: Final = 0.7
"""Size of a script, as a share of its base."""

SMALLEST: Final = 0.5
"""Least size of scripts of scripts."""

_AXIS: Final = -0.28
"""Height of fraction bars."""

_RELATIONS: Final = frozenset("=≐≈∼←+−∪|")
_WITH_LIMITS: Final = frozenset({"Σ", "max", "min"})
_UPRIGHT: Final = frozenset("E𝒟I")
_SHOWN_AS: Final = {"𝒟": "D"}  # few fonts have the script letter
_GROWN: Final = 1.5  # size of a sum sign

_AROUND_RELATION, _AROUND_WORD, _AROUND_NORM, _AROUND_QUAD, _LEAST = 0.22, 0.18, 0.12, 0.5, 0.04
"""Gaps between two parts."""


class Metrics(Protocol):
    """The widths of a font."""

    def width(self, text: str, *, italic: bool) -> float:
        """Return the width of a text, in ems."""
        ...


@dataclass(frozen=True)
class Typesetter:
    """Lays out formulas for a font."""

    metrics: Metrics

    def lay_out(self, formula: str) -> Box:
        """Return the layout of a formula of `notation`, in one line.

        Raises:
            ValueError: the formula lacks a bracket or the base of a script.
            KeyError: a letter of the formula is in no symbol.
        """
        return self._row(parse(formula), 1.0)

    def _row(self, items: tuple[Item, ...], size: float, *, label: bool = False) -> Box:
        """Lay out parts side by side. The letters of a `label` are no symbols: they belong to the name before."""
        x, boxes = 0.0, []
        for place, item in enumerate(items):
            x += _gap(items, place) * size if size == 1.0 else 0.0
            box = self._item(item, size, label=label)
            boxes.append(box.moved(x, 0))
            x += box.width
        return joined(x, boxes)

    def _item(self, item: Item, size: float, *, label: bool) -> Box:
        """Lay out one part with its scripts."""
        symbol = None if label else symbol_of(item)
        named = symbol is not None and "_" in symbol.text
        small = max(SMALLER * size, SMALLEST)
        base = self._base(item, size)
        below, above = self._row(item.sub, small, label=label or named), self._row(item.sup, small)
        if item.text in _WITH_LIMITS and size == 1.0:
            return _with_limits(base, below, above, grown=item.text == "Σ")
        width = base.width + max(below.width, above.width) + 0.03 * size
        below = below.moved(base.width, max(0.28 * size, base.bottom - 0.25 * size))
        above = above.moved(base.width, min(-0.42 * size, base.top + 0.35 * size))
        if symbol is not None and named:
            parts = [joined(base.width + below.width, (base, below)).named(symbol), above]
        elif symbol is not None:
            parts = [base.named(symbol), below, above]
        else:
            parts = [base, below, above]
        return joined(width, [part for part in parts if part.glyphs])

    def _base(self, item: Item, size: float) -> Box:
        if item.inside is not None:
            return self._brackets(item, item.inside, size)
        if item.text == "½":
            return self._fraction("1", "2", size)
        if item.text == "Σ":
            return self._glyph("∑", _GROWN * size).moved(0, 0.12 * size)
        italic = len(item.text) == 1 and item.text.isalpha() and item.text not in _UPRIGHT
        return self._glyph(_SHOWN_AS.get(item.text, item.text), size, italic=italic)

    def _glyph(self, text: str, size: float, *, italic: bool = False) -> Box:
        width = size * self.metrics.width(text, italic=italic)
        return Box(width, -ASCENT * size, DESCENT * size, (Glyph(text, 0, 0, size, italic),))

    def _brackets(self, item: Item, inside: tuple[Item, ...], size: float) -> Box:
        """Lay out brackets; around a sum they grow with their content."""
        inner = self._row(inside, size)
        height = (ASCENT + DESCENT) * size
        tall = any(each.text == "Σ" for each in inside)
        stretch = max(1.0, 0.8 * (inner.bottom - inner.top) / height) if tall else 1.0
        # Stretch about the middle of the content.
        drop = (inner.top + inner.bottom - stretch * (DESCENT - ASCENT) * size) / 2 if stretch > 1 else 0.0
        left, right = (self._bracket(text, size, stretch, drop) for text in (item.text, item.closing))
        width = left.width + inner.width + right.width
        return joined(width, (left, inner.moved(left.width, 0), right.moved(left.width + inner.width, 0)))

    def _bracket(self, text: str, size: float, stretch: float, drop: float) -> Box:
        width = size * self.metrics.width(text, italic=False)
        top, bottom = drop - stretch * ASCENT * size, drop + stretch * DESCENT * size
        return Box(width, top, bottom, (Glyph(text, 0, drop, size, stretch=stretch),))

    def _fraction(self, over: str, under: str, size: float) -> Box:
        small, axis = SMALLER * size, _AXIS * size
        top, bottom = self._glyph(over, small), self._glyph(under, small)
        width = max(top.width, bottom.width) + 0.2 * size
        above = top.moved((width - top.width) / 2, axis - 0.12 * size)
        below = bottom.moved((width - bottom.width) / 2, axis + 0.1 * size + 0.62 * small)
        box = joined(width, (above, below))
        return Box(width, box.top, box.bottom, box.glyphs, rules=(Rule(0.05 * size, axis, width - 0.1 * size),))


def _with_limits(base: Box, below: Box, above: Box, *, grown: bool) -> Box:
    """Put scripts under and over a sum sign, which is `grown`, or under a function."""
    width = max(base.width, below.width, above.width)
    low, high = (1.0, -1.27) if grown else (0.78, -0.87)
    parts = [
        base.moved((width - base.width) / 2, 0),
        below.moved((width - below.width) / 2, low),
        above.moved((width - above.width) / 2, high),
    ]
    return joined(width, [part for part in parts if part.glyphs])


def _gap(items: Sequence[Item], place: int) -> float:
    """Return the space before a part, in ems of its row."""
    if place == 0:
        return 0.0
    before, here = items[place - 1].text, items[place].text
    sign = before in "+−" and (place == 1 or items[place - 2].text in _RELATIONS)  # of a negative number
    if "\u2003" in (before, here):
        return _AROUND_QUAD
    if "‖" in (before, here):
        return _AROUND_NORM
    if before in _RELATIONS or here in _RELATIONS:
        return _LEAST if sign else _AROUND_RELATION
    bracket = items[place].inside is not None
    after_word = before == "Σ" or (before in FUNCTIONS and not bracket)
    return _AROUND_WORD if before == "," or here == "Σ" or len(here) > 1 or after_word else _LEAST
