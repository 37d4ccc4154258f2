"""Reward and value of the running episode and its dream, on made values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.live.timelines_panel import STEPS_DROPPED, STEPS_SHOWN, TimelinesPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.plots.timeline import CAME, CAME_SO_FAR, TimelinePlot
from tests.support.made_values import made_dream, made_finished, made_live
from tests.support.reading import card

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


def test_that_the_return_that_came_is_drawn_as_a_line_only_where_it_is_complete(panel: TimelinesPanel) -> None:
    panel.show_live(made_live(8))  # the discount is 0.5: five later rewards leave 3 % of the weight
    value = plots(panel)[1]
    (x, came), (x_part, part) = value.series(CAME), value.series(CAME_SO_FAR)
    assert (x.tolist(), x_part.tolist()) == ([0, 1, 2, 3, 4], [4, 5, 6, 7, 8])
    assert came[0] == pytest.approx(sum(0.5**step * step for step in range(9)))
    assert part[-1] == 8
    panel.show_live(made_live(8, end="terminated"))
    assert len(value.series(CAME)[0]) == 9 and len(value.series(CAME_SO_FAR)[0]) == 0


def test_that_a_short_finished_episode_stays_in_sight_until_the_next_is_longer(panel: TimelinesPanel) -> None:
    finished = made_finished(9)
    panel.show_live(made_live(3, finished=finished))
    reward, value = plots(panel)
    assert reward.visible_range()[1] >= 9
    assert "received (episode 1)" in reward.values_text(",") and "came (episode 1)" in value.values_text(",")
    assert "faint: episode 1, terminated" in card(panel, "Reward").subtitle
    panel.show_live(made_live(9, finished=finished))
    assert "episode 1" not in reward.values_text(",") + value.values_text(",") + card(panel, "Reward").subtitle
    panel.show_live(made_live(3, finished=made_finished(STEPS_SHOWN)))
    assert "episode 1" not in reward.values_text(",")  # its first steps would push the running episode out of sight


def test_that_the_critic_on_seen_frames_differs_from_the_dream_in_dashes_too(panel: TimelinesPanel) -> None:
    value = plots(panel)[1]
    assert value.styles["on frames it saw"].dashed and not value.styles[DREAM].dashed
    assert "on frames it saw (dashed), in the dream (solid)" in value.legend.accessibleName()
