"""The words of docs/glossary.md, and where they stand in other texts."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dreamer_studio.resources import document_path

EVERYDAY: Final = frozenset({"agent", "frame", "image", "request", "result", "run", "task", "test"})
"""Words that a reader knows well enough: they get no links in help texts, which would be full of them."""

_PLURAL: Final = r"(?:s|es)?"


@dataclass(frozen=True)
class Entry:
    """One row of the glossary.

    Attributes:
        words: the word, and other names for it.
        meaning: one or two sentences.
        avoid: words that are not used for it; empty if there are none.
    """

    words: tuple[str, ...]
    meaning: str
    avoid: str

    @property
    def anchor(self) -> str:
        """Return the name of the entry in links, such as "training-horizon"."""
        return re.sub(r"\W+", "-", self.words[0].casefold()).strip("-")


@dataclass(frozen=True)
class Word:
    """A word of the glossary in a text, from `start` to `end`."""

    start: int
    end: int
    entry: Entry


@functools.cache
def glossary() -> tuple[Entry, ...]:
    """Return all entries, by alphabet; none if the page is missing from the installation."""
    try:
        text = document_path("glossary.md").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    entries = [_entry(*(cell.strip() for cell in row)) for row in rows[2:]]
    return tuple(sorted(entries, key=lambda entry: entry.words[0].casefold()))


def words_in(text: str) -> Iterator[Word]:
    """Yield the first place of each entry in a text, in order. Longer words win: "training horizon" over "horizon"."""
    seen: set[Entry] = set()
    by_word = _by_word()
    for found in _pattern().finditer(text):
        entry = by_word[found["word"].casefold()]
        if entry not in seen:
            seen.add(entry)
            yield Word(found.start(), found.end(), entry)


def _entry(words: str, meaning: str, avoid: str) -> Entry:
    return Entry(tuple(word.strip().strip("`") for word in words.split(",")), meaning.replace("`", ""), avoid)


@functools.cache
def _by_word() -> dict[str, Entry]:
    return {word.casefold(): entry for entry in glossary() for word in entry.words if word not in EVERYDAY}


@functools.cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_by_word(), key=len, reverse=True)
    return re.compile(rf"\b(?P<word>{'|'.join(map(re.escape, longest_first)) or '(?!)'}){_PLURAL}\b", re.IGNORECASE)
