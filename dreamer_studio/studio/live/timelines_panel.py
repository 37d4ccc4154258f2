"""Reward and value along the episode and in the dream, over one time axis."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from dreamer_studio.dreams.returns import received_return
from dreamer_studio.studio.help import live
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.studio.widgets.plots.timeline import (
    CAME,
    DREAMED,
    REWARD_SERIES,
    SEEN,
    VALUE_SERIES,
    TimelinePlot,
    show_came,
)
from dreamer_studio.viewing.live.messages import DreamResult, EpisodeLines, LiveResult

STEPS_SHOWN = 150
"""Fewest agent steps before the present that the plot shows; the user can zoom and drag from there."""

STEPS_DROPPED = 20
"""Steps that leave the plot together: each move of the axes redraws the whole plot."""

CELL = 360
"""Least width of a plot in pixels, where two stand side by side."""


class TimelinesPanel(CardGrid):
    """Two plots, one axis: the agent steps of the running episode."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(cell=CELL, most=1, parent=parent)
        empty = "Fills with the first steps of an episode."
        self._reward = TimelinePlot(theme, REWARD_SERIES, name="Reward per agent step", empty_text=empty)
        self._value = TimelinePlot(
            theme,
            VALUE_SERIES,
            name="Value estimate",
            empty_text="Fills with the first update. In a new run it comes after the prefill.",
        )
        reward = Card(
            theme,
            "Reward",
            help_text=live.REWARD,
            caption_lines=0,
        )
        value = Card(
            theme,
            "Value estimate",
            help_text=live.VALUE,
            caption_lines=0,
        )
        self._cards = {reward: "per agent step", value: "discounted return"}
        for each, unit in self._cards.items():
            each.set_subtitle(unit)
        for card, plot in ((reward, self._reward), (value, self._value)):
            card.set_body(plot)
            card.add_header_widget(plot.legend)
            self.add_item(card)
        self._live: LiveResult | None = None
        self._dream: DreamResult | None = None
        self._finished: EpisodeLines | None = None

    def show_live(self, result: LiveResult) -> None:
        """Draw the episode up to its newest row."""
        if result is self._live:
            return
        self._live = result
        first = max(0, len(result.x) - STEPS_SHOWN) // STEPS_DROPPED * STEPS_DROPPED
        x = result.x[first:]
        self._reward.set_series("received", x, result.reward[first:])
        self._reward.set_series("predicted", x, result.predicted[first:])
        self._value.set_series(SEEN, x, result.value[first:])
        ended = result.end == "terminated"
        came = received_return(result.reward[first:], result.discount, terminal=ended)
        show_came(self._value, x, came.value, came.complete)
        self._show_finished(result)
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
            self._value.set_series(DREAMED, x, dream.value)
        else:
            self._reward.set_series("in the dream", (), ())
            self._value.set_series(DREAMED, (), ())

    def _show_finished(self, result: LiveResult) -> None:
        """Keep the last finished episode in sight, faint, until the running one is longer."""
        finished = result.finished
        kept = finished is not None and len(finished.x) <= STEPS_SHOWN and len(result.x) < len(finished.x)
        if finished is None or not kept:
            self._finished = None
            for plot in (self._reward, self._value):
                plot.set_past("", {})
            for card, unit in self._cards.items():
                card.set_subtitle(unit)
        elif finished is not self._finished:
            self._finished = finished
            name = f"episode {finished.episode}"
            self._reward.set_past(name, {"received": (finished.x, finished.reward)})
            came = received_return(finished.reward, result.discount, terminal=finished.end == "terminated")
            self._value.set_past(name, {SEEN: (finished.x, finished.value), CAME: (finished.x, came.value)})
            for card, unit in self._cards.items():
                card.set_subtitle(f"{unit} \N{MIDDLE DOT} faint: {name}, {finished.end}")
