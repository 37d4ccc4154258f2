"""A finished run that is opened again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from dreamer_studio.replay.bookmarks import Bookmark, write_bookmarks
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import State
from dreamer_studio.studio.dream.scene_bar import LIVE, STORED
from dreamer_studio.studio.theme import Theme
from tests.support.dream_workspace import DreamDriver
from tests.support.replay_workspace import BrowserDriver
from tests.support.studio import Studio, open_studio


@pytest.fixture
def open_copy(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[Path], Studio]]:
    """Show the window on a copy of a finished run."""
    opened: list[Studio] = []

    def show(finished: Path) -> Studio:
        folder = Path(shutil.copytree(finished, tmp_path / "run", dirs_exist_ok=True))
        studio = open_studio(theme, qtbot, RunFolder(folder).read(), folder)
        opened.append(studio)
        return studio

    yield show
    for studio in opened:
        studio.leave()
        assert studio.status.state is State.CLOSED


@pytest.mark.parametrize(
    ("finished", "wanted"),
    [("finished_run", STORED), ("finished_within_an_episode", LIVE)],
    ids=["after an episode", "within an episode"],
)
def test_that_a_finished_run_offers_dreams_of_its_unfinished_episode_or_else_of_its_replay(
    open_copy: Callable[[Path], Studio], request: pytest.FixtureRequest, finished: str, wanted: str
) -> None:
    studio = open_copy(request.getfixturevalue(finished))
    studio.wait_for_state(State.FINISHED)
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    dreams = DreamDriver(studio)
    origin = dreams.answer().origin
    assert (origin.live, origin.episode) == ((True, 2) if wanted == LIVE else (False, 1))
    source = next(box for box in dreams.workspace.findChildren(QComboBox) if box.findText(STORED) >= 0)
    assert source.currentText() == wanted


def test_that_a_run_with_a_damaged_bookmarks_file_opens_and_can_be_browsed(
    open_copy: Callable[[Path], Studio], finished_run: Path, tmp_path: Path
) -> None:
    path = tmp_path / "run" / "bookmarks.json"
    path.parent.mkdir()
    write_bookmarks(path, (Bookmark(0, 3),))
    content = path.read_bytes()[:-5]
    path.write_bytes(content)
    studio = open_copy(finished_run)
    browser = BrowserDriver(studio)
    browser.wait(lambda: len(browser.banners) == 1)
    assert "bookmarks.json cannot be read" in browser.banners[0]
    studio.wait_for_state(State.FINISHED)
    browser.wait(lambda: browser.model.rowCount() == studio.status.replay_episodes)
    browser.click(0, 0, 30)
    browser.wait(lambda: browser.shown() != b"")
    assert path.read_bytes() == content
