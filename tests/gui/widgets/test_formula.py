"""A painted formula: symbols that light up and explain themselves, keys, and its size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.paper.symbols import SYMBOLS, Symbol
from dreamer_studio.studio.theme import CONTRAST, DARK, Palette, Theme
from dreamer_studio.studio.widgets.formula.formula import MARGIN, Formula
from dreamer_studio.studio.widgets.speech import install_speech
from dreamer_studio.studio.widgets.text import set_text_scale
from tests.support.pixels import count, ink, pixels
from tests.support.speech import role_of, value_of

LAMBDA_RETURN = "V_λ(s_τ) ≐ (1 − λ) Σ_{n=1}^{H−1} λ^{n−1} V_N^n(s_τ) + λ^{H−1} V_N^H(s_τ)"
SYMBOL = {symbol.text: symbol for symbol in SYMBOLS}


@pytest.fixture
def formula(theme: Theme, qtbot: QtBot) -> Iterator[Formula]:
    install_speech()
    window = QWidget()
    qtbot.addWidget(window)
    QPushButton("elsewhere", window).setFocus()
    made = Formula(theme, "Eq. 6", LAMBDA_RETURN, window)
    made.resize(made.sizeHint())
    window.resize(made.size())
    window.show()
    yield made
    QToolTip.hideText()


def test_that_the_symbol_under_the_pointer_lights_up_wherever_it_occurs_and_says_what_it_means(
    formula: Formula,
) -> None:
    told: list[Symbol | None] = []
    formula.pointed.connect(told.append)
    places = formula.areas(SYMBOL["λ"])
    before = formula.grab().toImage()
    assert len(places) == 3 and count(before, DARK.accent) == 0
    QTest.mouseMove(formula, places[1].center().toPoint())
    assert formula.lit == SYMBOL["λ"]
    assert QToolTip.text().splitlines()[1] == "In the code: disclam"
    image = formula.grab().toImage()
    for place in places:
        assert count(image.copy(place.toAlignedRect().adjusted(0, 0, 0, 3)), DARK.accent) >= 5  # the line below
        letter = place.toRect().adjusted(0, 0, 0, -2)
        assert pixels(image.copy(letter))[..., 0].max() < 0xA0 < pixels(before.copy(letter))[..., 0].max()
    assert count(image.copy(formula.areas(SYMBOL["s"])[0].toAlignedRect()), DARK.accent) == 0
    QTest.mouseMove(formula, formula.rect().topLeft())
    assert formula.lit is None and told == [SYMBOL["λ"], None]


def test_that_the_keys_go_from_symbol_to_symbol_and_a_screen_reader_hears_each(formula: Formula) -> None:
    assert role_of(formula) is QAccessible.Role.Equation
    assert value_of(formula) == LAMBDA_RETURN
    formula.setFocus()
    heard = []
    for _ in range(4):
        heard.append(value_of(formula).splitlines()[1].split(":")[0])
        QTest.keyClick(formula, Qt.Key.Key_Right)
    assert heard == ["V_λ", "s", "τ", "λ"]
    QTest.keyClick(formula, Qt.Key.Key_Left)
    assert formula.lit == SYMBOL["λ"] and "lambda-return" not in value_of(formula)
    for _ in range(9):
        QTest.keyClick(formula, Qt.Key.Key_Left)
    assert value_of(formula).endswith("In the glossary: lambda-return")
    formula.clearFocus()
    assert formula.lit is None and value_of(formula) == LAMBDA_RETURN


def test_that_a_narrow_formula_shrinks_and_larger_text_enlarges_it(formula: Formula) -> None:
    full = formula.sizeHint().width()
    last = formula.areas(SYMBOL["s"])[-1]
    formula.resize(round(0.8 * full), formula.height())
    shrunk = formula.areas(SYMBOL["s"])[-1]
    assert shrunk.right() < 0.82 * last.right() and shrunk.height() < last.height()
    assert shrunk.right() < formula.width() - MARGIN
    assert formula.minimumSizeHint().width() < 0.6 * full
    set_text_scale(2.0)
    try:
        assert formula.sizeHint().width() == pytest.approx(2 * full, abs=3 * MARGIN)
    finally:
        set_text_scale(1.0)


@pytest.mark.parametrize("palette", [DARK, CONTRAST], ids=["dark", "contrast"])
def test_that_a_formula_has_the_colors_of_the_theme(formula: Formula, theme: Theme, palette: Palette) -> None:
    theme.set_scheme(palette.name)
    assert ink(formula, palette.text, palette.ground) > 300
