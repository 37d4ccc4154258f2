"""F11 presents cards, keys change the size of the text, and menus can be used by letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu, QStatusBar

from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.shell.fitting.mnemonics import letters
from dreamer_studio.studio.shell.fitting.presenting import PressedKeys
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.theme import CONTRAST, Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.layout.reading import next_stop, reading_order
from dreamer_studio.studio.widgets.text import text_scale
from tests.support.reading import activate
from tests.support.studio import PATIENCE_MS, SIZE, Studio
from tests.support.watching import find, shown_live

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(studio: Studio) -> Studio:
    """Return an active window."""
    activate(studio.bot, studio.window)
    return studio


def cards(studio: Studio) -> list[str]:
    return [card.accessibleName() for card in studio.window.findChildren(Card) if card.isVisible()]


def chrome(studio: Studio) -> list[bool]:
    window = studio.window
    (status,) = window.findChildren(QStatusBar)
    dock = next(dock for dock in window.findChildren(QDockWidget) if dock.windowTitle() == "Facts")
    return [widget.isVisible() for widget in (window.menuBar(), status, window.run.tabs.tabBar(), dock)]


def widen(studio: Studio) -> None:
    """Make the window wide again: at first, and after a full screen, it takes the small offscreen screen's size."""

    def wide() -> bool:
        studio.window.resize(*SIZE)
        return chrome(studio) == [True] * 4

    studio.bot.waitUntil(wide, timeout=PATIENCE_MS)


def test_that_f11_presents_a_pair_then_one_card_then_nothing(studio: Studio) -> None:
    widen(studio)
    shown_live(studio)
    find(studio, FrameView, "Observation").setFocus()
    before = cards(studio)
    assert len(before) > 6 and chrome(studio) == [True] * 4
    studio.press(Qt.Key.Key_F11)
    assert cards(studio) == ["Observation", "Reconstruction"]
    assert studio.window.isFullScreen() and chrome(studio) == [False] * 4
    assert text_scale() == pytest.approx(1.6)
    studio.press(Qt.Key.Key_F11)
    assert cards(studio) == ["Observation"]
    studio.press(Qt.Key.Key_F11)
    widen(studio)
    assert cards(studio) == before
    assert not studio.window.isFullScreen() and text_scale() == 1.0


def test_that_esc_ends_a_presentation_and_keys_are_shown_while_it_lasts(studio: Studio) -> None:
    widen(studio)
    shown_live(studio)
    studio.press(Qt.Key.Key_F11)
    (keys,) = studio.window.findChildren(PressedKeys)
    studio.press(Qt.Key.Key_Space)
    assert keys.isVisible() and keys.text() == "Space"
    studio.press(Qt.Key.Key_Escape)
    widen(studio)
    studio.bot.waitUntil(lambda: not studio.window.findChildren(PressedKeys), timeout=PATIENCE_MS)


def test_that_a_text_size_chosen_during_a_presentation_counts_at_once_and_afterwards(
    studio: Studio, tmp_path: Path
) -> None:
    widen(studio)
    shown_live(studio)
    find(studio, FrameView, "Observation").setFocus()
    studio.press(Qt.Key.Key_F11)
    studio.press(Qt.Key.Key_Plus, CTRL)
    assert text_scale() == pytest.approx(1.1 * 1.6)
    studio.press(Qt.Key.Key_Escape)
    assert text_scale() == SettingsFile(tmp_path / "settings.json").current.text_scale == 1.1


def test_that_keys_change_the_size_of_all_text_and_the_window_keeps_it(studio: Studio, tmp_path: Path) -> None:
    menu = studio.window.menuBar().fontMetrics().height()
    studio.press(Qt.Key.Key_Plus, CTRL)
    studio.press(Qt.Key.Key_Equal, CTRL)
    assert text_scale() == 1.25 and studio.window.menuBar().fontMetrics().height() > menu
    assert SettingsFile(tmp_path / "settings.json").current.text_scale == 1.25
    studio.press(Qt.Key.Key_Minus, CTRL)
    assert text_scale() == 1.1
    studio.press(Qt.Key.Key_0, CTRL)
    assert text_scale() == 1.0 and studio.window.menuBar().fontMetrics().height() == menu


def menu_of(studio: Studio, title: str) -> QMenu:
    return next(menu for menu in studio.window.findChildren(QMenu) if menu.title().replace("&", "") == title)


def test_that_every_entry_of_an_open_menu_has_a_letter_of_its_own(studio: Studio) -> None:
    for action in studio.window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        menu.aboutToShow.emit()
        texts = [each.text() for each in menu.actions() if each.text() and each.isVisible()]
        marked = [text[text.index("&") + 1].casefold() for text in texts]
        assert len(set(marked)) == len(texts), texts
        menu.aboutToHide.emit()
        assert not any("&" in each.text() for each in menu.actions())


def test_that_a_letter_is_a_first_one_if_possible_and_none_is_taken_twice() -> None:
    assert letters(["Save", "Stop", "Open scene", "S"]) == ["S&ave", "S&top", "&Open scene", "&S"]
    assert letters(["Save", "Open film"]) == ["&Save", "&Open film"]
    assert letters(["A", "A", "AB"]) == ["&A", "A", "A&B"]


def test_that_the_theme_in_force_and_the_error_map_are_ticked(studio: Studio, theme: Theme) -> None:
    themes = {action.text(): action for action in menu_of(studio, "Theme").actions()}
    assert [text for text, action in themes.items() if action.isChecked()] == ["Dark"]
    themes["High contrast"].trigger()
    assert [text for text, action in themes.items() if action.isChecked()] == ["High contrast"]
    assert theme.palette == CONTRAST
    error = next(action for action in menu_of(studio, "View").actions() if action.text() == "Error map")
    assert error.isChecked() and "Error" in cards(studio)
    studio.press(Qt.Key.Key_E)
    assert not error.isChecked() and "Error" not in cards(studio)


def test_that_no_button_covers_the_status_bar_while_the_mouse_is_over_it(studio: Studio) -> None:
    assert [action.text() for action in studio.window.actions() if action.statusTip()] == []


def test_that_tab_goes_through_the_window_in_the_order_of_reading(studio: Studio) -> None:
    studio.bot.keyClick(studio.window, Qt.Key.Key_2, CTRL)
    dream = studio.window.run.tabs.of(DreamWorkspace)
    studio.bot.waitUntil(lambda: dream.branches.shown is not None, timeout=PATIENCE_MS)  # boxes change with it
    QApplication.processEvents()
    stops = reading_order(studio.window)
    workspace = studio.window.run.tabs.current

    def first(*of: str) -> int:
        return next(at for at, stop in enumerate(stops) if stop.accessibleName() in of)

    order = [first("What to dream from"), first("Play or hold (Space)"), first("Dreamed frame"), first("Reward")]
    assert order == sorted(order)
    inside = [at for at, stop in enumerate(stops) if workspace.isAncestorOf(stop)]
    assert inside == list(range(inside[0], inside[-1] + 1))
    stops[inside[0]].setFocus()
    for _ in range(4):
        expected = next_stop(studio.window, forward=True)
        studio.press(Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is expected and expected is not stops[inside[0]]
