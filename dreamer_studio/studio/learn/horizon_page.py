"""The chapter on the horizon: how much of a target is the value model's word."""

from __future__ import annotations

from typing import Final

import numpy as np

from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.studio.help import learn
from dreamer_studio.studio.learn.page import EMPTY, ChapterPage, stacked
from dreamer_studio.studio.learn.slider import LabeledSlider
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import FilmStrip, Mark, StripRow
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.learn.horizon_steps import EXAMPLES, LONGEST
from dreamer_studio.viewing.learn.messages import LearnResult
from dreamer_studio.viewing.learn.messages.horizon import HorizonRequest, HorizonResult
from dreamer_studio.viewing.role import Role

VALUE_ALONE: Final = 0
"""Number of the right choice: with one step, the bootstrap is all that there is."""

WEIGHT: Final = "weight of the value model"


class HorizonPage(ChapterPage):
    """A long dream with the end of the horizon, and the value model's weight for each horizon.

    Attributes:
        strip, weights, slider: the dream, the plot and the slider of the horizon.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.strip = FilmStrip(theme, EMPTY, 1, markers=False)
        styles = (SeriesStyle(WEIGHT, Role.MODEL),)
        self.weights = TimelinePlot(
            theme, styles, name="Weight of the value model", x_title="horizon", empty_text=EMPTY, in_sight=(0.0, 1.0)
        )
        self.weights.setMinimumHeight(150)
        self.slider = LabeledSlider("Horizon", (1, LONGEST), EXAMPLES[0], "horizon {}".format)
        dream = Card(theme, "Dream", role=Role.DREAM, help_text=learn.DREAM, caption_lines=0)
        dream.set_body(self.strip)
        self._card = Card(theme, "The value model's part", help_text=learn.HORIZON, caption_lines=0)
        self._card.set_subtitle("of the target of the first step, from 0 to 1")
        self._card.set_body(self.weights)
        super().__init__(theme, chapter, stacked(dream, self.slider, self._card))
        self.slider.moved.connect(self._move)

    @property
    def request(self) -> HorizonRequest:
        """Return the request, which is the same for all horizons."""
        return HorizonRequest(self.scene)

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Show the dream and the end of the horizon, and after the reveal the weights."""
        assert isinstance(result, HorizonResult)
        count, horizon = len(result.images), self.slider.value
        marks = [Mark(horizon, "horizon", Role.DREAM)] if horizon < count else []
        self.strip.set_rows([StripRow("dreamed", Role.DREAM, result.images)], count, count, marks)
        self._card.setVisible(revealed)
        if revealed:
            self.weights.set_series(WEIGHT, np.arange(1.0, count + 1), result.by_value)
            self.weights.set_playhead(horizon)

    def answer(self) -> tuple[int, str]:
        """Say how much weight the value model has for a few horizons."""
        result = self._of_scene
        each = ", ".join(f"{result.by_value[steps - 1]:.0%} with {steps}" for steps in EXAMPLES)
        return VALUE_ALONE, f"The value model's weight in the target of the first step is {each} steps."

    def found(self) -> str:
        """Say what the horizon on show means."""
        result, horizon = self._of_scene, self.slider.value
        return (
            f"With horizon {horizon}, the value model's estimates have a weight of {result.by_value[horizon - 1]:.0%}, "
            f"and the target is {result.target[horizon - 1]:.2f}. The training's horizon is {result.training}."
        )

    @property
    def _of_scene(self) -> HorizonResult:
        assert isinstance(self.result, HorizonResult)
        return self.result

    def _move(self, _: int) -> None:
        if self.result is not None:
            self.draw(self.result, revealed=self.revealed)
        self.tried()
