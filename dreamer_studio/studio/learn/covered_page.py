"""The chapter on the transition model: cover the model's eyes, and see what it dreams and how surprised it is."""

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
from dreamer_studio.viewing.learn.messages import LearnResult
from dreamer_studio.viewing.learn.messages.covered import CoveredRequest, CoveredResult
from dreamer_studio.viewing.role import Role

FIRST_COVER: Final = 20
MOST_COVERED: Final = 36
SAW, COVERED = "saw every frame", "eyes covered"
OPENED: Final = 1
NOT_THEN: Final = 2
"""Numbers of the choices."""


class CoveredPage(ChapterPage):
    """A film strip with and without the cover, and the surprise at each frame.

    Attributes:
        strip, surprise, cover: the film strip, the plot of the KL and the slider.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.strip = FilmStrip(theme, EMPTY, 3, markers=False)
        styles = SeriesStyle(SAW, Role.MODEL), SeriesStyle(COVERED, Role.DREAM)
        self.surprise = TimelinePlot(theme, styles, name="Surprise", empty_text=EMPTY, now_word="eyes open")
        self.cover = LabeledSlider("Frames covered", (0, MOST_COVERED), FIRST_COVER, "{} frames covered".format)
        scene = Card(theme, "Scene", help_text=learn.COVERED, caption_lines=0)
        scene.set_body(self.strip)
        surprise = Card(theme, "Surprise", help_text=learn.SURPRISE, caption_lines=0)
        surprise.set_subtitle("KL of posterior and prior, nats")
        surprise.set_body(self.surprise)
        self.surprise.setMinimumHeight(130)
        surprise.add_header_widget(self.surprise.legend)
        self._surprise_card = surprise
        super().__init__(theme, chapter, stacked(scene, self.cover, surprise))
        self.cover.moved.connect(lambda _: self.tried())

    @property
    def request(self) -> CoveredRequest:
        """Return the request for the cover of the slider."""
        return CoveredRequest(self.scene, self.cover.value)

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Show both models; the surprise only after the reveal."""
        assert isinstance(result, CoveredResult)
        count = len(result.real)
        rows = [
            StripRow("recorded", Role.REAL, result.real),
            StripRow("model that saw every frame", Role.MODEL, result.seen),
            StripRow("eyes covered: it dreams", Role.DREAM, result.dreamed),
        ]
        covered = Mark(result.first, "eyes covered", Role.DREAM), Mark(result.opened, "eyes open", Role.MODEL)
        self.strip.set_rows(rows, count, count, covered if result.covered else ())
        self._surprise_card.setVisible(revealed)
        if revealed:
            steps = result.origin.index + np.arange(count, dtype=np.float64)
            self.surprise.set_series(SAW, steps, result.kl_seen)
            self.surprise.set_series(COVERED, steps, result.kl)
            self.surprise.set_now(steps[result.opened])

    def answer(self) -> tuple[int, str]:
        """Compare the surprise when the eyes open with that at the other frames."""
        result = self._covered
        opening = result.kl[result.opened]
        other = np.delete(result.kl, result.opened)
        right = OPENED if opening > np.nanmax(other) else NOT_THEN
        return right, (
            f"Without an image there is no posterior, so no KL. At the first image after the cover, the KL is "
            f"{opening:.1f} nats; at the other images it is {np.nanmedian(other):.1f} (median) to "
            f"{np.nanmax(other):.1f}."
        )

    def found(self) -> str:
        """Compare the dream at the last covered frame with a still image."""
        result = self._covered
        if not result.covered:
            return "Nothing is covered: both models see the same."
        dream, still = result.errors[result.opened - 1], result.still_errors[result.opened - 1]
        verdict = "The dream still follows" if dream < still else "A still image would be as good"
        return f"{verdict}: after {result.covered} frames its error is {dream:.4f}, that of the last image {still:.4f}."

    @property
    def _covered(self) -> CoveredResult:
        assert isinstance(self.result, CoveredResult)
        return self.result
