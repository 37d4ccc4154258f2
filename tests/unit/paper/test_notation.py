"""Formulas and their symbols."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dreamer_studio.paper.notation import latex, parse, plain
from dreamer_studio.paper.places import PASSAGES
from dreamer_studio.paper.symbols import SYMBOLS, symbols_of

ROOT = Path(__file__).parents[3]
FORMULAS = [passage for passage in PASSAGES.values() if passage.formula]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("V_N^k(s_τ)", r"V_{N}^{k} ( s_{\tau} )"),
        ("λ^{n−1}", r"\lambda^{n - 1}"),
        ("J_REC ≐ const", r"J_{\mathrm{REC}} \doteq \mathrm{const}"),
        ("E(Σ_t r_t)", r"\mathrm{E} \left( \sum_{t} r_{t} \right)"),
        ("{(a, o)}_{t=k}", r"\{ ( a , o ) \}_{t = k}"),
        ("½ ‖v‖^2", r"\frac{1}{2} \| v \|^{2}"),
    ],
)
def test_that_a_formula_becomes_latex(formula: str, expected: str) -> None:
    assert latex(formula) == expected


def test_that_scripts_and_brackets_are_parts_of_their_item() -> None:
    (item,) = parse("(s_t)_{t=1}^T")

    assert item.inside is not None
    assert (plain(item.inside), plain(item.sub), plain(item.sup)) == ("s_t", "t=1", "T")


@pytest.mark.parametrize("formula", ["(s", "s)", "s_{t", "_t", "s_", "s_ t"])
def test_that_a_broken_formula_is_an_error(formula: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(formula))):
        parse(formula)


def test_that_each_letter_of_each_formula_is_a_symbol_with_a_meaning() -> None:
    assert all(symbols_of(passage.formula) for passage in FORMULAS)
    with pytest.raises(KeyError, match="x"):
        symbols_of("x_t")


def test_that_a_label_belongs_to_the_name_of_a_symbol_and_an_index_does_not() -> None:
    names = [symbol.text for symbol in symbols_of("V_λ(s_τ) ≐ V_N^n(s_τ)")]

    assert names == ["V_λ", "s", "τ", "V_N", "n"]


def test_that_each_symbol_stands_in_a_formula_or_a_sentence() -> None:
    used = {symbol for passage in FORMULAS for symbol in symbols_of(passage.formula)}
    words = {word for passage in PASSAGES.values() for word in re.findall(r"\w+", passage.words)}

    assert [symbol.text for symbol in SYMBOLS if symbol not in used and symbol.text not in words] == []


def test_that_the_glossary_has_the_words_of_symbols() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = {word for cell in re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE) for word in cell.split(", ")}

    assert [symbol.text for symbol in SYMBOLS if symbol.glossary and symbol.glossary not in words] == []


def test_that_the_code_has_the_names_of_symbols() -> None:
    folders = ("dreamer", "replay")
    files = [path for folder in folders for path in (ROOT / "dreamer_studio" / folder).glob("*.py")]
    source = "".join(path.read_text(encoding="utf-8") for path in [*files, ROOT / "dreamer_studio" / "config.py"])
    names = [name for symbol in SYMBOLS for name in re.findall(r"\w+", symbol.code)]

    assert [name for name in names if not re.search(rf"\b{name}\b", source)] == []
