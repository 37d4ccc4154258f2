"""The Dream workspace as a person uses it: a real training behind it, real keys, clicks and drags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from dreamer_studio.replay import EpisodeStore
from dreamer_studio.session import State
from dreamer_studio.studio.dream.plots_panel import ScenePlotsPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.frame_ref import FrameRef
from tests.support.dream_workspace import Desk
from tests.support.made_run import open_made_studio
from tests.support.studio import PATIENCE_MS, Studio


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", paused=False)
    yield studio
    studio.leave()


@pytest.fixture
def desk(studio: Studio) -> Desk:
    """Opened by D in the Live workspace."""
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    desk = Desk(studio)
    desk.answer()
    return desk


def test_that_d_dreams_from_the_live_frame_and_the_keys_move_one_cursor_for_all(desk: Desk) -> None:
    view = desk.answer()
    assert desk.workspace.isVisible()
    assert not desk.studio.channels.live.visible
    assert view.origin.live
    assert len(view.columns) == view.context + 45
    desk.studio.bot.waitUntil(lambda: desk.column > 2, timeout=PATIENCE_MS)  # it plays
    desk.press(Qt.Key.Key_Space)
    held = desk.column
    desk.studio.bot.wait(200)
    assert desk.column == held
    for key, column in (
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_PageDown, 11),
        (Qt.Key.Key_Left, 10),
        (Qt.Key.Key_PageUp, 0),
        (Qt.Key.Key_End, len(view.columns) - 1),
    ):
        desk.press(key)
        assert desk.column == column
    desk.spin("Frame of the strip").setValue(8)
    desk.studio.bot.waitUntil(lambda: desk.strip.column == 7, timeout=PATIENCE_MS)
    first = view.origin.index - view.context + 1
    (panel,) = desk.workspace.findChildren(ScenePlotsPanel)
    plots = panel.findChildren(TimelinePlot)
    assert [plot.playhead for plot in plots] == [first + 7] * 4
    plots[0].picked.emit(first + 3.2)
    assert desk.column == 3
    desk.studio.bot.mouseClick(desk.strip, Qt.MouseButton.LeftButton, pos=QPoint(desk.strip.x_of(12) + 5, 20))
    assert desk.column == desk.strip.column_at(desk.strip.x_of(12) + 5)


def test_that_any_frame_of_a_stored_episode_can_be_dreamed_from_beside_what_came(desk: Desk) -> None:
    desk.pick_stored(1, 10)
    actor = next(box for box in desk.workspace.findChildren(QComboBox) if box.findData("recorded") >= 0)
    actor.setCurrentIndex(actor.findData("recorded"))
    actor.activated.emit(actor.currentIndex())
    view = desk.answer()
    assert (view.origin.live, view.origin.episode, view.origin.index) == (False, 1, 10)
    episode = EpisodeStore(desk.studio.status.folder / "episodes", 2**20).get(1)
    there = min(len(episode), 6 + len(view.columns)) - 6
    np.testing.assert_array_equal(view.real, episode.image[6 : 6 + there])
    np.testing.assert_array_equal(view.columns.action[: view.recorded], episode.action[6 : 6 + view.recorded])
    assert view.recorded == there
    desk.workspace.player.go_to(view.context + 4)
    desk.studio.bot.keyClick(desk.studio.window, Qt.Key.Key_D)  # from the frame under the cursor
    assert desk.answer().origin.index == 10 + 5
    seed = desk.answer().request.seed
    desk.workspace.player.go_to(desk.answer().context - 1)
    desk.studio.bot.keyClick(desk.studio.window, Qt.Key.Key_D)  # the same frame: other noise
    again = desk.answer()
    assert (again.origin.index, again.request.seed) == (15, seed + 1)


def test_that_the_markers_can_be_dragged_and_the_strip_follows(desk: Desk) -> None:
    desk.pick_stored(0, 10)
    before = desk.answer()
    stride = desk.strip.stride
    desk.drag(before.context, before.context + stride)
    after = desk.answer()
    moved = after.context - before.context
    assert moved == stride
    assert after.origin.index == before.origin.index + moved  # the first column stays
    assert desk.spin("Context").value() == after.context
    desk.spin("Context").setValue(2)
    narrow = desk.answer()
    assert (narrow.context, narrow.origin) == (2, after.origin)
    desk.drag(len(narrow.columns), len(narrow.columns) - 3 * desk.strip.stride)
    shorter = desk.answer()
    assert shorter.request.length < 45
    assert desk.studio.window.controls.viewing_horizon == shorter.request.length
    assert len(shorter.columns) == shorter.context + shorter.request.length


def test_that_the_newest_request_wins_however_fast_they_come(desk: Desk) -> None:
    desk.answer()
    for context in (3, 4, 6, 7, 8, 9, 1):
        desk.spin("Context").setValue(context)
        desk.studio.bot.wait(5)
    assert desk.answer().request.context == 1


def test_that_a_paused_training_can_be_dreamed_of_and_what_comes_to_pass_is_put_beside(desk: Desk) -> None:
    bot, window = desk.studio.bot, desk.studio.window
    bot.keyClick(window, Qt.Key.Key_F6)
    desk.studio.wait_for_state(State.PAUSED)
    desk.workspace.dream_from_newest()
    view = desk.answer()
    known = len(view.real)
    assert known == view.context
    held = (desk.studio.status.step, desk.studio.status.update)
    desk.workspace.dream_from_newest()  # once more, from the very frame
    assert desk.answer().request.origin is None
    desk.spin("Frame").setValue(view.origin.index - 1)
    assert desk.answer().origin == replace(view.origin, index=view.origin.index - 1)
    desk.spin("Frame").setValue(view.origin.index)
    view = desk.answer()
    desk.spin("Context").setValue(view.context + 1)
    assert len(desk.answer().real) >= known
    assert (desk.studio.status.step, desk.studio.status.update) == held
    bot.keyClick(window, Qt.Key.Key_F6)

    def more() -> bool:
        newest = desk.scene
        return newest is not None and len(newest.real) > newest.context + 2

    bot.waitUntil(more, timeout=PATIENCE_MS)


def test_that_a_frame_that_is_not_there_is_said_and_the_scene_stays(desk: Desk) -> None:
    view = desk.answer()
    banners = desk.studio.window.findChild(BannerStack)
    assert banners is not None
    desk.workspace.requests.ask(origin=FrameRef(False, 9999, 3))
    desk.studio.bot.waitUntil(lambda: len(banners.banners) == 1, timeout=PATIENCE_MS)
    assert desk.scene is not None
    assert desk.scene.number == view.number
    desk.spin("Context").setValue(3)  # goes on from the scene on show
    assert desk.answer().origin.episode == view.origin.episode
