"""The chapter on latent imagination: hold an action in a dream, and see what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dreamer_studio.envs import EnvSpec
from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.studio.help import learn
from dreamer_studio.studio.learn.page import EMPTY, ChapterPage, stacked
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.film_strip import FilmStrip, StripRow
from dreamer_studio.viewing.learn.messages import LearnResult
from dreamer_studio.viewing.learn.messages.held import HeldRequest, HeldResult
from dreamer_studio.viewing.role import Role

YES, NO = 0, 1
"""Numbers of the choices."""

CLEARLY: Final = 2.0
"""Least ratio of the difference that the action makes to that of chance at which the dreams differ clearly."""


class HeldPage(ChapterPage):
    """Two dreams from the same frame, and a choice of the action that is held.

    Attributes:
        strip, choice: the dreams and the choice.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.strip = FilmStrip(theme, EMPTY, 2, markers=False)
        self.choice = choice_box("Action to hold", tip="The action that the upper dream holds at +1")
        self._names: Sequence[str] = ()
        self._discrete = False
        self._differences: dict[str, float] = {}
        card = Card(theme, "Two dreams from one frame", role=Role.DREAM, help_text=learn.HELD, caption_lines=0)
        card.add_header_widget(self.choice)
        card.set_body(self.strip)
        super().__init__(theme, chapter, stacked(card))
        self.choice.activated.connect(lambda _: self.tried())

    def set_spec(self, spec: EnvSpec) -> None:
        """Offer the task's actions."""
        self._names, self._discrete = spec.action_names, spec.action_kind == "discrete"
        self.choice.addItems(list(spec.action_names))

    @property
    def request(self) -> HeldRequest:
        """Return the request for the action that is chosen."""
        return HeldRequest(self.scene, max(0, self.choice.currentIndex()))

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Show the dream without the action, and after the reveal the one with the action."""
        assert isinstance(result, HeldResult)
        other = f"“{self._name(result.action - 1)}” held" if self._discrete else "does nothing"
        rows = [StripRow(other, Role.DREAM, result.other)]
        if revealed:
            rows.insert(0, StripRow(f"“{self._name(result.action)}” held", Role.DREAM, result.held))
        self.strip.set_rows(rows, len(result.other), 0)

    def answer(self) -> tuple[int, str]:
        """Compare the difference that the action makes with the one that the noise makes."""
        made = self._dreams
        right = YES if made.by_action > CLEARLY * made.by_chance else NO
        return right, (
            f"Over {len(made.held)} steps, the mean squared difference of the dreams is {made.by_action:.5f}. Two "
            f"dreams with the same actions and other noise differ by {made.by_chance:.5f}."
        )

    def found(self) -> str:
        """Name the action that made the largest difference so far."""
        made = self._dreams
        name = self._name(made.action)
        self._differences[name] = made.by_action
        most = max(self._differences, key=self._differences.__getitem__)
        rewards = f"predicted rewards: {made.reward_held.sum():.2f} instead of {made.reward_other.sum():.2f}"
        largest = f"The largest of the {len(self._differences)} so far: “{most}”, {self._differences[most]:.5f}."
        return f"“{name}” makes a difference of {made.by_action:.5f}; {rewards}. {largest}"

    @property
    def _dreams(self) -> HeldResult:
        assert isinstance(self.result, HeldResult)
        return self.result

    def _name(self, action: int) -> str:
        return self._names[action % len(self._names)] if self._names else f"action {action + 1}"
