"""The fonts of formulas, and the layouts in these fonts."""

from __future__ import annotations

import functools
from typing import Final

from PySide6.QtGui import QFont, QFontMetricsF

from dreamer_studio.paper.boxes import Box
from dreamer_studio.paper.typesetting import Typesetter

EM: Final = 32
"""Size in pixels in which texts are measured. Painters scale from it, so a layout serves all sizes of text."""

FAMILIES: Final = (
    "STIX Two Text",
    "Cambria",
    "DejaVu Serif",
    "Times New Roman",
    "Liberation Serif",
    # These have the signs that the families above lack.
    "STIX Two Math",
    "Cambria Math",
    "DejaVu Math TeX Gyre",
    "DejaVu Sans",
)
"""Families in the order of preference; a sign comes from the first family that has it."""


@functools.cache
def formula_font(*, italic: bool) -> QFont:
    """Return the font of letters or of signs, `EM` pixels high."""
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setStyleHint(QFont.StyleHint.Serif)
    font.setPixelSize(EM)
    font.setItalic(italic)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # widths then grow with the size
    return font


@functools.cache
def layout_of(formula: str) -> Box:
    """Return the layout of a formula in these fonts.

    Raises:
        ValueError: the formula lacks a bracket or the base of a script.
        KeyError: a letter of the formula is in no symbol.
    """
    return Typesetter(_Widths()).lay_out(formula)


class _Widths:
    """The widths of `formula_font`."""

    def width(self, text: str, *, italic: bool) -> float:
        """Return the width of a text, in ems."""
        return QFontMetricsF(formula_font(italic=italic)).horizontalAdvance(text) / EM
