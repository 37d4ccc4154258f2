"""The layout of formulas, in a font whose letters are all half an em wide."""

from __future__ import annotations

import pytest

from dreamer_studio.paper.boxes import Box, Glyph
from dreamer_studio.paper.places import PASSAGES
from dreamer_studio.paper.symbols import symbols_of
from dreamer_studio.paper.typesetting import Typesetter


class HalfEms:
    def width(self, text: str, *, italic: bool) -> float:
        return 0.5 * len(text)


def laid_out(formula: str) -> Box:
    return Typesetter(HalfEms()).lay_out(formula)


def glyph(box: Box, text: str, place: int = 0) -> Glyph:
    return [each for each in box.glyphs if each.text == text][place]


def test_that_scripts_are_smaller_and_stand_beside_their_base() -> None:
    box = laid_out("V_N^k")
    base, below, above = glyph(box, "V"), glyph(box, "N"), glyph(box, "k")
    assert base.size == 1 and below.size == above.size < 1
    assert below.x == above.x == base.x + 0.5
    assert above.y < base.y == 0 < below.y


def test_that_limits_stand_under_and_over_a_sum_and_beside_it_in_a_script() -> None:
    box = laid_out("Σ_{t=1}^H")
    sum_, below, above = glyph(box, "∑"), glyph(box, "t"), glyph(box, "H")
    assert below.x < sum_.x < above.x < sum_.x + 0.5 * sum_.size  # the longer limit sticks out
    assert above.y < sum_.y - 0.72 * sum_.size and below.y > sum_.y + 0.24 * sum_.size
    small = laid_out("r^{Σ_t}")
    assert glyph(small, "t").x > glyph(small, "∑").x


def test_that_brackets_grow_around_a_sum_only() -> None:
    plain, grown = glyph(laid_out("(r)"), "("), glyph(laid_out("(Σ_t^H r)"), "(")
    assert plain.stretch == 1 and grown.stretch > 1.3
    box = laid_out("(Σ_t^H r)")
    middle = grown.y + grown.stretch * (0.24 - 0.72) / 2
    inner = laid_out("Σ_t^H r")
    assert middle == pytest.approx((inner.top + inner.bottom) / 2)
    assert box.top < -0.72 * grown.stretch / 2


def test_that_a_half_is_a_fraction_with_a_bar_between_its_numbers() -> None:
    box = laid_out("½")
    (bar,) = box.rules
    assert glyph(box, "1").y < bar.y < glyph(box, "2").y
    assert 0 < bar.x < bar.x + bar.width < box.width


def test_that_a_label_belongs_to_its_symbol_and_an_index_is_a_symbol_of_its_own() -> None:
    box = laid_out("V_λ(s_τ)")
    assert [area.symbol.text for area in box.areas] == ["V_λ", "s", "τ"]
    assert [each.symbol.text for each in box.glyphs if each.symbol] == ["V_λ", "V_λ", "s", "τ"]
    name = box.areas[0]
    label = glyph(box, "λ")
    assert name.holds(label.x + 0.1, label.y)
    assert name.width > box.areas[1].width


def test_that_the_innermost_symbol_is_found_at_a_point() -> None:
    box = laid_out("γ^{n−τ} r_n")
    for area in box.areas:
        found = box.area_at(area.x + area.width / 2, area.y + area.height / 2)
        assert found is area
    minus = glyph(box, "−")
    assert box.area_at(minus.x + 0.1, minus.y - 0.2) is None
    assert box.area_at(-1, 0) is None


def test_that_a_relation_has_room_and_a_negative_number_keeps_its_sign() -> None:
    difference, negative = laid_out("s − r"), laid_out("s ≐ −β")
    assert glyph(difference, "r").x - glyph(difference, "−").x > 0.7
    assert glyph(negative, "β").x - glyph(negative, "−").x < 0.6


@pytest.mark.parametrize("formula", sorted({each.formula for each in PASSAGES.values() if each.formula}))
def test_that_each_formula_of_the_paper_fits_its_box_and_all_its_symbols_can_be_pointed_at(formula: str) -> None:
    box = laid_out(formula)
    assert {area.symbol for area in box.areas} == set(symbols_of(formula))
    for each in box.glyphs:
        assert each.x >= -1e-9 and each.x + 0.5 * len(each.text) * each.size <= box.width + 1e-9
        assert box.top <= each.y <= box.bottom
    for area in box.areas:
        assert box.top - 1e-9 <= area.y and area.y + area.height <= box.bottom + 1e-9
