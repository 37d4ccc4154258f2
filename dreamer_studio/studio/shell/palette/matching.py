"""Finds items by a few typed letters, and puts the best item first."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Final

from dreamer_studio.studio.shell.palette.items import PaletteItem

SAME: Final = 1000
KEY: Final = 950
PREFIX: Final = 900
WORD_START: Final = 800
INITIALS: Final = 700
INSIDE: Final = 600
WORDS: Final = 500
"""Best score of an item whose words are found one by one."""

LETTERS: Final = 150
"""Score of a text with the typed letters in their order, and others between them."""

RECENT: Final = 90
"""Most points that an item gains because it was used last: fewer than most steps between tiers."""

GRAY: Final = 50
"""Points that an item loses if it cannot be used now."""

SPREAD: Final = 4
"""Most letters of a text for each typed letter, on average."""

_WORD = re.compile(r"[^\W_]+")
_ENDS = ".,;:"


def best(items: Sequence[PaletteItem], query: str, recent: Sequence[str] = ()) -> list[PaletteItem]:
    """Return the items that a query finds, the best first. Without a query, return all, those used last first.

    Args:
        items: all items; equally good ones keep their order.
        query: what the user has typed.
        recent: ids of the items that were used, the last one first.
    """
    gains = {id_: RECENT * (1 - place / len(recent)) for place, id_ in enumerate(recent)}
    asked = " ".join(query.casefold().split())
    if not asked:
        return sorted(items, key=lambda item: (-gains.get(item.id, 0.0), bool(item.reason)))
    found = [(score(item, asked), item) for item in items]
    ranked = [
        (points + gains.get(item.id, 0.0) - (GRAY if item.reason else 0), item)
        for points, item in found
        if points is not None
    ]
    return [item for _, item in sorted(ranked, key=lambda each: (-each[0], len(each[1].text)))]


def score(item: PaletteItem, asked: str) -> float | None:
    """Return how well a query fits an item, or None if it does not.

    Args:
        item: the item.
        asked: the query in lower case, without spaces around it.
    """
    text = item.text.casefold()
    if text == asked:
        return SAME
    if any(key.casefold() == asked for key in item.keys):
        return KEY
    if text.startswith(asked):
        return PREFIX
    if (at_start := _find(text, asked)) is not None:
        return WORD_START if at_start else INSIDE
    plain = asked.replace(" ", "")
    if len(plain) > 1 and _initials(text).startswith(plain):
        return INITIALS
    whole = _words_score(item, text, asked)
    return whole if whole is not None or plain == asked else _letters_score(text, plain)


def _words_score(item: PaletteItem, text: str, asked: str) -> float | None:
    """Return the mean over the typed words, or None if a word is not found."""
    around = f"{item.place} {item.kind} {item.words}".casefold()
    below = item.detail.casefold()
    total = 0.0
    words = asked.split()
    for word in words:
        points = _word_score(word, text, around, below, item.keys)
        if points is None:
            return None
        total += points
    return total / len(words)


def _word_score(word: str, text: str, around: str, below: str, keys: Iterable[str]) -> float | None:
    for place, (start, inside) in ((text, (1.0, 0.7)), (around, (0.8, 0.6)), (below, (0.5, 0.3))):
        for form in (word, word.rstrip(_ENDS)):
            at_start = _find(place, form)
            if at_start is not None:
                return WORDS * (start if at_start else inside)
    if any(word in key.casefold() for key in keys):
        return WORDS * 0.4
    return _letters_score(text, word)


def _find(text: str, word: str) -> bool | None:
    """Return whether a word is found at the start of a word of a text; None if it is not in the text."""
    at = text.find(word) if word else -1
    if at < 0:
        return None
    starts = _starts(text)
    while at >= 0:
        if at in starts:
            return True
        at = text.find(word, at + 1)
    return False


def _letters_score(text: str, letters: str) -> float | None:
    """Return a score if the text has the letters in their order, from the start of a word on and not too far apart."""
    if len(letters) < 2:
        return None
    spans = [span for start in _starts(text) if (span := _span(text, letters, start)) is not None]
    if not spans or min(spans) > SPREAD * len(letters):
        return None
    return LETTERS * len(letters) / min(spans)


def _span(text: str, letters: str, start: int) -> int | None:
    """Return the length of the piece of a text from `start` that has the letters in their order, or None.

    Behind a space, the next letter begins a word. So "theme" is not in "the dimension".
    """
    if text[start] != letters[0]:
        return None
    at = start
    for letter in letters[1:]:
        before, at = at, text.find(letter, at + 1)
        while at >= 0 and " " in text[before:at] and at not in _starts(text):
            at = text.find(letter, at + 1)
        if at < 0:
            return None
    return at + 1 - start


@functools.lru_cache(maxsize=16_384)
def _starts(text: str) -> frozenset[int]:
    """Return the places at which the words of a text begin."""
    return frozenset(match.start() for match in _WORD.finditer(text))


@functools.lru_cache(maxsize=16_384)
def _initials(text: str) -> str:
    return "".join(match.group()[0] for match in _WORD.finditer(text))
