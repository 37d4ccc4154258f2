"""Reward, value, surprise, predicted end and action of a scene, over the agent steps of its episode."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.envs import EnvSpec
from dreamer_studio.studio.help import scenes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.studio.widgets.plots.action_map import ActionMap
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import (
    CAME_SO_FAR,
    DREAMED,
    REWARD_SERIES,
    SEEN,
    VALUE_SERIES,
    TimelinePlot,
    show_came,
)
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.throttle import Throttle
from dreamer_studio.viewing.twin.comparison import Comparison

_EMPTY = "Fills with the first dream of this workspace."
DRIVEN_SECONDS = 0.25  # between drawings of a driven dream: five plots take some 40 ms on a busy machine
_GHOST = "policy"
_COMPARISON = "comparison"
_END, _OVER, _ACTION = "Predicted end", "over", "Action"
EVERY_DIMENSION = -1
"""In place of the number of a dimension: all dimensions of the action."""

NO_ENDS = "This run predicts no ends: its setting pcont is off."
_ABOUT = (
    (
        "Reward",
        "per agent step",
        scenes.REWARD,
        (*REWARD_SERIES, SeriesStyle(_COMPARISON, Role.NEUTRAL, dashed=True)),
    ),
    (
        "Value",
        "discounted return",
        scenes.VALUE,
        (*VALUE_SERIES, SeriesStyle(_COMPARISON, Role.NEUTRAL, dashed=True)),
    ),
    (
        "Surprise",
        "KL in nats",
        scenes.SURPRISE,
        (SeriesStyle(SEEN, Role.MODEL),),
    ),
    (
        _ACTION,
        "from -1 to 1",
        scenes.ACTION,
        (
            SeriesStyle("taken", Role.REAL),
            SeriesStyle(DREAMED, Role.DREAM),
            SeriesStyle(_GHOST, Role.NEUTRAL, dashed=True),
        ),
    ),
    (
        _END,
        "chance that it is over",
        scenes.PREDICTED_END,
        (
            SeriesStyle(SEEN, Role.MODEL, dashed=True),
            SeriesStyle(DREAMED, Role.DREAM),
            SeriesStyle(_OVER, Role.REAL),
        ),
    ),
)


class ScenePlotsPanel(CardGrid):
    """Five plots with one cursor; a click on a plot moves the cursor."""

    cursorMoved = Signal(int)
    """Emitted when the user clicks a column of the scene."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(cell=190, most=2, parent=parent)
        self._scene: Scene | None = None
        self._shown: tuple[Any, ...] | None = None
        self._due = Throttle(DRIVEN_SECONDS)
        self._plots: dict[str, TimelinePlot] = {}
        self._cards: dict[str, Card] = {}
        self._actions = QStackedWidget()
        self._map = ActionMap(theme, _EMPTY)
        for title, unit, text, series in _ABOUT:
            plot = TimelinePlot(
                theme, series, name=title, empty_text=_EMPTY, now_word="", in_sight=(0.0, 1.0) if title == _END else ()
            )
            plot.picked.connect(self._pick)
            card = Card(theme, title, help_text=text, caption_lines=0)
            card.set_subtitle(unit)
            card.set_body(plot if title != _ACTION else self._actions)
            self.add_item(card)
            self._plots[title], self._cards[title] = plot, card
        self._actions.addWidget(self._plots[_ACTION])
        self._actions.addWidget(self._map)
        self._map.picked.connect(self._pick)

    def set_spec(self, spec: EnvSpec) -> None:
        """Use the names of the task's actions."""
        self._cards[_ACTION].set_subtitle("1: chosen" if spec.action_kind == "discrete" else "from -1 to 1")
        self._map.set_names(spec.action_names)

    def show_scene(self, scene: Scene, cursor: int, action: int, comparison: Comparison) -> None:
        """Draw a scene, its cursor, a dimension of its actions or all, and the comparison's numbers."""
        self._scene = scene
        first = scene.first_row
        shown = (scene.number, scene.branch, scene.step, action, scene.episode_rows, comparison.state)
        if shown != self._shown and (scene.step == 0 or self._due()):
            self._shown = shown
            self._draw(scene, np.arange(len(scene.columns), dtype=np.float64) + first, action, comparison)
        for plot in self._plots.values():
            plot.set_playhead(first + cursor)
        self._map.set_playhead(first + cursor)

    def _draw(self, scene: Scene, x: Floats, action: int, comparison: Comparison) -> None:
        seen, dreamed = slice(0, scene.context), slice(scene.context - 1, None)  # the lines meet
        reward, value, surprise = (self._plots[title] for title in ("Reward", "Value", "Surprise"))
        reward.set_series("received", x[: len(scene.received)], scene.received)
        reward.set_series("predicted", x[seen], scene.columns.reward[seen])
        reward.set_series("in the dream", x[dreamed], scene.columns.reward[dreamed])
        value.set_series(SEEN, x[seen], scene.columns.value[seen])
        value.set_series(DREAMED, x[dreamed], scene.columns.value[dreamed])
        show_came(value, x[: len(scene.came)], scene.came.value, scene.came.complete)
        for plot, numbers in ((reward, comparison.reward), (value, comparison.value)):
            styles = plot.styles.values()
            hidden = {CAME_SO_FAR, *({_COMPARISON} if comparison.role is Role.REAL else ())}
            plot.legend.set_series([style for style in styles if style.name not in hidden])
            shown = numbers[:0] if comparison.role is Role.REAL else numbers  # received rewards already have a line
            plot.set_series(
                _COMPARISON, np.arange(len(shown), dtype=np.float64) + scene.first_row + comparison.start, shown
            )
        surprise.set_series(SEEN, x[seen], scene.columns.kl[seen])
        self._draw_end(scene, x, seen, dreamed)
        self._draw_action(scene, x, action)
        for plot in self._plots.values():
            plot.set_now(float(scene.origin.index), float(x[-1]))

    def _draw_end(self, scene: Scene, x: Floats, seen: slice, dreamed: slice) -> None:
        plot, chance = self._plots[_END], scene.columns.ending
        predicts = bool(np.isfinite(chance).any())
        plot.set_empty_text(_EMPTY if predicts else NO_ENDS)
        if not predicts:
            plot.clear()
            return
        plot.set_series(SEEN, x[seen], chance[seen])
        plot.set_series(DREAMED, x[dreamed], chance[dreamed])
        plot.set_series(_OVER, x[: len(scene.over)], scene.over.astype(np.float64))

    def _draw_action(self, scene: Scene, x: Floats, action: int) -> None:
        every = action == EVERY_DIMENSION
        self._actions.setCurrentIndex(int(every))
        self._plots[_ACTION].legend.setHidden(every)
        if every:
            self._map.set_actions(scene.columns.action, scene.first_row, float(scene.origin.index))
            return
        plot, numbers = self._plots[_ACTION], scene.columns.action[:, action].astype(np.float64)
        recorded, dreamed = slice(scene.recorded), slice(scene.recorded, None)
        plot.set_series("taken", x[recorded], numbers[recorded])
        plot.set_series(DREAMED, x[dreamed], numbers[dreamed])
        plot.set_series(_GHOST, x[dreamed], scene.columns.policy[dreamed, action].astype(np.float64))

    def _pick(self, x: float) -> None:
        scene = self._scene
        if scene is not None:
            self.cursorMoved.emit(max(0, min(len(scene.columns) - 1, round(x) - scene.first_row)))
