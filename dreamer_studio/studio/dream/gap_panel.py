"""How far a dream and its comparison drift apart, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.dreams.image_error import square_error
from dreamer_studio.studio.help import scenes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.branches import parting
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.throttle import Throttle
from dreamer_studio.viewing.twin.comparison import Comparison

DRAWN_SECONDS = 0.25
_OTHER = "other actions"
_EMPTY = "Fills once the dream has a comparison: the recorded frames, the twin (T), or another branch."
_ABOUT = (
    (
        "Image error",
        "mean square, colors from 0 to 1",
        scenes.IMAGE_GAP,
    ),
    (
        "Reward difference",
        "predicted minus comparison",
        scenes.REWARD_GAP,
    ),
)


class GapPanel(QWidget):
    """Two plots with the scene's cursor: image errors and reward errors."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._due = Throttle(DRAWN_SECONDS)
        self._shown: tuple[Any, ...] | None = None
        self._known: tuple[Any, ...] | None = None
        self._measured: Scene | None = None
        self._errors: Floats = np.empty(0)
        self._plots: list[TimelinePlot] = []
        self._cards: list[Card] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for title, unit, text in _ABOUT:
            styles = SeriesStyle(title.lower(), Role.ERROR), SeriesStyle(_OTHER, Role.NEUTRAL, dashed=True)
            plot = TimelinePlot(theme, styles, name=title, empty_text=_EMPTY, now_word="")
            card = Card(theme, title, help_text=text, caption_lines=0)
            card.set_subtitle(unit)
            card.set_body(plot)
            layout.addWidget(card)
            self._plots.append(plot)
            self._cards.append(card)

    def show_gap(self, scene: Scene, cursor: int, comparison: Comparison) -> None:
        """Draw the gap over the columns that both scenes have."""
        shown = (scene.number, scene.branch, scene.step, scene.decoded, comparison.state)
        if shown != self._shown and self._due():
            self._shown = shown
            self._draw(scene, comparison)
        for plot in self._plots:
            plot.set_playhead(scene.first_row + cursor)

    def _draw(self, scene: Scene, comparison: Comparison) -> None:
        errors = self._measure(scene, comparison)
        count = min(len(comparison.reward), max(0, len(scene.columns) - comparison.start))
        difference = scene.columns.reward[comparison.start : comparison.start + count] - comparison.reward[:count]
        first = scene.first_row + comparison.start
        for plot, card, (title, unit, _), numbers in zip(
            self._plots, self._cards, _ABOUT, (errors, difference), strict=True
        ):
            x, same = np.arange(len(numbers), dtype=np.float64) + first, _same_actions(comparison, len(numbers))
            other = slice(max(0, same - 1), len(numbers)) if same < len(numbers) else slice(0)  # the lines meet
            plot.set_series(title.lower(), x[:same], numbers[:same])
            plot.set_series(_OTHER, x[other], numbers[other])
            plot.set_now(float(scene.origin.index), float(scene.first_row + len(scene.columns) - 1))
            card.set_subtitle(f"{unit} \N{MIDDLE DOT} comparison: {comparison.name}")

    def _measure(self, scene: Scene, comparison: Comparison) -> Floats:
        """Return the errors of the images that both have. Measure only columns that have changed."""
        known = (scene.number, scene.branch, comparison.name, comparison.branch, comparison.start, comparison.step)
        end = min(comparison.end, scene.decoded)
        before = self._measured if known == self._known else None
        apart = parting(before, scene) if before is not None else 0
        same = max(0, min(end, end if apart is None else apart) - comparison.start)
        self._known, self._measured, self._errors = known, scene, self._errors[:same]
        start = comparison.start + len(self._errors)
        if end > start:
            newer = square_error(
                scene.model[start:end], comparison.frames[start - comparison.start : end - comparison.start]
            )
            self._errors = np.append(self._errors, newer)
        return self._errors


def _same_actions(comparison: Comparison, columns: int) -> int:
    """Return how many of the comparison's first columns were reached by the scene's actions."""
    other = comparison.other_actions
    return columns if other is None else max(0, min(columns, other - comparison.start))
