"""Dreams during a training: a user drives, compares with the twin, asks for futures, and browses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.session import State
from dreamer_studio.studio.dream.futures.panel import FIRST_SAMPLES, FuturesPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.viewing.twin.worker import EXACT
from tests.support.dream_workspace import DreamDriver
from tests.support.replay_workspace import BrowserDriver
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, Studio, open_studio


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    studio = open_studio(theme, qtbot, small_config(steps=100_000), tmp_path / "run")
    studio.wait_for(lambda status: status.update > 2 and status.episode_step > 8)
    yield studio
    studio.leave()


def test_that_a_user_drives_beside_the_twin_asks_for_futures_and_browses_while_it_trains(
    studio: Studio,
) -> None:
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    dreams = DreamDriver(studio)
    dreams.answer()
    check_that_the_twin_takes_the_steps_of_the_dream(dreams)
    check_that_futures_of_a_frame_are_shown(dreams)
    check_that_a_recorded_frame_is_dreamed_from(studio, dreams)
    reached = studio.status.update
    studio.wait_for(lambda status: status.update > reached and status.state is State.RUNNING)


def check_that_the_twin_takes_the_steps_of_the_dream(dreams: DreamDriver) -> None:
    studio, scene = dreams.studio, dreams.answer()
    assert scene.origin.live
    studio.bot.keyClick(studio.window, Qt.Key.Key_T)
    dreams.workspace.control.turn_based.setChecked(True)
    dreams.workspace.player.go_to(scene.context - 1)
    studio.bot.keyClick(studio.window, Qt.Key.Key_C)
    image = dreams.find(FrameView, "Dreamed frame")
    for columns in (scene.context + 1, scene.context + 2, scene.context + 3):
        studio.bot.keyClick(image, Qt.Key.Key_Right)
        studio.bot.waitUntil(
            lambda columns=columns: steps_of_both(dreams) == (columns, columns),  # type: ignore[misc]
            timeout=PATIENCE_MS,
        )
    driven, twin = dreams.scene, studio.channels.twin.result
    assert driven is not None and driven.columns.driven[-3:].all()
    assert twin is not None and twin.badge == EXACT
    np.testing.assert_equal(twin.frames[0], scene.real[scene.context - 1])
    studio.bot.keyClick(image, Qt.Key.Key_Escape)
    studio.bot.keyClick(studio.window, Qt.Key.Key_T)


def steps_of_both(dreams: DreamDriver) -> tuple[int, int]:
    """Return the columns of the dream on show, and the column that its twin has come to."""
    twin = dreams.studio.channels.twin.result
    return len(dreams.scene.columns) if dreams.scene is not None else 0, twin.start + twin.count if twin else 0


def check_that_futures_of_a_frame_are_shown(dreams: DreamDriver) -> None:
    (panel,) = dreams.workspace.findChildren(FuturesPanel)
    assert dreams.scene is not None
    dreams.workspace.player.go_to(dreams.scene.context - 1)
    dreams.studio.bot.keyClick(dreams.studio.window, Qt.Key.Key_F)
    names = [*(f"sample {number}" for number in range(1, FIRST_SAMPLES + 1)), "mean", "spread"]
    dreams.studio.bot.waitUntil(lambda: [cell.name for cell in panel.grid.cells] == names, timeout=PATIENCE_MS)


def check_that_a_recorded_frame_is_dreamed_from(studio: Studio, dreams: DreamDriver) -> None:
    browser = BrowserDriver(studio)
    browser.wait(lambda: browser.model.rowCount() > 1)
    browser.click(browser.model.rowCount() - 1, 0, 30)
    browser.wait(lambda: browser.shown() != b"")
    frame = browser.frame
    assert not frame.live
    before = studio.channels.scene.generation
    browser.press("Dream")
    browser.wait(lambda: studio.channels.scene.generation > before)
    origin = dreams.answer().origin
    assert (origin.episode, origin.index) == (frame.episode, frame.index)
