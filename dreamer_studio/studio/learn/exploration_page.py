"""The chapter on environment interaction: what exploration changes."""

from __future__ import annotations

from typing import Final

import numpy as np

from dreamer_studio.envs import EnvSpec
from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.studio.help import learn
from dreamer_studio.studio.learn.page import EMPTY, ChapterPage, stacked
from dreamer_studio.studio.learn.slider import LabeledSlider
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.film_strip import FilmStrip, StripRow
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.learn.messages import LearnResult
from dreamer_studio.viewing.learn.messages.exploration import ExplorationRequest, ExplorationResult
from dreamer_studio.viewing.role import Role

STEPS: Final = 20
"""Steps of the slider from 0 to 1."""

A_LITTLE, A_LOT = 0.05, 0.2
"""Least change of an action that counts as a little, and as a lot."""

WITHOUT, WITH = "without exploration", "with exploration"


class ExplorationPage(ChapterPage):
    """The scene, and an action at each of its frames.

    Attributes:
        strip, acted, choice, slider: the scene, the plot, the choice of an action, and the amount of exploration.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.strip = FilmStrip(theme, EMPTY, 1, markers=False)
        self.choice = choice_box("Action on show")
        styles = SeriesStyle(WITHOUT, Role.MODEL), SeriesStyle(WITH, Role.REAL)
        self.acted = TimelinePlot(theme, styles, name="Actions", empty_text=EMPTY, in_sight=(-1.0, 1.0))
        self.acted.setMinimumHeight(150)
        self.slider = LabeledSlider("Exploration", (0, STEPS), 0, lambda value: f"exploration {value / STEPS:.2f}")
        self._amount: float | None = None
        scene = Card(theme, "Scene", role=Role.REAL, help_text=learn.EXPLORATION_SCENE, caption_lines=0)
        scene.set_body(self.strip)
        self._card = Card(theme, "Action", help_text=learn.EXPLORATION, caption_lines=0)
        for widget in (self.choice, self.acted.legend):
            self._card.add_header_widget(widget)
        self._card.set_body(self.acted)
        super().__init__(theme, chapter, stacked(scene, self._card, self.slider))
        self.choice.activated.connect(lambda _: self._redraw())
        self.slider.moved.connect(self._move)

    def set_spec(self, spec: EnvSpec) -> None:
        """Offer the task's actions."""
        self.choice.addItems(list(spec.action_names))

    @property
    def request(self) -> ExplorationRequest:
        """Return the request for the amount of the slider, or of the training while the slider rests."""
        return ExplorationRequest(self.scene, self._amount)

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Show the policy's action, and after the reveal the action with exploration."""
        assert isinstance(result, ExplorationResult)
        count, place = len(result.real), max(0, self.choice.currentIndex())
        self.strip.set_rows([StripRow("recorded", Role.REAL, result.real)], count, count)
        steps = result.origin.index + np.arange(count, dtype=np.float64)
        self.acted.set_series(WITHOUT, steps, result.mode[:, place])
        shown = count if revealed else 0
        self.acted.set_series(WITH, steps[:shown], result.explored[:shown, place])
        if self._amount is None:
            self.slider.show_value(round(result.amount * STEPS))

    def answer(self) -> tuple[int, str]:
        """Say how far exploration moves the actions."""
        result = self._actions
        change = result.change
        right = int(change >= A_LITTLE) + int(change >= A_LOT)
        return right, f"{_in_words(result)} The policy itself is random as well: in training it draws a sample."

    def found(self) -> str:
        """Say how far the amount of the slider moves the actions."""
        result = self._actions
        return f"{_in_words(result)} The training uses {result.training:.2f} now."

    @property
    def _actions(self) -> ExplorationResult:
        assert isinstance(self.result, ExplorationResult)
        return self.result

    def _redraw(self) -> None:
        if self.result is not None:
            self.draw(self.result, revealed=self.revealed)

    def _move(self, value: int) -> None:
        self._amount = value / STEPS
        self.tried()


def _in_words(result: ExplorationResult) -> str:
    amount = f"With amount {result.amount:.2f}"
    if result.discrete:
        return f"{amount}, {result.change:.0%} of the choices differ from the most likely ones."
    return f"{amount}, actions move by {result.change:.0%} of their range, on average."
