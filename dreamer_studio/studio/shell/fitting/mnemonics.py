"""A letter for each entry of an open menu, so that the keyboard alone reaches it."""

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
    """Return the texts with "&" before a letter that no other text has, where one is left.

    First letters of words come first, and capitals keep their case.
    """
    taken: set[str] = set()
    marked = []
    for text in texts:
        starts = [at for at, letter in enumerate(text) if letter.isalnum() and (at == 0 or text[at - 1] == " ")]
        others = [at for at, letter in enumerate(text) if letter.isalnum()]
        place = next((at for at in (*starts, *others) if text[at].casefold() not in taken), None)
        if place is None:
            marked.append(text)
        else:
            taken.add(text[place].casefold())
            marked.append(f"{text[:place]}&{text[place:]}")
    return marked


def _underline(menu: QMenu) -> None:
    entries = [action for action in menu.actions() if action.isVisible() and not action.isSeparator()]
    plain = [action.text().replace("&", "") for action in entries]
    for action, text in zip(entries, letters(plain), strict=True):
        action.setText(text)


def _plain(menu: QMenu) -> None:
    for action in menu.actions():
        action.setText(action.text().replace("&", ""))
