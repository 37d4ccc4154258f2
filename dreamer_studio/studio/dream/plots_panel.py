"""Reward, value, surprise and action of a scene, over the agent steps of its episode."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import REWARD_SERIES, TimelinePlot
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.throttle import Throttle
from dreamer_studio.viewing.twin.comparison import Comparison

_EMPTY = "Fills with the first dream of this workspace."
DRIVEN_SECONDS = 0.25  # between drawings of a dream that is driven: the four take some 20 ms
_GHOST = "policy"
_BESIDE = "beside"
_SEEN, _DREAMT = "on frames it saw", "in the dream"
_ABOUT = (
    (
        "Reward",
        "per agent step",
        "Received: what the task paid. Predicted: the reward model on frames that the model saw. In the dream: the "
        "reward model on dreamed states.",
        (*REWARD_SERIES, SeriesStyle(_BESIDE, Role.NEUTRAL, dashed=True)),
    ),
    (
        "Value",
        "discounted return",
        "The value model: discounted reward that the policy expects from a step on, that step's reward included.",
        (
            SeriesStyle(_SEEN, Role.MODEL),
            SeriesStyle(_DREAMT, Role.DREAM),
            SeriesStyle(_BESIDE, Role.NEUTRAL, dashed=True),
        ),
    ),
    (
        "Surprise",
        "KL in nats",
        "KL of posterior and prior: how much a frame surprised the model. In the dream there are no frames.",
        (SeriesStyle(_SEEN, Role.MODEL),),
    ),
    (
        "Action",
        "one dimension",
        "The action that led to each step: taken in the episode, and acted in the dream. Where a person drives: what "
        "the policy would have done.",
        (
            SeriesStyle("taken", Role.REAL),
            SeriesStyle(_DREAMT, Role.DREAM),
            SeriesStyle(_GHOST, Role.NEUTRAL, dashed=True),
        ),
    ),
)


class ScenePlotsPanel(QWidget):
    """Four plots with one cursor; a click on any of them moves it."""

    cursorMoved = Signal(int)
    """A person pointed at a column of the scene."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: Scene | None = None
        self._shown: tuple[Any, ...] | None = None
        self._due = Throttle(DRIVEN_SECONDS)
        self._plots: dict[str, TimelinePlot] = {}
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for place, (title, unit, text, series) in enumerate(_ABOUT):
            plot = TimelinePlot(theme, series, name=title, empty_text=_EMPTY, now_word="")
            plot.picked.connect(self._pick)
            card = Card(theme, title, help_text=text, caption_lines=0)
            card.set_subtitle(unit)
            card.set_body(plot)
            layout.addWidget(card, place // 2, place % 2)
            self._plots[title] = plot

    def show_scene(self, view: Scene, cursor: int, action: int, beside: Comparison) -> None:
        """Draw a scene, its cursor, one dimension of its actions, and the numbers of what stands beside it."""
        self._view = view
        first = view.first_row
        shown = (view.number, view.branch, view.step, action, len(view.real), beside.state)
        if shown != self._shown and (view.step == 0 or self._due()):
            self._shown = shown
            self._draw(view, np.arange(len(view.columns), dtype=np.float64) + first, action, beside)
        for plot in self._plots.values():
            plot.set_playhead(first + cursor)

    def _draw(self, view: Scene, x: Floats, action: int, beside: Comparison) -> None:
        seen, dreamed = slice(0, view.context), slice(view.context - 1, None)  # the lines meet
        reward, value, surprise, acted = self._plots.values()
        reward.set_series("received", x[: len(view.received)], view.received)
        reward.set_series("predicted", x[seen], view.columns.reward[seen])
        reward.set_series("in the dream", x[dreamed], view.columns.reward[dreamed])
        value.set_series(_SEEN, x[seen], view.columns.value[seen])
        value.set_series(_DREAMT, x[dreamed], view.columns.value[dreamed])
        for plot, numbers in ((reward, beside.reward), (value, beside.value)):
            styles = plot.styles.values()
            plot.legend.set_series([style for style in styles if style.name != _BESIDE or beside.role is not Role.REAL])
            shown = numbers[:0] if beside.role is Role.REAL else numbers  # what was received has a line already
            plot.set_series(_BESIDE, np.arange(len(shown), dtype=np.float64) + view.first_row + beside.start, shown)
        surprise.set_series(_SEEN, x[seen], view.columns.kl[seen])
        numbers = view.columns.action[:, action].astype(np.float64)
        acted.set_series("taken", x[: view.recorded], numbers[: view.recorded])
        acted.set_series(_DREAMT, x[view.recorded :], numbers[view.recorded :])
        acted.set_series(_GHOST, x[view.recorded :], view.columns.policy[view.recorded :, action].astype(np.float64))
        for plot in self._plots.values():
            plot.set_now(float(view.origin.index), float(x[-1]))

    def _pick(self, x: float) -> None:
        view = self._view
        if view is not None:
            self.cursorMoved.emit(max(0, min(len(view.columns) - 1, round(x) - view.first_row)))
