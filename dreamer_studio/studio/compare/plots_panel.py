"""How wrong each checkpoint is: per step of a scene, or in a time-lapse, over the training."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.help import compare
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.compare.messages import MOST_CONTESTANTS, CompareResult
from dreamer_studio.viewing.role import Role

STYLES = (
    SeriesStyle("A", Role.MODEL),
    SeriesStyle("B", Role.DREAM, dashed=True),
    SeriesStyle("C", Role.NEUTRAL),
    SeriesStyle("D", Role.MODEL, dotted=True),
    SeriesStyle("E", Role.DREAM, dashed=True, dotted=True),
    SeriesStyle("F", Role.NEUTRAL, dashed=True),
)
"""One line for each letter. Blue and violet look alike to many people, so their dashes differ."""

assert len(STYLES) == MOST_CONTESTANTS
LETTERS = tuple(style.name for style in STYLES)
MEAN, HERE = "open loop, mean", "cursor"
_LAPSE = (SeriesStyle(MEAN, Role.MODEL), SeriesStyle(HERE, Role.DREAM, dashed=True))
_ABOUT = (
    (
        "Image error",
        "mean square, colors from 0 to 1",
        compare.IMAGE_ERROR,
    ),
    (
        "Reward error",
        "absolute, per agent step",
        compare.REWARD_ERROR,
    ),
)


class ComparePlotsPanel(CardGrid):
    """Two plots side by side; each has a form for scenes and a form for time-lapses."""

    cursorMoved = Signal(int)
    """Emitted when the user clicks a column."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(cell=220, parent=parent)
        self._result: CompareResult | None = None
        self._shown: tuple[Any, ...] | None = None
        self.along: list[TimelinePlot] = []
        self.over_training: list[TimelinePlot] = []
        self._stacks: list[QStackedWidget] = []
        for title, unit, text in _ABOUT:
            empty = "Fills with the first comparison."
            along = TimelinePlot(theme, STYLES, name=title, empty_text=empty, now_word="")
            lapse = TimelinePlot(
                theme, _LAPSE, name=f"{title} over training", x_title="environment steps", empty_text=empty
            )
            along.legend.set_series(())
            along.picked.connect(self._pick)
            stack = QStackedWidget()
            stack.addWidget(along)
            stack.addWidget(lapse)
            card = Card(theme, title, help_text=text, caption_lines=0)
            card.set_subtitle(unit)
            card.set_body(stack)
            self.add_item(card)
            self.along.append(along)
            self.over_training.append(lapse)
            self._stacks.append(stack)

    def show_compared(self, result: CompareResult | None, cursor: int) -> None:
        """Draw the results so far, and the cursor; None empties the plots."""
        self._result = result
        lapse = result is not None and result.request.lapse
        shown = (result and (result.request, result.decoded), cursor if lapse else None)
        if shown != self._shown:
            self._shown = shown
            for stack in self._stacks:
                stack.setCurrentIndex(int(lapse))
            if result is None:
                for plot in self.along:
                    plot.clear()
                    plot.legend.set_series(())
            elif lapse:
                self._draw_lapse(result, cursor)
            else:
                self._draw(result)
        for plot in self.along:
            plot.set_playhead(None if result is None else result.first_row + cursor)

    def _draw(self, result: CompareResult) -> None:
        used = STYLES[: len(result.courses)]
        for plot, errors in zip(self.along, _errors(result), strict=True):
            plot.legend.set_series(used)
            for place, letter in enumerate(LETTERS):
                numbers = errors[place] if place < len(errors) else np.empty(0)
                plot.set_series(letter, np.arange(len(numbers), dtype=np.float64) + result.first_row, numbers)
            plot.set_now(float(result.origin.index))

    def _draw_lapse(self, result: CompareResult, cursor: int) -> None:
        steps = [float(course.contestant.step) for course in result.courses]
        for plot, errors in zip(self.over_training, _errors(result), strict=True):
            means = [_mean(numbers[result.context :]) for numbers in errors]
            here = [float(numbers[cursor]) if cursor < len(numbers) else np.nan for numbers in errors]
            plot.set_series(MEAN, steps, means)
            plot.set_series(HERE, steps, here)

    def _pick(self, x: float) -> None:
        result = self._result
        if result is not None:
            self.cursorMoved.emit(max(0, min(result.columns - 1, round(x) - result.first_row)))


def _errors(result: CompareResult) -> tuple[list[Floats], list[Floats]]:
    """Return the errors of the decoded images, and the reward errors of the same columns, per checkpoint."""
    images = [course.image_error for course in result.courses]
    return images, [course.reward_error[: len(course.model)] for course in result.courses]


def _mean(numbers: Floats) -> float:
    return float(numbers.mean()) if len(numbers) else np.nan
