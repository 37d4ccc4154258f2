"""The chapter on dreams that promise too much: improve a dream's actions for the dream alone."""

from __future__ import annotations

from typing import Final

import numpy as np

from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.studio.help import learn
from dreamer_studio.studio.learn.page import EMPTY, ChapterPage, stacked
from dreamer_studio.studio.learn.slider import LabeledSlider
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import FilmStrip, StripRow
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.learn.messages import LearnResult
from dreamer_studio.viewing.learn.messages.promises import PromisesRequest, PromisesResult
from dreamer_studio.viewing.role import Role

FIRST: Final = 20
MOST: Final = 40
POLICY, IMPROVED, HIGHEST = "policy", "improved actions", "highest received"
ABOVE, WITHIN, NOT = 0, 1, 2
"""Numbers of the choices."""

CLEARLY: Final = 0.01
"""Least rise of the highest predicted reward that counts, as a share of the highest received reward, or of 1."""


class PromisesPage(ChapterPage):
    """Two dreams, and the rewards that they promise beside the highest one ever received in the episode.

    Attributes:
        strip, rewards, slider: the dreams, the plot and the slider of the improvements.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.strip = FilmStrip(theme, EMPTY, 2, markers=False)
        styles = (
            SeriesStyle(POLICY, Role.MODEL),
            SeriesStyle(IMPROVED, Role.DREAM),
            SeriesStyle(HIGHEST, Role.REAL, dashed=True),
        )
        self.rewards = TimelinePlot(theme, styles, name="Rewards", x_title="dreamed step", empty_text=EMPTY)
        self.rewards.setMinimumHeight(150)
        self.slider = LabeledSlider("Improvements", (0, MOST), FIRST, "{} improvements".format)
        dreams = Card(theme, "Dreams", role=Role.DREAM, help_text=learn.PROMISES, caption_lines=0)
        dreams.set_body(self.strip)
        self._card = Card(theme, "Predicted rewards", help_text=learn.PROMISED, caption_lines=0)
        self._card.add_header_widget(self.rewards.legend)
        self._card.set_body(self.rewards)
        super().__init__(theme, chapter, stacked(dreams, self.slider, self._card))
        self.slider.moved.connect(lambda _: self.tried())

    @property
    def request(self) -> PromisesRequest:
        """Return the request for the improvements of the slider."""
        return PromisesRequest(self.scene, self.slider.value)

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Show the policy's dream, and after the reveal the improved one and the rewards."""
        assert isinstance(result, PromisesResult)
        rows = [StripRow("the policy acts", Role.DREAM, result.policy)]
        if revealed:
            rows.append(StripRow("improved actions", Role.DREAM, result.improved))
        count = len(result.policy)
        self.strip.set_rows(rows, count, count)
        self._card.setVisible(revealed)
        if revealed:
            steps = np.arange(1.0, count + 1)
            highest = np.full(count, result.highest)
            for name, values in (
                (POLICY, result.reward_policy),
                (IMPROVED, result.reward_improved),
                (HIGHEST, highest),
            ):
                self.rewards.set_series(name, steps, values)

    def answer(self) -> tuple[int, str]:
        """Compare the highest promised rewards with the highest received one."""
        result = self._dreams
        before, after = result.reward_policy.max(), result.reward_improved.max()
        least = CLEARLY * max(abs(result.highest), 1.0)
        rose = ABOVE if after > result.highest + least else WITHIN
        right = rose if after > before + least else NOT
        return right, (
            f"The highest predicted reward goes from {before:.3f} to {after:.3f}. The highest reward received in the "
            f"{result.episode_rows:,} rows of this episode is {result.highest:.3f}."
        )

    def found(self) -> str:
        """Say what the improvements on show promise."""
        result = self._dreams
        promised, of_policy = result.reward_improved.sum(), result.reward_policy.sum()
        return (
            f"With {self.slider.value} improvements, the dream promises {promised:.2f} in {len(result.policy)} steps "
            f"instead of {of_policy:.2f}. Only the environment can tell whether that is true: Trust asks it."
        )

    @property
    def _dreams(self) -> PromisesResult:
        assert isinstance(self.result, PromisesResult)
        return self.result
