"""A letter for each entry of an open menu, so that the keyboard alone reaches every entry."""

from __future__ import annotations

import functools

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu


class Mnemonics(QObject):
    """Underlines a letter of each entry while a menu is open.

    The letters are chosen when the menu opens, because some entries change their text, and removed when it closes,
    because buttons share the text.
    """

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        menu.aboutToShow.connect(functools.partial(_underline, menu))
        menu.aboutToHide.connect(functools.partial(_plain, menu))


def letters(texts: list[str]) -> list[str]:
    """Return the texts, each with "&" before a letter of its own if there are enough letters.

    First letters of words are preferred. A text takes another of its letters if a later text has no other choice.
    """
    owners: dict[str, int] = {}
    for number in range(len(texts)):
        _find_letter(texts, number, owners, set())
    places = {number: _letters_of(texts[number])[letter] for letter, number in owners.items()}
    return [f"{text[:at]}&{text[at:]}" if (at := places.get(n)) is not None else text for n, text in enumerate(texts)]


def _find_letter(texts: list[str], number: int, owners: dict[str, int], tried: set[str]) -> bool:
    """Give a text a letter, taken from another text if that text finds a new one. Return whether there is a letter."""
    free = [letter for letter in _letters_of(texts[number]) if letter not in tried]
    for letter in sorted(free, key=lambda letter: letter in owners):  # letters without an owner first
        tried.add(letter)
        if letter not in owners or _find_letter(texts, owners[letter], owners, tried):
            owners[letter] = number
            return True
    return False


def _letters_of(text: str) -> dict[str, int]:
    """Return the places of the letters that a text may underline, the best first."""
    usable = [at for at, letter in enumerate(text) if letter.isalnum()]
    usable.sort(key=lambda at: at > 0 and text[at - 1] != " ")
    places: dict[str, int] = {}
    for at in usable:
        places.setdefault(text[at].casefold(), at)
    return places


def _underline(menu: QMenu) -> None:
    entries = [action for action in menu.actions() if action.isVisible() and not action.isSeparator()]
    plain = [action.text().replace("&", "") for action in entries]
    for action, text in zip(entries, letters(plain), strict=True):
        action.setText(text)


def _plain(menu: QMenu) -> None:
    for action in menu.actions():
        action.setText(action.text().replace("&", ""))
