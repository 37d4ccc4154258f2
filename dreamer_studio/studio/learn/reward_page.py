"""The chapter on the reward model: guess which frame has the highest reward."""

from __future__ import annotations

from typing import Final

import numpy as np

from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.studio.help import learn
from dreamer_studio.studio.learn.page import EMPTY, ChapterPage, place_of, stacked
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import FilmStrip, Mark, StripRow
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.learn.messages import LearnResult
from dreamer_studio.viewing.learn.messages.reward import RewardRequest, RewardResult
from dreamer_studio.viewing.role import Role

LETTERS: Final = "ABC"
ALIKE: Final = 3
"""Number of the choice that all three rewards are alike."""

LEAST_RANGE: Final = 1e-3
"""Least range of three rewards that are not alike."""

RECEIVED, PREDICTED = "received", "predicted"


class RewardPage(ChapterPage):
    """A film strip with three marked frames, and the rewards of all frames after the reveal.

    Attributes:
        strip, rewards: the film strip and the plot.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.strip = FilmStrip(theme, EMPTY, 1, markers=False)
        styles = SeriesStyle(RECEIVED, Role.REAL), SeriesStyle(PREDICTED, Role.MODEL, dashed=True)
        self.rewards = TimelinePlot(theme, styles, name="Rewards", empty_text=EMPTY)
        self.rewards.setMinimumHeight(150)
        scene = Card(theme, "Scene", role=Role.REAL, help_text=learn.REWARD_SCENE, caption_lines=0)
        scene.set_body(self.strip)
        self._card = Card(theme, "Rewards", help_text=learn.REWARDS, caption_lines=0)
        self._card.add_header_widget(self.rewards.legend)
        self._card.set_body(self.rewards)
        super().__init__(theme, chapter, stacked(scene, self._card))
        self.strip.cursorMoved.connect(self._look_at)

    @property
    def request(self) -> RewardRequest:
        """Return the request for the scene on show."""
        return RewardRequest(self.scene)

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Show the frames with their marks, and after the reveal the rewards."""
        assert isinstance(result, RewardResult)
        count = len(result.real)
        marks = [
            Mark(column, letter, Role.REAL) for column, letter in sorted(zip(_columns(result), LETTERS, strict=True))
        ]
        self.strip.set_rows([StripRow("recorded", Role.REAL, result.real)], count, count, marks)
        self._card.setVisible(revealed)
        if revealed:
            steps = result.origin.index + np.arange(count, dtype=np.float64)
            self.rewards.set_series(RECEIVED, steps, result.received)
            self.rewards.set_series(PREDICTED, steps, result.predicted)
            self.rewards.set_playhead(steps[self.strip.column])

    def answer(self) -> tuple[int, str]:
        """Say what was received and predicted at the three frames."""
        result = self._of_scene
        columns = _columns(result)
        received = result.received[columns]
        right = ALIKE if np.ptp(received) < LEAST_RANGE else int(np.argmax(received))
        each = (
            f"{letter} {result.received[column]:.3f} ({result.predicted[column]:.3f})"
            for letter, column in zip(LETTERS, columns, strict=True)
        )
        return right, f"Received, and predicted in brackets: {', '.join(each)}."

    def found(self) -> str:
        """Compare the error at the frame under the cursor with the errors at the others."""
        result, column = self._of_scene, self.strip.column
        errors = np.abs(result.predicted - result.received)
        return f"{place_of(errors, column)}. Its error is {errors[column]:.3f}; the median is {np.median(errors):.3f}."

    @property
    def _of_scene(self) -> RewardResult:
        assert isinstance(self.result, RewardResult)
        return self.result

    def _look_at(self, column: int) -> None:
        self.strip.set_cursor(column)
        if self.revealed and self.result is not None:
            self.rewards.set_playhead(self._of_scene.origin.index + column)
            self.tried()


def _columns(result: RewardResult) -> list[int]:
    """Return the columns of A, B and C: a low, a middle and a high reward, in an order that depends on the scene."""
    order = np.argsort(result.received, kind="stable")
    ranked = [int(order[0]), int(order[len(order) // 2]), int(order[-1])]
    turn = (result.request.scene + result.origin.episode) % len(ranked)
    return ranked[turn:] + ranked[:turn]
