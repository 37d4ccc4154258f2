"""The chapter on the value model: the targets along a dream, for any lambda."""

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
from dreamer_studio.viewing.learn.messages.targets import LambdaRequest, LambdaResult
from dreamer_studio.viewing.role import Role

STEPS: Final = 20
"""Steps of the slider from lambda 0 to 1."""

FIRST: Final = 19
VALUE, TARGET, SHORT, LONG = "value model", "target", "lambda 0", "lambda 1"
LAMBDA_0, LAMBDA_1, SAME = 0, 1, 2
"""Numbers of the choices."""

ALIKE: Final = 0.02
"""Largest difference of two changes that count as the same, as a share of the larger one."""


class LambdaPage(ChapterPage):
    """The dream's images, and the targets of its steps.

    Attributes:
        strip, targets, slider: the dream, the plot and the slider of lambda.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.strip = FilmStrip(theme, EMPTY, 1, markers=False)
        styles = (
            SeriesStyle(TARGET, Role.DREAM),
            SeriesStyle(VALUE, Role.MODEL),
            SeriesStyle(SHORT, Role.NEUTRAL, dashed=True, end=SHORT),
            SeriesStyle(LONG, Role.NEUTRAL, dashed=True, end=LONG),
        )
        self.targets = TimelinePlot(theme, styles, name="Targets", x_title="dreamed step", empty_text=EMPTY)
        self.targets.setMinimumHeight(150)
        self.slider = LabeledSlider("Lambda", (0, STEPS), FIRST, lambda value: f"lambda {value / STEPS:.2f}")
        dream = Card(theme, "Dream", role=Role.DREAM, help_text=learn.DREAM, caption_lines=0)
        dream.set_body(self.strip)
        targets = Card(theme, "Targets", help_text=learn.TARGETS, caption_lines=0)
        targets.set_subtitle("discounted reward from this step on")
        targets.add_header_widget(self.targets.legend)
        targets.set_body(self.targets)
        super().__init__(theme, chapter, stacked(dream, targets, self.slider))
        self.slider.moved.connect(lambda _: self.tried())

    @property
    def request(self) -> LambdaRequest:
        """Return the request for the lambda of the slider."""
        return LambdaRequest(self.scene, self.slider.value / STEPS)

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Show the dream and its targets; the targets of lambda 0 and 1 only after the reveal."""
        assert isinstance(result, LambdaResult)
        count = len(result.images)
        self.strip.set_rows([StripRow("dreamed", Role.DREAM, result.images)], count, 0)
        steps = np.arange(1.0, count + 1)
        for name, values in ((VALUE, result.value), (TARGET, result.returns)):
            self.targets.set_series(name, steps[: len(values)], values)
        for name, values in ((SHORT, result.short), (LONG, result.long)):
            shown = values if revealed else values[:0]
            self.targets.set_series(name, steps[: len(shown)], shown)

    def answer(self) -> tuple[int, str]:
        """Say how far the targets move if the value model says 0 everywhere."""
        short, long = self._changes
        right = SAME if abs(short - long) <= ALIKE * max(short, long) else (LAMBDA_0 if short > long else LAMBDA_1)
        return right, (
            f"With a value model that says 0, the targets change by {short:.2f} for lambda 0 and by {long:.2f} for "
            "lambda 1, on average. Lambda 0 asks the value model after one step, lambda 1 only at the end of the dream."
        )

    def found(self) -> str:
        """Say how far the targets are from the value model's own estimates."""
        made = self._targets
        apart = np.abs(made.returns - made.value[: len(made.returns)]).mean()
        return (
            f"With lambda {self.slider.value / STEPS:.2f}, the first target is {made.returns[0]:.2f}. The targets are "
            f"{apart:.2f} away from the value model's own estimates, on average. It learns from that difference."
        )

    @property
    def _targets(self) -> LambdaResult:
        assert isinstance(self.result, LambdaResult)
        return self.result

    @property
    def _changes(self) -> tuple[float, float]:
        made = self._targets
        short = np.abs(made.short - made.short_without).mean()
        long = np.abs(made.long - made.long_without).mean()
        return float(short), float(long)
