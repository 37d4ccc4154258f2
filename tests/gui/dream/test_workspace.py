"""The Dream workspace as a user operates it: real keys, clicks and drags, on a made run."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox

from dreamer_studio.replay import EpisodeStore, keep_test
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import State
from dreamer_studio.studio.dream.plots_panel import ScenePlotsPanel
from dreamer_studio.studio.dream.scene_bar import TEST
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.frame_ref import FrameRef, HeldOutTest
from tests.support.dream_workspace import DreamDriver
from tests.support.episodes import grown
from tests.support.made_run import made_episode
from tests.support.reading import card
from tests.support.studio import PATIENCE_MS, Studio


@pytest.fixture
def dreams(studio: Studio) -> DreamDriver:
    """Open the Dream workspace by D in the Live workspace."""
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    dreams = DreamDriver(studio)
    dreams.answer()
    return dreams


def test_that_d_dreams_from_the_live_frame_and_one_cursor_moves_strip_and_plots(dreams: DreamDriver) -> None:
    view = dreams.answer()
    assert dreams.workspace.isVisible()
    assert not dreams.studio.channels.live.visible
    assert view.origin.live
    assert len(view.columns) == view.context + 45
    dreams.studio.bot.waitUntil(lambda: dreams.column > 2, timeout=PATIENCE_MS)  # it plays
    dreams.press(Qt.Key.Key_Space)
    held = dreams.column
    dreams.studio.bot.wait(200)
    assert dreams.column == held
    for key, column in (
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_PageDown, 11),
        (Qt.Key.Key_Left, 10),
        (Qt.Key.Key_PageUp, 0),
        (Qt.Key.Key_End, len(view.columns) - 1),
    ):
        dreams.press(key)
        assert dreams.column == column
    first = view.origin.index - view.context + 1
    dreams.spin("Frame under the cursor").setValue(first + 7)
    dreams.studio.bot.waitUntil(lambda: dreams.strip.column == 7, timeout=PATIENCE_MS)
    assert dreams.spin("Frame").value() == first + view.context - 1  # both boxes count the episode's frames
    dreams.studio.bot.waitUntil(lambda: f"frame {first + 7} " in card(dreams.workspace, "Dream").caption, timeout=1000)
    (panel,) = dreams.workspace.findChildren(ScenePlotsPanel)
    plots = panel.findChildren(TimelinePlot)
    assert [plot.playhead for plot in plots] == [first + 7] * 5
    plots[0].picked.emit(first + 3.2)
    assert dreams.column == 3
    dreams.studio.bot.mouseClick(dreams.strip, Qt.MouseButton.LeftButton, pos=QPoint(dreams.strip.x_of(12) + 5, 20))
    assert dreams.column == dreams.strip.column_at(dreams.strip.x_of(12) + 5)


def test_that_a_dream_from_a_stored_frame_shows_the_record_and_d_dreams_from_the_cursor(dreams: DreamDriver) -> None:
    dreams.pick_stored(1, 10)
    actor = next(box for box in dreams.workspace.findChildren(QComboBox) if box.findData("recorded") >= 0)
    actor.setCurrentIndex(actor.findData("recorded"))
    actor.activated.emit(actor.currentIndex())
    view = dreams.answer()
    assert (view.origin.live, view.origin.episode, view.origin.index) == (False, 1, 10)
    episode = EpisodeStore(dreams.studio.status.folder / "episodes", 2**20).get(1)
    there = min(len(episode), 6 + len(view.columns)) - 6
    np.testing.assert_array_equal(view.real, episode.image[6 : 6 + there])
    np.testing.assert_array_equal(view.columns.action[: view.recorded], episode.action[6 : 6 + view.recorded])
    assert view.recorded == there
    dreams.workspace.player.go_to(view.context + 4)
    dreams.studio.bot.keyClick(dreams.studio.window, Qt.Key.Key_D)  # from the frame under the cursor
    assert dreams.answer().origin.index == 10 + 5
    seed = dreams.answer().request.seed
    dreams.workspace.player.go_to(dreams.answer().context - 1)
    dreams.studio.bot.keyClick(dreams.studio.window, Qt.Key.Key_D)  # the same frame: other noise
    again = dreams.answer()
    assert (again.origin.index, again.request.seed) == (15, seed + 1)


def test_that_dragging_the_markers_changes_context_and_viewing_horizon(dreams: DreamDriver) -> None:
    dreams.pick_stored(0, 10)
    before = dreams.answer()
    stride = math.ceil(dreams.strip.stride)
    dreams.drag(before.context, before.context + stride)
    after = dreams.answer()
    moved = after.context - before.context
    assert moved == stride
    assert after.origin.index == before.origin.index + moved  # the first column stays
    assert dreams.spin("Context").value() == after.context
    dreams.spin("Context").setValue(2)
    narrow = dreams.answer()
    assert (narrow.context, narrow.origin) == (2, after.origin)
    dreams.drag(len(narrow.columns), len(narrow.columns) - 3 * math.ceil(dreams.strip.stride))
    shorter = dreams.answer()
    assert shorter.request.length < 45
    assert dreams.studio.window.controls.viewing_horizon == shorter.request.length
    assert len(shorter.columns) == shorter.context + shorter.request.length


def test_that_the_newest_of_many_quick_requests_is_shown(dreams: DreamDriver) -> None:
    dreams.answer()
    for context in (3, 4, 6, 7, 8, 9, 1):
        dreams.spin("Context").setValue(context)
        dreams.studio.bot.wait(5)
    assert dreams.answer().request.context == 1


def test_that_dreams_work_while_training_is_paused_and_the_record_grows_after_resuming(dreams: DreamDriver) -> None:
    bot = dreams.studio.bot
    dreams.studio.wait_for_state(State.PAUSED)
    dreams.workspace.dream_from_newest()
    view = dreams.answer()
    known = len(view.real)
    assert known == view.context
    held = (dreams.studio.status.step, dreams.studio.status.update)
    dreams.workspace.dream_from_newest()  # once more, from the very frame
    assert dreams.answer().request.origin is None
    dreams.spin("Frame").setValue(view.origin.index - 1)
    assert dreams.answer().origin == replace(view.origin, index=view.origin.index - 1)
    dreams.spin("Frame").setValue(view.origin.index)
    view = dreams.answer()
    dreams.spin("Context").setValue(view.context + 1)
    assert len(dreams.answer().real) >= known
    assert (dreams.studio.status.step, dreams.studio.status.update) == held
    dreams.studio.press_f6_for("Resume")

    def more() -> bool:
        newest = dreams.scene
        return newest is not None and len(newest.real) > newest.context + 2

    bot.waitUntil(more, timeout=PATIENCE_MS)


def test_that_a_request_for_a_missing_frame_is_a_banner_and_the_scene_stays(dreams: DreamDriver) -> None:
    view = dreams.answer()
    banners = dreams.studio.window.findChild(BannerStack)
    assert banners is not None
    dreams.workspace.requests.ask(origin=FrameRef(False, 9999, 3))
    dreams.studio.bot.waitUntil(lambda: len(banners.banners) == 1, timeout=PATIENCE_MS)
    assert dreams.scene is not None
    assert dreams.scene.number == view.number
    dreams.spin("Context").setValue(3)  # goes on from the scene on show
    assert dreams.answer().origin.episode == view.origin.episode


def test_that_a_frame_of_a_test_opens_here_with_its_source_and_other_frames_of_the_test_follow(
    dreams: DreamDriver,
) -> None:
    tested = made_episode(9)
    keep_test(RunFolder(dreams.studio.status.folder).tests, 4, 6, [grown(tested)])
    frame = FrameRef(False, 6, 20, test=HeldOutTest(4))
    dreams.studio.window.run.tabs.frameWanted.emit(frame)
    view = dreams.answer()
    assert dreams.workspace.isVisible() and view.origin == frame
    assert np.array_equal(view.real[view.context - 1], tested.image[20])
    source = dreams.find(QComboBox, "What to dream from")
    assert isinstance(source, QComboBox) and source.currentText() == TEST
    assert not dreams.spin("Stored episode").isEnabled()
    (card,) = dreams.panel.findChildren(Card)
    assert card.subtitle.startswith("test of update 4, episode 6, frame 20 ")
    dreams.spin("Frame").setValue(25)
    assert dreams.answer().origin == replace(frame, index=25)
    dreams.pick_stored(0, 10)
    assert dreams.answer().origin.test is None and source.findText(TEST) >= 0
    source.setCurrentText(TEST)
    source.activated.emit(source.currentIndex())
    assert dreams.answer().origin.test == HeldOutTest(4)
