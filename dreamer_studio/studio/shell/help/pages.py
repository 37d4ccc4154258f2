"""The pages of the Help window as text: guide, glossary, paper, keys; each can be searched. No Qt."""

from __future__ import annotations

import enum
import functools
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dreamer_studio.paper.notation import latex
from dreamer_studio.paper.places import PASSAGES
from dreamer_studio.paper.symbols import SYMBOLS
from dreamer_studio.resources import document_path
from dreamer_studio.studio.actions import ACTIONS, Scope, in_words
from dreamer_studio.studio.help.glossary import glossary
from dreamer_studio.studio.help.html import glossary_html

MISSING: Final = "This page is missing from the installation. Install the package again."


class Page(enum.Enum):
    """A page of the window; the value is the title of its tab."""

    GUIDE = "Guide"
    GLOSSARY = "Glossary"
    PAPER = "Paper"
    KEYS = "Keys"


@dataclass(frozen=True)
class Text:
    """The contents of a page.

    Attributes:
        content: the text.
        markdown: whether it is Markdown; otherwise HTML.
    """

    content: str
    markdown: bool = False


def text_of(page: Page, search: str = "") -> Text:
    """Return a page with only the parts in which every word of `search` occurs.

    Parts are sections of the guide and of the page on the paper, entries of the glossary, and rows of keys. Case does
    not matter.
    """
    words = search.casefold().split()
    match page:
        case Page.GUIDE:
            return _document(_sections("guide.md"), words)
        case Page.GLOSSARY:
            return _glossary(words)
        case Page.PAPER:
            return _document(_paper(), words)
        case Page.KEYS:
            return _keys(words)


def key_rows() -> list[tuple[Scope, str, str]]:
    """Return all actions with their scope, their keys or else their place in the menus, and their help."""
    return [
        (scope, in_words(spec) or " > ".join((*spec.menu.split("/"), spec.text)), spec.help)
        for scope in Scope
        for spec in sorted((each for each in ACTIONS if each.scope is scope), key=lambda each: not each.keys)
    ]


def _document(sections: Sequence[str], words: list[str]) -> Text:
    if not sections:
        return Text(MISSING)
    found = [section for section in sections if _has(section, words)]
    return Text("\n\n".join(found), markdown=True) if found else _nothing(words)


@functools.cache
def _sections(document: str) -> tuple[str, ...]:
    """Return the sections of a page of the documentation, without links to pages that the window cannot show."""
    try:
        text = document_path(document).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    text = re.sub(r"(?<!!)\[([^\]]+\.md)\]\([^)]*\)", r"docs/\1", text)
    text = re.sub(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", text)
    return tuple(re.split(r"\n(?=###? )", text))


@functools.cache
def _paper() -> tuple[str, ...]:
    """Return the sections of docs/paper.md with its formulas as plain text: Qt does not know LaTeX."""
    texts = {latex(each.formula): each.formula for each in PASSAGES.values()}
    texts |= {latex(symbol.text): symbol.text for symbol in SYMBOLS}

    def in_block(found: re.Match[str]) -> str:
        return f"```\n{texts.get(found[1], found[1])}\n```"

    def in_line(found: re.Match[str]) -> str:
        return f"`{texts.get(found[1], found[1])}`"

    sections = (re.sub(r"```math\n([^`]+)\n```", in_block, section) for section in _sections("paper.md"))
    return tuple(re.sub(r"\$`([^`]+)`\$", in_line, section) for section in sections)


def _glossary(words: list[str]) -> Text:
    entries = glossary()
    if not entries:
        return Text(MISSING)
    found = [entry for entry in entries if _has(f"{' '.join(entry.words)} {entry.meaning}", words)]
    # An entry whose word is searched for comes before those that only mention it.
    found.sort(key=lambda entry: not _has(" ".join(entry.words), words))
    return Text(glossary_html(found)) if found else _nothing(words)


def _keys(words: list[str]) -> Text:
    rows = [row for row in key_rows() if _has(f"{row[0].value} {row[1]} {row[2]}", words)]
    if not rows:
        return _nothing(words)
    parts = []
    for scope in dict.fromkeys(row[0] for row in rows):
        lines = (
            f'<tr><td width="30%"><b>{html.escape(keys)}</b></td><td>{html.escape(help_)}</td></tr>'
            for of, keys, help_ in rows
            if of is scope
        )
        table = f'<table width="100%" cellpadding="3">{"".join(lines)}</table>'
        parts.append(f"<h3>{html.escape(scope.value)}</h3>{table}")
    return Text("".join(parts))


def _nothing(words: list[str]) -> Text:
    return Text(f"<p>Nothing here has “{html.escape(' '.join(words))}”.</p>")


def _has(text: str, words: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)
