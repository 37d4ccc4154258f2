"""Reward and value of the running episode and its dream, on made values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.live.timelines_panel import STEPS_DROPPED, STEPS_SHOWN, TimelinesPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from tests.support.made_values import made_dream, made_live

DREAM, EPISODE = "in the dream", 2


@pytest.fixture
def panel(theme: Theme, qtbot: QtBot) -> Iterator[TimelinesPanel]:
    panel = TimelinesPanel(theme)
    qtbot.addWidget(panel)
    yield panel


def plots(panel: TimelinesPanel) -> tuple[TimelinePlot, TimelinePlot]:
    reward, value = panel.findChildren(TimelinePlot)
    return reward, value


def test_that_a_dream_is_drawn_after_the_row_from_which_it_started(panel: TimelinesPanel) -> None:
    panel.show_live(made_live(8))
    panel.show_dream(made_dream(5, episode=EPISODE, length=4), 2)
    reward, value = plots(panel)
    for plot, line in ((reward, "received"), (reward, "predicted"), (value, "on frames it saw")):
        np.testing.assert_array_equal(plot.series(line), [np.arange(9), np.arange(9)])
    for plot in (reward, value):
        np.testing.assert_array_equal(plot.series(DREAM), [[6, 7, 8, 9], [0, 1, 2, 3]])
        assert plot.playhead == 7


def test_that_a_dream_of_an_earlier_episode_is_not_drawn(panel: TimelinesPanel) -> None:
    panel.show_live(made_live(8))
    panel.show_dream(made_dream(5, episode=EPISODE - 1), 2)
    for plot in plots(panel):
        assert len(plot.series(DREAM)[0]) == 0 and plot.playhead is None


def test_that_only_the_newest_steps_of_a_long_episode_are_drawn(panel: TimelinesPanel) -> None:
    last = STEPS_SHOWN + STEPS_DROPPED + 5
    panel.show_live(made_live(last))
    x, _ = plots(panel)[0].series("received")
    assert (x[0], x[-1]) == (STEPS_DROPPED, last)
