"""A question with choices. The answer comes after the user has guessed, or wants to see it."""

from __future__ import annotations

import functools
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.lessons.chapter import Guess
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.chips import Chip
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar
from dreamer_studio.studio.widgets.text import plain_label
from dreamer_studio.viewing.role import Role

SKIPPED: Final = -1
"""The choice of a user who wants to see the answer without a guess."""


class GuessBox(QWidget):
    """Shows the question, a button for each choice, and one that skips the guess.

    Attributes:
        choices, skip: the buttons.
    """

    chosen = Signal(int)
    """Emitted once, with the number of the choice or `SKIPPED`."""

    def __init__(self, theme: Theme, guess: Guess, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guess = guess
        self._choice: int | None = None
        self._question = plain_label(guess.question, wrap=True)
        self._verdict = plain_label(wrap=True)
        self._outcome = Chip(theme)
        self.choices = [push_button(text) for text in guess.choices]
        self.skip = push_button("Show me", "See the answer without a guess")
        self._bar = FlowBar((*self.choices, self.skip, self._outcome))
        for number, button in enumerate((*self.choices, self.skip)):
            button.setCheckable(button is not self.skip)
            button.clicked.connect(functools.partial(self._choose, number if number < len(self.choices) else SKIPPED))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._question, self._bar, self._verdict):
            layout.addWidget(widget)
        self._verdict.hide()
        self._outcome.hide()

    @property
    def choice(self) -> int | None:
        """Return the user's choice, `SKIPPED`, or None before the guess."""
        return self._choice

    @property
    def verdict(self) -> str:
        """Return the answer on show; empty before the guess."""
        return self._verdict.text()

    @property
    def outcome(self) -> str:
        """Return the word about the guess: "right", "not quite", or empty."""
        return self._outcome.text()

    def tell(self, right: int, answer: str) -> None:
        """Say which choice is right, and why. Does nothing before the guess.

        Args:
            right: number of the choice.
            answer: one or two sentences with what was measured.
        """
        if self._choice is None:
            return
        if self._choice == SKIPPED:
            self._outcome.set("", Role.NEUTRAL)
        elif self._choice == right:
            self._outcome.set("right", Role.OK)
        else:
            self._outcome.set("not quite", Role.WARN)
        self._outcome.setVisible(bool(self._outcome.text()))
        self._verdict.setText(f"{self._guess.choices[right]}. {answer}")
        self._verdict.show()

    def _choose(self, choice: int) -> None:
        self._choice = choice
        for number, button in enumerate(self.choices):
            button.setEnabled(False)
            button.setChecked(number == choice)
        self.skip.hide()
        self.chosen.emit(choice)
