"""A finished run that is opened again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from dreamer_studio.replay.bookmarks import Bookmark, write_bookmarks
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.session import State
from dreamer_studio.studio.dream.scene_bar import LIVE, STORED
from dreamer_studio.studio.theme import Theme
from tests.support.dream_workspace import DreamDriver
from tests.support.replay_workspace import BrowserDriver
from tests.support.small_runs import small_config
from tests.support.studio import open_studio


@pytest.mark.parametrize(("steps", "wanted"), [(120, STORED), (150, LIVE)])
def test_that_a_finished_run_offers_dreams_of_its_unfinished_episode_or_else_of_its_replay(
    theme: Theme, qtbot: QtBot, tmp_path: Path, steps: int, wanted: str
) -> None:
    studio = open_studio(theme, qtbot, small_config(steps=steps), tmp_path / "run")
    studio.wait_for_state(State.FINISHED)
    studio.leave()
    assert studio.status.state is State.CLOSED and list_checkpoints(tmp_path / "run" / "checkpoints")
    studio = open_studio(theme, qtbot, small_config(steps=steps), tmp_path / "run")
    studio.wait_for_state(State.FINISHED)
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    dreams = DreamDriver(studio)
    origin = dreams.answer().origin
    assert (origin.live, origin.episode) == ((True, 2) if wanted == LIVE else (False, 1))
    source = next(box for box in dreams.workspace.findChildren(QComboBox) if box.findText(STORED) >= 0)
    assert source.currentText() == wanted
    studio.leave()


def test_that_a_run_with_a_damaged_bookmarks_file_opens_and_can_be_browsed(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    studio = open_studio(theme, qtbot, small_config(steps=120), tmp_path / "run")
    studio.wait_for_state(State.FINISHED)
    studio.leave()
    write_bookmarks(tmp_path / "run" / "bookmarks.json", (Bookmark(0, 3),))
    content = (tmp_path / "run" / "bookmarks.json").read_bytes()
    (tmp_path / "run" / "bookmarks.json").write_bytes(content[:-5])
    studio = open_studio(theme, qtbot, small_config(steps=120), tmp_path / "run")
    browser = BrowserDriver(studio)
    browser.wait(lambda: len(browser.banners) == 1)
    assert "bookmarks.json cannot be read" in browser.banners[0]
    studio.wait_for_state(State.FINISHED)
    browser.wait(lambda: browser.model.rowCount() == studio.status.replay_episodes)
    browser.click(0, 3)  # a run that does not run is browsed all the same
    browser.wait(lambda: browser.shown() != b"")
    assert (tmp_path / "run" / "bookmarks.json").read_bytes() == content[:-5]
    studio.leave()
