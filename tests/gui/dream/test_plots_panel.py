"""The plots of a scene, on made values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.dreams.returns import received_return
from dreamer_studio.studio.curve_cards.curves import CURVES, KL
from dreamer_studio.studio.dream.gap_panel import GapPanel
from dreamer_studio.studio.dream.plots_panel import EVERY_DIMENSION, NO_ENDS, ScenePlotsPanel
from dreamer_studio.studio.dream.strip_panel import StripPanel
from dreamer_studio.studio.live.timelines_panel import TimelinesPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import FilmStrip
from dreamer_studio.studio.widgets.plots.action_map import ActionMap
from dreamer_studio.studio.widgets.plots.timeline import CAME, CAME_SO_FAR, TimelinePlot
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import real
from tests.support.idle_session import SPEC
from tests.support.scenes import made_scene

NAMES = ("hip", "knee")


@pytest.fixture
def panel(theme: Theme, qtbot: QtBot) -> Iterator[ScenePlotsPanel]:
    panel = ScenePlotsPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(900, 700)
    panel.set_spec(replace(SPEC, action_size=2, action_names=NAMES))
    panel.show()
    yield panel


def plot(panel: ScenePlotsPanel | GapPanel, name: str) -> TimelinePlot:
    (found,) = (each for each in panel.findChildren(TimelinePlot) if each.accessibleName() == name)
    return found


def acted(scene: Scene, *, otherwise_from: int | None = None) -> Scene:
    """Return the scene with other actions than the recorded ones from a column on."""
    taken = scene.taken.copy()
    if otherwise_from is not None:
        taken[otherwise_from:] += 1
    return replace(scene, taken=taken)


def test_that_the_return_that_came_stands_beside_the_critic(panel: ScenePlotsPanel) -> None:
    scene = made_scene()
    panel.show_scene(scene, 0, 0, real(scene))
    value = plot(panel, "Value")
    x, came = value.series(CAME)
    x_part, part = value.series(CAME_SO_FAR)  # the discount is 0.5: with five later rewards, 3 % of it is missing
    assert (x.tolist(), x_part.tolist()) == ([10, 11], [11, 12, 13, 14, 15])
    assert came.tolist() == scene.came.value[:2].tolist() and part.tolist() == scene.came.value[1:].tolist()
    over = replace(scene, came=received_return(scene.received, 0.5, terminal=True))
    panel.show_scene(replace(over, number=2), 0, 0, real(over))
    assert len(value.series(CAME)[0]) == 6 and len(value.series(CAME_SO_FAR)[0]) == 0


def test_that_a_measure_has_one_color_and_one_phrase_wherever_it_is_drawn(
    panel: ScenePlotsPanel, theme: Theme, qtbot: QtBot
) -> None:
    live = TimelinesPanel(theme)
    qtbot.addWidget(live)
    beside = {each.accessibleName().split()[0]: each for each in live.findChildren(TimelinePlot)}
    for name, shown in beside.items():
        assert set(shown.styles.values()) < set(plot(panel, name).styles.values()), name
    (kl,) = next(curve for curve in CURVES if curve.title == KL).lines
    (surprise,) = plot(panel, "Surprise").styles.values()
    assert kl.style.role is surprise.role
    assert surprise.name in plot(panel, "Value").styles


def test_that_later_rewards_of_a_running_episode_complete_the_return(panel: ScenePlotsPanel) -> None:
    scene = made_scene()
    panel.show_scene(scene, 0, 0, real(scene))
    later = replace(scene, episode_rows=70, came=received_return(scene.received, 0.0, terminal=False))
    panel.show_scene(later, 0, 0, real(later))
    assert len(plot(panel, "Value").series(CAME)[0]) == 6


def test_that_the_predicted_end_is_drawn_from_0_to_1_with_the_real_one(panel: ScenePlotsPanel) -> None:
    scene = made_scene()
    scene = replace(scene, over=np.array([False] * 5 + [True]))
    panel.show_scene(scene, 0, 0, real(scene))
    end = plot(panel, "Predicted end")
    assert end.series("on frames it saw")[1].tolist() == [0.0, 0.01, 0.02]
    assert end.series("in the dream")[1][0] == 0.02
    assert end.series("over")[1].tolist() == [0, 0, 0, 0, 0, 1]
    assert end.visible_range()[2] <= 0 and end.visible_range()[3] >= 1


def test_that_a_run_without_predicted_ends_says_so(panel: ScenePlotsPanel) -> None:
    scene = made_scene()
    scene = replace(scene, columns=replace(scene.columns, ending=np.full(8, np.nan)))
    panel.show_scene(scene, 0, 0, real(scene))
    end = plot(panel, "Predicted end")
    assert end.accessibleDescription() == NO_ENDS and len(end.series("over")[0]) == 0


def test_that_all_dimensions_are_shown_as_rows_that_a_click_points_into(panel: ScenePlotsPanel, qtbot: QtBot) -> None:
    scene = made_scene()
    panel.show_scene(scene, 0, EVERY_DIMENSION, real(scene))
    (rows,) = panel.findChildren(ActionMap)
    assert rows.isVisible() and not plot(panel, "Action").isVisible()
    right, low = QPoint(rows.width() - 6, 8), QPoint(rows.width() - 6, rows.height() - 30)
    assert rows.text_at(right) == "hip, agent step 17: 7.00" and rows.text_at(low) == "knee, agent step 17: -7.00"
    with qtbot.waitSignal(panel.cursorMoved) as moved:
        qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=right)
    assert moved.args == [7]
    panel.show_scene(scene, 0, 1, real(scene))
    assert plot(panel, "Action").isVisible() and plot(panel, "Action").series("taken")[1].tolist() == [0, -1, -2]


def test_that_errors_under_other_actions_are_gray_and_say_so(theme: Theme, qtbot: QtBot) -> None:
    gap, strip = GapPanel(theme), StripPanel(theme)
    for each in (gap, strip):
        qtbot.addWidget(each)
    scene = acted(made_scene(), otherwise_from=4)
    gap.show_gap(scene, 0, real(scene))
    strip.show_scene(scene, 0, real(scene))
    error = plot(gap, "Image error")
    assert error.series("image error")[0].tolist() == [10, 11, 12, 13]
    assert error.series("other actions")[0].tolist() == [13, 14, 15]
    row = strip.findChildren(FilmStrip)[0].rows[3]
    assert "other actions" in row.name
    colored = [bool(np.ptp(image.astype(int), axis=-1).any()) for image in row.frames]
    assert colored == [True] * 4 + [False] * 2
    assert "not the model's alone" in strip.findChildren(Card)[0].caption


def test_that_an_error_under_the_same_actions_is_the_models(theme: Theme, qtbot: QtBot) -> None:
    gap, strip = GapPanel(theme), StripPanel(theme)
    for each in (gap, strip):
        qtbot.addWidget(each)
    scene = acted(made_scene())
    gap.show_gap(scene, 0, real(scene))
    strip.show_scene(scene, 0, real(scene))
    assert len(plot(gap, "Image error").series("other actions")[0]) == 0
    assert strip.findChildren(FilmStrip)[0].rows[3].name == "Error"
    assert "other actions" not in strip.findChildren(Card)[0].caption


def test_that_the_comparison_says_where_the_episode_was_over() -> None:
    scene = made_scene()
    assert real(scene).lacking == "not recorded, or not yet"
    assert real(replace(scene, over=np.arange(6) == 5)).lacking == "the episode was over at frame 15"
