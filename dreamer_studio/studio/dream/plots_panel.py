"""Reward, value, surprise and action of a scene, over the agent steps of its episode."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import REWARD_SERIES, TimelinePlot
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.throttle import Throttle
from dreamer_studio.viewing.twin.comparison import Comparison

_EMPTY = "Fills with the first dream of this workspace."
DRIVEN_SECONDS = 0.25  # between drawings of a driven dream: four plots take some 20 ms
_GHOST = "policy"
_COMPARISON = "comparison"
_SEEN, _DREAMT = "on frames it saw", "in the dream"
_ABOUT = (
    (
        "Reward",
        "per agent step",
        "Received: the task's reward. Predicted: the reward model on frames that the model saw. In the dream: the "
        "reward model on dreamed states.",
        (*REWARD_SERIES, SeriesStyle(_COMPARISON, Role.NEUTRAL, dashed=True)),
    ),
    (
        "Value",
        "discounted return",
        "The value model: the discounted reward expected from a step on, that step's reward included.",
        (
            SeriesStyle(_SEEN, Role.MODEL),
            SeriesStyle(_DREAMT, Role.DREAM),
            SeriesStyle(_COMPARISON, Role.NEUTRAL, dashed=True),
        ),
    ),
    (
        "Surprise",
        "KL in nats",
        "KL of posterior and prior: how much a frame surprised the model. A dream has no frames, and so no KL.",
        (SeriesStyle(_SEEN, Role.MODEL),),
    ),
    (
        "Action",
        "one dimension",
        "The action that led to each step, in the episode and in the dream. Where you drive, a line shows what the "
        "policy would have done.",
        (
            SeriesStyle("taken", Role.REAL),
            SeriesStyle(_DREAMT, Role.DREAM),
            SeriesStyle(_GHOST, Role.NEUTRAL, dashed=True),
        ),
    ),
)


class ScenePlotsPanel(CardGrid):
    """Four plots with one cursor; a click on a plot moves the cursor."""

    cursorMoved = Signal(int)
    """Emitted when the user clicks a column of the scene."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(cell=190, most=2, parent=parent)
        self._scene: Scene | None = None
        self._shown: tuple[Any, ...] | None = None
        self._due = Throttle(DRIVEN_SECONDS)
        self._plots: dict[str, TimelinePlot] = {}
        for title, unit, text, series in _ABOUT:
            plot = TimelinePlot(theme, series, name=title, empty_text=_EMPTY, now_word="")
            plot.picked.connect(self._pick)
            card = Card(theme, title, help_text=text, caption_lines=0)
            card.set_subtitle(unit)
            card.set_body(plot)
            self.add_item(card)
            self._plots[title] = plot

    def show_scene(self, scene: Scene, cursor: int, action: int, comparison: Comparison) -> None:
        """Draw a scene, its cursor, one dimension of its actions, and the comparison's numbers."""
        self._scene = scene
        first = scene.first_row
        shown = (scene.number, scene.branch, scene.step, action, len(scene.real), comparison.state)
        if shown != self._shown and (scene.step == 0 or self._due()):
            self._shown = shown
            self._draw(scene, np.arange(len(scene.columns), dtype=np.float64) + first, action, comparison)
        for plot in self._plots.values():
            plot.set_playhead(first + cursor)

    def _draw(self, scene: Scene, x: Floats, action: int, comparison: Comparison) -> None:
        seen, dreamed = slice(0, scene.context), slice(scene.context - 1, None)  # the lines meet
        reward, value, surprise, acted = self._plots.values()
        reward.set_series("received", x[: len(scene.received)], scene.received)
        reward.set_series("predicted", x[seen], scene.columns.reward[seen])
        reward.set_series("in the dream", x[dreamed], scene.columns.reward[dreamed])
        value.set_series(_SEEN, x[seen], scene.columns.value[seen])
        value.set_series(_DREAMT, x[dreamed], scene.columns.value[dreamed])
        for plot, numbers in ((reward, comparison.reward), (value, comparison.value)):
            styles = plot.styles.values()
            plot.legend.set_series(
                [style for style in styles if style.name != _COMPARISON or comparison.role is not Role.REAL]
            )
            shown = numbers[:0] if comparison.role is Role.REAL else numbers  # received rewards already have a line
            plot.set_series(
                _COMPARISON, np.arange(len(shown), dtype=np.float64) + scene.first_row + comparison.start, shown
            )
        surprise.set_series(_SEEN, x[seen], scene.columns.kl[seen])
        numbers = scene.columns.action[:, action].astype(np.float64)
        acted.set_series("taken", x[: scene.recorded], numbers[: scene.recorded])
        acted.set_series(_DREAMT, x[scene.recorded :], numbers[scene.recorded :])
        acted.set_series(_GHOST, x[scene.recorded :], scene.columns.policy[scene.recorded :, action].astype(np.float64))
        for plot in self._plots.values():
            plot.set_now(float(scene.origin.index), float(x[-1]))

    def _pick(self, x: float) -> None:
        scene = self._scene
        if scene is not None:
            self.cursorMoved.emit(max(0, min(len(scene.columns) - 1, round(x) - scene.first_row)))
