"""Formulas as plain text, with `_` and `^` for scripts: `V_λ(s_τ)`, `Σ_{n=1}^{H−1} λ^{n−1}`.

A formula is written once. A reader without TeX sees the text, documentation gets LaTeX, and `parse` gives the parts
to draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FUNCTIONS: Final = ("ln", "tanh", "max", "min", "const", "Normal", "env.reset", "env.step")
"""Words in formulas that are no symbols."""

_PAIRS: Final = {"(": ")", "{": "}"}

_COMMANDS: Final = {
    "θ": r"\theta",
    "φ": r"\phi",
    "ψ": r"\psi",
    "τ": r"\tau",
    "λ": r"\lambda",
    "γ": r"\gamma",
    "β": r"\beta",
    "α": r"\alpha",
    "ε": r"\epsilon",
    "μ": r"\mu",
    "σ": r"\sigma",
    "Σ": r"\sum",
    "∇": r"\nabla",
    "𝒟": r"\mathcal{D}",
    "E": r"\mathrm{E}",
    "I": r"\mathbb{I}",
    "½": r"\frac{1}{2}",
    "‖": r"\|",
    "|": r"\mid",
    "−": "-",
    "≐": r"\doteq",
    "≈": r"\approx",
    "∼": r"\sim",
    "←": r"\leftarrow",
    "∪": r"\cup",
    "′": "'",
    "…": r"\ldots",
    "\u2003": r"\quad",
    "ln": r"\ln",
    "tanh": r"\tanh",
    "max": r"\max",
    "min": r"\min",
}


@dataclass(frozen=True)
class Item:
    """A part of a formula with its scripts: a word or a character, or a pair of brackets around a formula.

    Attributes:
        text: the word or the character; of brackets the opening one.
        inside: what the brackets hold; None if the item is no pair of brackets.
        sub, sup: the scripts; empty if there are none.
    """

    text: str
    inside: tuple[Item, ...] | None = None
    sub: tuple[Item, ...] = ()
    sup: tuple[Item, ...] = ()

    @property
    def closing(self) -> str:
        """Return the closing bracket."""
        return _PAIRS[self.text]


def parse(formula: str) -> tuple[Item, ...]:
    """Return the parts of a formula; spaces between them are left out.

    Raises:
        ValueError: a bracket is missing, or a script has no base.
    """
    items, end = _items(formula, 0, "")
    if end != len(formula):
        raise ValueError(f"The bracket at {end} of {formula!r} closes nothing.")
    return items


def plain(items: tuple[Item, ...]) -> str:
    """Return the text of parts without spaces, as symbols are named: `V_λ`, `s`."""
    return "".join(_plain(item) for item in items)


def latex(formula: str) -> str:
    """Return a formula in LaTeX, for math mode."""
    return " ".join(_latex(item) for item in parse(formula))


def _items(formula: str, at: int, closing: str) -> tuple[tuple[Item, ...], int]:
    """Read parts from `at` up to `closing` or the end; return them and where they end."""
    items: list[Item] = []
    while at < len(formula) and (formula[at] not in _PAIRS.values()):
        if formula[at] == " ":
            at += 1
            continue
        if formula[at] in "_^":
            raise ValueError(f"The script at {at} of {formula!r} has no base.")
        item, at = _item(formula, at)
        items.append(item)
    if closing and formula[at : at + 1] != closing:
        raise ValueError(f"{formula!r} lacks a {closing!r} at {at}.")
    return tuple(items), at


def _item(formula: str, at: int) -> tuple[Item, int]:
    """Read one part with its scripts."""
    inside: tuple[Item, ...] | None = None
    text = formula[at]
    if text in _PAIRS:
        inside, at = _items(formula, at + 1, _PAIRS[text])
        at += 1
    else:
        text = _word(formula, at)
        at += len(text)
    scripts: dict[str, tuple[Item, ...]] = {"_": (), "^": ()}
    while at < len(formula) and formula[at] in scripts:
        kind = formula[at]
        scripts[kind], at = _script(formula, at + 1)
    return Item(text, inside, scripts["_"], scripts["^"]), at


def _script(formula: str, at: int) -> tuple[tuple[Item, ...], int]:
    """Read a script: braces around a formula, or a word."""
    if formula[at : at + 1] == "{":
        items, end = _items(formula, at + 1, "}")
        return items, end + 1
    word = _word(formula, at)
    if not word.strip():
        raise ValueError(f"The script at {at} of {formula!r} is empty.")
    return (Item(word),), at + len(word)


def _word(formula: str, at: int) -> str:
    """Return the run of Latin letters that begins at `at`, or the one character there."""
    for function in FUNCTIONS:
        if formula.startswith(function, at):
            return function
    end = at
    while end < len(formula) and formula[end].isascii() and formula[end].isalpha():
        end += 1
    return formula[at : max(end, at + 1)]


def _plain(item: Item) -> str:
    inner = item.text if item.inside is None else f"{item.text}{plain(item.inside)}{item.closing}"
    for mark, script in (("_", item.sub), ("^", item.sup)):
        if script:
            text = plain(script)
            inner += mark + (text if len(script) == 1 else f"{{{text}}}")
    return inner


def _latex(item: Item) -> str:
    if item.inside is None:
        base = _word_in_latex(item.text)
    else:
        # Brackets around a sum grow with it.
        left, right = (r"\left", r"\right") if any(each.text == "Σ" for each in item.inside) else ("", "")
        escape = "\\" if item.text == "{" else ""
        inner = " ".join(_latex(each) for each in item.inside)
        base = f"{left}{escape}{item.text} {inner} {right}{escape}{item.closing}"
    for mark, script in (("_", item.sub), ("^", item.sup)):
        if script:
            base += f"{mark}{{{' '.join(_latex(each) for each in script)}}}"
    return base


def _word_in_latex(word: str) -> str:
    if word in _COMMANDS:
        return _COMMANDS[word]
    return rf"\mathrm{{{word}}}" if len(word) > 1 else word
