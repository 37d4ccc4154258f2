"""An equation of the paper. A click shows what it says, how this code differs, and its places in the code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from dreamer_studio.paper.passage import Passage
from dreamer_studio.paper.places import Place
from dreamer_studio.studio.learn.paper.place_row import PlaceRow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.formula.formula import Formula
from dreamer_studio.studio.widgets.text import mute, plain_label

LOOKING: Final = "Looking for the code."
NO_SOURCE: Final = "This installation has no source code to show."
INDENT: Final = 22  # pixels left of the details


class PassageRow(QWidget):
    """The number and the formula of a passage, and its details on demand.

    Attributes:
        passage: the passage.
        toggle: the button that shows or hides the details.
        formula: the formula; a click on it does the same. None if the passage has none.
        help: the button that asks for the page about the paper.
    """

    helpWanted = Signal()
    """Emitted when the user wants to read about the passage in the Help window."""

    def __init__(self, theme: Theme, passage: Passage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.passage = passage
        self.toggle = _toggle(passage)
        self.toggle.toggled.connect(self._show_details)
        self.formula = Formula(theme, passage.name, passage.formula) if passage.formula else None
        self.help = push_button("Show in Help", "Open the page on the paper at this equation")
        self.help.setAccessibleName(f"Show {passage.name} in Help")
        self.help.clicked.connect(self.helpWanted)
        self._places = QVBoxLayout()
        self._note = plain_label("" if passage.absent else LOOKING, wrap=True)
        mute(self._note)
        self._details = self._make_details()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.toggle)
        if self.formula is not None:
            self.formula.opened.connect(self.toggle.toggle)
            head.addWidget(self.formula, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._details)
        self._details.hide()

    @property
    def places(self) -> list[PlaceRow]:
        """Return the rows of the places."""
        return self.findChildren(PlaceRow)

    @property
    def note(self) -> str:
        """Return the line in place of the code; empty if there is code."""
        return self._note.text()

    def show_places(self, places: Sequence[Place]) -> None:
        """Show the places, once. Without any, say why."""
        for place in places:
            self._places.addWidget(PlaceRow(place))
        self.show_note("" if places or self.passage.absent else NO_SOURCE)

    def show_note(self, words: str) -> None:
        """Show a line in place of the code, or none."""
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def _show_details(self, shown: bool) -> None:
        self.toggle.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._details.setVisible(shown)

    def _make_details(self) -> QWidget:
        passage, details = self.passage, QWidget()
        part = f"{passage.part[0].upper()}{passage.part[1:]}. " if passage.part else ""
        texts = [f"{part}{passage.words}"]
        if passage.differs:
            texts.append(f"In this code: {passage.differs}")
        if passage.absent:
            texts.append(f"Not in the code: {passage.absent}")
        layout = QVBoxLayout(details)
        layout.setContentsMargins(INDENT, 0, 0, 6)
        for text in texts:
            layout.addWidget(plain_label(text, wrap=True))
        layout.addLayout(self._places)
        layout.addWidget(self._note)
        layout.addWidget(self.help, 0, Qt.AlignmentFlag.AlignLeft)
        self._note.setVisible(bool(self._note.text()))
        return details


def _toggle(passage: Passage) -> QToolButton:
    """Make the button with the number of a passage."""
    toggle = QToolButton()
    toggle.setText(passage.name.partition(", ")[0] if passage.formula else passage.name)
    toggle.setToolTip(f"What {passage.name} says, and its code")
    toggle.setAccessibleName(f"{passage.name}: what it says, and its code")
    toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    toggle.setArrowType(Qt.ArrowType.RightArrow)
    toggle.setCheckable(True)
    toggle.setAutoRaise(True)
    toggle.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return toggle
