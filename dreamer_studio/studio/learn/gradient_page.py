"""The chapter on the action model: how the gradient travels through a dream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.envs import EnvSpec
from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.studio.help import learn
from dreamer_studio.studio.learn.page import EMPTY, ChapterPage, stacked
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import FilmStrip, StripRow
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.learn.messages import LearnResult
from dreamer_studio.viewing.learn.messages.gradient import GradientRequest, GradientResult
from dreamer_studio.viewing.role import Role

PARTS: Final = 3
"""Parts of the dream that the choices name: the beginning, the middle and the end."""

NAMED: Final = 3
"""Most actions that the outcome names."""

NEAR: Final = 0.005
"""Largest distance of an action from its bound at which both look alike."""

SIZE: Final = "size of the gradient"


class GradientPage(ChapterPage):
    """The dream, and the size of the gradient at each step after the reveal.

    Attributes:
        strip, sizes: the dream and the plot.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.strip = FilmStrip(theme, EMPTY, 1, markers=False)
        styles = (SeriesStyle(SIZE, Role.DREAM),)
        self.sizes = TimelinePlot(
            theme, styles, name="Gradient", x_title="dreamed step", empty_text=EMPTY, in_sight=(0.0,)
        )
        self.sizes.setMinimumHeight(150)
        self._names: Sequence[str] = ()
        dream = Card(theme, "Dream", role=Role.DREAM, help_text=learn.DREAM, caption_lines=0)
        dream.set_body(self.strip)
        self._card = Card(theme, "Gradient", help_text=learn.GRADIENT, caption_lines=0)
        self._card.set_subtitle("of the first target, for the actions of each step")
        self._card.set_body(self.sizes)
        super().__init__(theme, chapter, stacked(dream, self._card))
        self.strip.cursorMoved.connect(self._look_at)

    def set_spec(self, spec: EnvSpec) -> None:
        """Take the names of the actions."""
        self._names = spec.action_names

    @property
    def request(self) -> GradientRequest:
        """Return the request for the scene on show."""
        return GradientRequest(self.scene)

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Show the dream, and after the reveal the gradient."""
        assert isinstance(result, GradientResult)
        count = len(result.images)
        self.strip.set_rows([StripRow("dreamed", Role.DREAM, result.images)], count, count)
        self._card.setVisible(revealed)
        if revealed:
            self.sizes.set_series(SIZE, np.arange(1.0, count + 1), result.size)
            self.sizes.set_playhead(self.strip.column + 1)

    def answer(self) -> tuple[int, str]:
        """Say in which part of the dream the gradient is largest."""
        size = self._dream.size
        means = [float(part.mean()) if len(part) else 0.0 for part in np.array_split(size, PARTS)]
        return int(np.argmax(means)), (
            f"The mean size of the gradient is {means[0]:.3f} in the first third, {means[1]:.3f} in the second and "
            f"{means[2]:.3f} in the last. It travels backwards through each predicted state."
        )

    def found(self) -> str:
        """Say how the actions of the step under the cursor should change."""
        dream, step = self._dream, self.strip.column
        gradient, action = dream.gradient[step], dream.action[step]
        order = np.argsort(-np.abs(gradient))[:NAMED]
        changes = ", ".join(self._change(int(place), gradient, action) for place in order)
        return f"Step {step + 1}: to raise the target of {dream.target:.2f}, change {changes}."

    @property
    def _dream(self) -> GradientResult:
        assert isinstance(self.result, GradientResult)
        return self.result

    def _change(self, place: int, gradient: Floats, action: Floats) -> str:
        name = self._names[place] if self._names else f"action {place + 1}"
        way, bound = ("up", 1.0) if gradient[place] > 0 else ("down", -1.0)
        ends = ", which is its bound" if abs(action[place] - bound) < NEAR else ""
        return f"{name} {way} from {action[place]:+.2f} ({gradient[place]:+.3f}{ends})"

    def _look_at(self, column: int) -> None:
        self.strip.set_cursor(column)
        if self.revealed and self.result is not None:
            self.sizes.set_playhead(column + 1)
            self.tried()
