"""The card with the equations of a chapter."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.paper.places import PASSAGES, Place, section_of
from dreamer_studio.paper.symbols import Symbol
from dreamer_studio.studio.help import learn
from dreamer_studio.studio.help.html import PAPER_SCHEME
from dreamer_studio.studio.learn.paper.passage_row import PassageRow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.help_button import open_in_help

TITLE: Final = "In the paper and in the code"


class PaperCard(Card):
    """Rows of equations. A symbol lights up in all of their formulas.

    Args:
        theme: the colors.
        equations: names of passages, such as "Eq. 6".
        parent: the owner.

    Attributes:
        rows: a row for each equation.

    Raises:
        KeyError: the paper has no passage of that name.
    """

    def __init__(self, theme: Theme, equations: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(theme, TITLE, help_text=learn.PAPER, caption_lines=0, parent=parent)
        self._has_places = False
        self.rows = [PassageRow(theme, PASSAGES[name]) for name in equations]
        widest = max(row.toggle.sizeHint().width() for row in self.rows)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        for row in self.rows:
            row.toggle.setMinimumWidth(widest)  # the formulas stand one below the other
            layout.addWidget(row)
            row.helpWanted.connect(functools.partial(self._open_help, row.passage.name))
            if row.formula is not None:
                row.formula.pointed.connect(self._light)
        self.set_body(body)

    def show_places(self, places: Mapping[str, Sequence[Place]]) -> None:
        """Show the code of each equation. A second call does nothing."""
        if self._has_places:
            return
        self._has_places = True
        for row in self.rows:
            row.show_places(places.get(row.passage.name, ()))

    def show_failure(self, reason: str) -> None:
        """Say why there is no code."""
        for row in self.rows:
            row.show_note(reason)

    def _light(self, symbol: Symbol | None) -> None:
        for row in self.rows:
            if row.formula is not None:
                row.formula.light(symbol)

    def _open_help(self, name: str) -> None:
        open_in_help(self, f"{PAPER_SCHEME}{section_of(name).title}")
