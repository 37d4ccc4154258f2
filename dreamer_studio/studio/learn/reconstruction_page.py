"""The chapter on reconstructions: a scene, and what trained and untrained weights draw of it."""

from __future__ import annotations

from typing import Final

from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.studio.help import learn
from dreamer_studio.studio.learn.page import EMPTY, ChapterPage, place_of
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import FilmStrip, StripRow
from dreamer_studio.viewing.learn.messages import LearnResult
from dreamer_studio.viewing.learn.messages.reconstruction import ReconstructionRequest, ReconstructionResult
from dreamer_studio.viewing.role import Role

GRAY: Final = 1
"""Number of the right choice: weights are drawn around zero, so each pixel is near the middle of its range."""


class ReconstructionPage(ChapterPage):
    """A film strip of the scene. The models' rows appear with the guess.

    Attributes:
        strip: the film strip.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.strip = FilmStrip(theme, EMPTY, 3, markers=False)
        card = Card(theme, "Scene", role=Role.REAL, help_text=learn.RECONSTRUCTION, caption_lines=0)
        card.set_body(self.strip)
        super().__init__(theme, chapter, card)
        self.strip.cursorMoved.connect(self._look_at)

    @property
    def request(self) -> ReconstructionRequest:
        """Return the request for the scene on show."""
        return ReconstructionRequest(self.scene)

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Show the recorded frames, and after the reveal the reconstructions."""
        assert isinstance(result, ReconstructionResult)
        rows = [StripRow("recorded", Role.REAL, result.real)]
        if revealed:
            rows.append(StripRow("untrained model", Role.MODEL, result.untrained))
            rows.append(StripRow(f"model, update {result.update:,}", Role.MODEL, result.trained))
        count = len(result.real)
        self.strip.set_rows(rows, count, count)

    def answer(self) -> tuple[int, str]:
        """Say how far both models are from the frames."""
        result = self._reconstructions
        before, after = result.untrained_errors.mean(), result.errors.mean()
        return GRAY, (
            f"Its weights are small, so each color is near the middle. The mean squared error of the "
            f"{len(result.real)} frames is {before:.4f} before the first update and {after:.4f} now, from a state of "
            f"{result.state_size:,} numbers for an image of {result.real[0].size:,}."
        )

    def found(self) -> str:
        """Compare the error of the frame under the cursor with the errors of the others."""
        errors, column = self._reconstructions.errors, self.strip.column
        return f"{place_of(errors, column)}. Its error is {errors[column]:.4f}, the smallest {errors.min():.4f}."

    @property
    def _reconstructions(self) -> ReconstructionResult:
        assert isinstance(self.result, ReconstructionResult)
        return self.result

    def _look_at(self, column: int) -> None:
        self.strip.set_cursor(column)
        if self.revealed:
            self.tried()
