"""The sentence above the workspaces, in a window on a made run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.frame_view import FrameView
from tests.support.made_run import open_made_studio
from tests.support.studio import PATIENCE_MS, Studio
from tests.support.watching import find


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    (tmp_path / "settings.json").write_text('{"version": 1, "hints": false}')  # a hint moves the workspaces
    studio = open_made_studio(theme, qtbot, tmp_path / "run")
    yield studio
    studio.leave()


def test_that_the_sentence_follows_the_run(studio: Studio) -> None:
    line = studio.window.run.header.state_line
    studio.bot.waitUntil(lambda: line.sentence.startswith("Paused at step 260, update 5."), timeout=PATIENCE_MS)
    studio.press_f6_for("Resume")
    studio.bot.waitUntil(lambda: line.sentence.startswith("Learning: step "), timeout=PATIENCE_MS)
    assert "no run with this task" in line.sentence


def test_that_the_sentence_stays_above_every_workspace_and_never_moves_it(studio: Studio) -> None:
    window, line = studio.window, studio.window.run.header.state_line
    for width in (1600, 800):
        window.resize(width, 800)
        QApplication.processEvents()
        tops = set()
        for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
            studio.bot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
            QApplication.processEvents()
            assert line.isVisible()
            tops.add(window.run.tabs.mapTo(window, window.run.tabs.rect().topLeft()).y())
        assert len(tops) == 1


def test_that_presenting_hides_the_sentence(studio: Studio) -> None:
    window = studio.window
    studio.bot.waitUntil(lambda: window.run.tabs.current.capture() is not None, timeout=PATIENCE_MS)
    find(studio, FrameView, "Observation").setFocus()
    size = window.size()
    for visible in (False, False, True):  # two cards, one card, the window
        studio.bot.keyClick(window, Qt.Key.Key_F11)
        window.resize(size)  # a full screen of the offscreen platform forgets it
        studio.bot.waitUntil(lambda: window.run.header.state_line.isVisible() is visible, timeout=PATIENCE_MS)  # noqa: B023
