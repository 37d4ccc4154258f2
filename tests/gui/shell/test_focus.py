"""Where the keyboard focus goes in the window, and which keys win."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSpinBox, QTableView

from dreamer_studio.studio.widgets.frame_view import FrameView
from tests.support.fields import boxes_in, without_manners
from tests.support.reading import activate
from tests.support.studio import PATIENCE_MS, Studio
from tests.support.watching import find, shown_live

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(studio: Studio) -> Studio:
    """Return an active window."""
    activate(studio.bot, studio.window)
    return studio


def test_that_every_box_leaves_wheel_letters_and_focus_to_the_window(studio: Studio) -> None:
    assert len(boxes_in(studio.window)) > 20
    assert without_manners(studio.window) == []


def test_that_after_a_typed_frame_number_the_next_letter_is_an_action(studio: Studio) -> None:
    studio.bot.keyClick(studio.window, Qt.Key.Key_2, CTRL)
    studio.bot.waitUntil(lambda: studio.channels.scene.result is not None, timeout=PATIENCE_MS)
    box = find(studio, QSpinBox, "Frame")
    box.setFocus()
    studio.bot.keyClicks(box, "3")
    studio.press(Qt.Key.Key_Return)
    assert find(studio, FrameView, "Dreamed frame").hasFocus()
    box.setFocus()
    before = studio.channels.scene.generation
    studio.press(Qt.Key.Key_D)
    assert studio.channels.scene.generation > before


def test_that_the_replay_browser_gives_the_focus_back_where_it_was(studio: Studio) -> None:
    shown_live(studio)
    studio.window.run.tabs.current.setFocus()
    before = QApplication.focusWidget()
    assert before is not None
    studio.press(Qt.Key.Key_R, CTRL)
    assert isinstance(QApplication.focusWidget(), QTableView)
    studio.press(Qt.Key.Key_R, CTRL)
    assert QApplication.focusWidget() is before
    exporting = next(action for action in studio.window.actions() if action.text() == "Export...")
    with studio.bot.waitSignal(exporting.triggered):
        studio.press(Qt.Key.Key_E, CTRL)
