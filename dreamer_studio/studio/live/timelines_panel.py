"""Reward and value along the episode and in the dream, over one time axis."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import REWARD_SERIES, TimelinePlot
from dreamer_studio.viewing.live.messages import DreamResult, LiveResult
from dreamer_studio.viewing.role import Role

STEPS_SHOWN = 150
"""Fewest agent steps before the present that the plot shows; the user can zoom and drag from there."""

STEPS_DROPPED = 20
"""Steps that leave the plot together: each move of the axes redraws the whole plot."""

VALUE_SERIES = (SeriesStyle("on frames it saw", Role.MODEL), SeriesStyle("in the dream", Role.DREAM))


class TimelinesPanel(QWidget):
    """Two plots, one axis: the agent steps of the running episode."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        empty = "Fills with the first steps of an episode."
        self._reward = TimelinePlot(theme, REWARD_SERIES, name="Reward per agent step", empty_text=empty)
        self._value = TimelinePlot(
            theme,
            VALUE_SERIES,
            name="Value estimate",
            empty_text="Fills with the first update. In a new run it comes after the prefill.",
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        reward = Card(
            theme,
            "Reward",
            help_text="Received: the task's reward for each agent step, summed over the action repeat. Predicted: the "
            "reward model on posteriors, which saw the frame. In the dream: the reward model on priors. Once the "
            "episode reaches the dream's steps, compare them with the received rewards. If the model learns squashed "
            "rewards (clip_rewards), the received rewards are squashed here too.",
            caption_lines=0,
        )
        reward.set_subtitle("per agent step")
        value = Card(
            theme,
            "Value estimate",
            help_text="The value model: the discounted reward expected from a step on, that step's reward included. It "
            "reads posteriors along the episode, and priors in the dream.",
            caption_lines=0,
        )
        value.set_subtitle("discounted return")
        for card, plot in ((reward, self._reward), (value, self._value)):
            card.set_body(plot)
            card.add_header_widget(plot.legend)
            layout.addWidget(card, 1)
        self._live: LiveResult | None = None
        self._dream: DreamResult | None = None

    def show_live(self, result: LiveResult) -> None:
        """Draw the episode up to its newest row."""
        if result is self._live:
            return
        self._live = result
        first = max(0, len(result.x) - STEPS_SHOWN) // STEPS_DROPPED * STEPS_DROPPED
        x = result.x[first:]
        self._reward.set_series("received", x, result.reward[first:])
        self._reward.set_series("predicted", x, result.predicted[first:])
        self._value.set_series("on frames it saw", x, result.value[first:])
        self._mark()

    def show_dream(self, result: DreamResult | None, step: int) -> None:
        """Draw a dream after the row from which it started, and mark the step on show, counted from 1."""
        if result is not self._dream:
            self._dream = result
            self._mark()
        here = result is not None and self._live is not None and result.episode == self._live.episode
        for plot in (self._reward, self._value):
            plot.set_playhead(result.index + step if here and result is not None else None)

    def _mark(self) -> None:
        live, dream = self._live, self._dream
        if live is None:
            return
        here = dream is not None and dream.episode == live.episode
        end = dream.index + dream.length if here and dream is not None else None
        for plot in (self._reward, self._value):
            plot.set_now(live.index, end)
        if here and dream is not None:
            x = dream.index + 1.0 + np.arange(dream.length)
            self._reward.set_series("in the dream", x, dream.reward)
            self._value.set_series("in the dream", x, dream.value)
        else:
            self._reward.set_series("in the dream", (), ())
            self._value.set_series("in the dream", (), ())
