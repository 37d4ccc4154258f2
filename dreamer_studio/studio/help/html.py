"""Help texts and glossary entries as the simple HTML that Qt shows."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final

from dreamer_studio.studio.help.glossary import Entry, words_in
from dreamer_studio.studio.help.help import HEADINGS, Help

SCHEME: Final = "glossary:"
"""Begins a link to an entry of the glossary; the entry's anchor follows."""

PAPER_SCHEME: Final = "paper:"
"""Begins a link to the page on the paper; the title of a section follows."""


def help_html(text: Help) -> str:
    """Return the three parts as paragraphs with their headings."""
    parts = zip(HEADINGS, text.parts, strict=True)
    return "".join(f"<p><b>{heading}.</b> {linked(part)}</p>" for heading, part in parts)


def linked(text: str, but: Entry | None = None) -> str:
    """Return a plain text as HTML, with a link to the glossary at the first place of each of its words except `but`."""
    pieces: list[str] = []
    done = 0
    for word in words_in(text):
        if word.entry != but:
            shown = html.escape(text[word.start : word.end])
            pieces += [html.escape(text[done : word.start]), f'<a href="{SCHEME}{word.entry.anchor}">{shown}</a>']
            done = word.end
    return "".join((*pieces, html.escape(text[done:])))


def glossary_html(entries: Iterable[Entry]) -> str:
    """Return entries of the glossary, each under its word."""
    return "".join(
        f'<p><a name="{entry.anchor}"></a><b>{html.escape(", ".join(entry.words))}</b><br>'
        f"{linked(entry.meaning, entry)}</p>"
        for entry in entries
    )
