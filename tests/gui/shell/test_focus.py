"""Where the keyboard focus goes in the window, and which keys win."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSpinBox, QTableView
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.frame_view import FrameView
from tests.support.fields import boxes_in, without_manners
from tests.support.made_run import open_made_studio
from tests.support.studio import PATIENCE_MS, Studio
from tests.support.watching import find, shown_live

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    studio = open_made_studio(theme, qtbot, tmp_path / "run")
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.isActiveWindow, timeout=PATIENCE_MS)
    yield studio
    studio.leave()


def press(studio: Studio, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key in the widget that has the focus."""
    studio.bot.keyClick(QApplication.focusWidget() or studio.window, key, modifier)


def test_that_every_box_leaves_wheel_letters_and_focus_to_the_window(studio: Studio) -> None:
    assert len(boxes_in(studio.window)) > 20
    assert without_manners(studio.window) == []


def test_that_after_a_typed_frame_number_the_next_letter_is_an_action(studio: Studio) -> None:
    studio.bot.keyClick(studio.window, Qt.Key.Key_2, CTRL)
    studio.bot.waitUntil(lambda: studio.channels.scene.result is not None, timeout=PATIENCE_MS)
    box = find(studio, QSpinBox, "Frame")
    box.setFocus()
    studio.bot.keyClicks(box, "3")
    press(studio, Qt.Key.Key_Return)
    assert find(studio, FrameView, "Dreamed frame").hasFocus()
    box.setFocus()
    before = studio.channels.scene.generation
    press(studio, Qt.Key.Key_D)
    assert studio.channels.scene.generation > before


def test_that_the_replay_browser_gives_the_focus_back_where_it_was(studio: Studio) -> None:
    shown_live(studio)
    studio.window.run.tabs.current.setFocus()
    before = QApplication.focusWidget()
    assert before is not None
    press(studio, Qt.Key.Key_R, CTRL)
    assert isinstance(QApplication.focusWidget(), QTableView)
    press(studio, Qt.Key.Key_R, CTRL)
    assert QApplication.focusWidget() is before
    exporting = next(action for action in studio.window.actions() if action.text() == "Export...")
    with studio.bot.waitSignal(exporting.triggered):
        press(studio, Qt.Key.Key_E, CTRL)
