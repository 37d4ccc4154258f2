"""Docks fold to a rail where the window has no room, and the toolbar gives up its words first."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDockWidget, QScrollArea, QToolBar, QToolButton
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.shell.fitting.rail import Rail, RailButton
from dreamer_studio.studio.shell.fitting.toolbar import FittingToolBar
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.theme import Theme
from tests.support.made_run import made_session, open_made_studio
from tests.support.studio import PATIENCE_MS, Studio, show_window

CTRL = Qt.KeyboardModifier.ControlModifier
WIDE, SMALL, NARROW = (1700, 1000), (1280, 720), (960, 540)


def resize(studio: Studio, size: tuple[int, int]) -> None:
    studio.window.resize(*size)
    for _ in range(6):
        QApplication.processEvents()


def open_docks(studio: Studio) -> set[str]:
    return {dock.windowTitle() for dock in studio.window.findChildren(QDockWidget) if dock.isVisible()}


def on_rails(studio: Studio) -> set[str]:
    rails = studio.window.findChildren(Rail)
    return {button.text() for rail in rails if rail.isVisible() for button in rail.findChildren(RailButton)}


def test_that_docks_fold_to_a_rail_and_come_back_with_the_room(studio: Studio) -> None:
    resize(studio, WIDE)
    studio.bot.keyClick(studio.window, Qt.Key.Key_R, CTRL)
    assert open_docks(studio) == {"Facts", "Replay"} and on_rails(studio) == set()
    resize(studio, NARROW)
    assert open_docks(studio) == {"Replay"} and on_rails(studio) == {"Facts"}
    resize(studio, WIDE)
    assert open_docks(studio) == {"Facts", "Replay"} and on_rails(studio) == set()


def test_that_a_click_on_the_rail_opens_a_dock_in_place_of_another(studio: Studio) -> None:
    resize(studio, NARROW)
    studio.bot.keyClick(studio.window, Qt.Key.Key_R, CTRL)
    (button,) = (each for each in studio.window.findChildren(RailButton) if each.text() == "Facts")
    studio.bot.mouseClick(button, Qt.MouseButton.LeftButton)
    studio.bot.waitUntil(lambda: open_docks(studio) == {"Facts"}, timeout=PATIENCE_MS)
    assert on_rails(studio) == {"Replay"}


def test_that_a_dock_that_the_user_closes_does_not_wait_on_a_rail(studio: Studio) -> None:
    resize(studio, WIDE)
    for _ in range(2):
        studio.bot.keyClick(studio.window, Qt.Key.Key_R, CTRL)
    resize(studio, NARROW)
    assert open_docks(studio) == set() and on_rails(studio) == {"Facts"}
    resize(studio, WIDE)
    assert open_docks(studio) == {"Facts"}


def test_that_a_low_window_shows_the_docks_of_a_side_as_tabs(studio: Studio) -> None:
    resize(studio, SMALL)
    studio.bot.keyClick(studio.window, Qt.Key.Key_2, CTRL)
    docks = {dock.windowTitle(): dock for dock in studio.window.findChildren(QDockWidget)}
    studio.bot.waitUntil(docks["Control"].isVisible, timeout=PATIENCE_MS)
    assert studio.window.tabifiedDockWidgets(docks["Control"]) == [docks["Facts"]]
    resize(studio, WIDE)
    assert studio.window.tabifiedDockWidgets(docks["Control"]) == []


def test_that_folded_docks_are_open_again_in_the_next_wide_window(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    first = open_made_studio(theme, qtbot, tmp_path / "run")
    resize(first, NARROW)
    assert open_docks(first) == set()
    first.leave()
    layout = SettingsFile(tmp_path / "settings.json").current.layout
    assert layout
    second = show_window(theme, qtbot, made_session(tmp_path / "run"), tmp_path / "settings.json")
    resize(second, WIDE)
    opened = open_docks(second)
    second.leave()
    assert opened == {"Facts"}


@pytest.mark.parametrize("size", [SMALL, (1024, 768), NARROW])
@pytest.mark.parametrize("replay", [False, True])
def test_that_no_workspace_scrolls_sideways_on_a_small_screen(
    studio: Studio, size: tuple[int, int], replay: bool
) -> None:
    if replay:
        studio.bot.keyClick(studio.window, Qt.Key.Key_R, CTRL)
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
        studio.bot.keyClick(studio.window, key, CTRL)
        resize(studio, size)
        assert (studio.window.width(), studio.window.height()) == size
        areas = [area for area in studio.window.findChildren(QScrollArea) if area.isVisible()]
        assert [area.widget() for area in areas if area.horizontalScrollBar().maximum() > 0] == []
        if key is Qt.Key.Key_1 and size == SMALL and not replay:  # Live fits whole, with a hint above
            assert [area.widget() for area in areas if area.verticalScrollBar().maximum() > 0] == []


def test_that_a_long_name_and_the_replay_dock_fit_into_640_pixels(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    studio = open_made_studio(theme, qtbot, tmp_path / "a-run-with-a-long-name-000020-step-95000-update-9300")
    try:
        studio.bot.keyClick(studio.window, Qt.Key.Key_R, CTRL)
        for size in (WIDE, (640, 720), WIDE, (640, 480)):
            resize(studio, size)
            areas = [area for area in studio.window.findChildren(QAbstractScrollArea) if area.isVisible()]
            assert len(areas) > 2
            assert [area.accessibleName() for area in areas if area.horizontalScrollBar().maximum() > 0] == []
    finally:
        studio.leave()


def test_that_the_window_can_be_640_pixels_wide_with_every_button_of_the_toolbar(studio: Studio) -> None:
    resize(studio, (640, 600))
    assert studio.window.width() == 640
    (bar,) = (bar for bar in studio.window.findChildren(QToolBar) if isinstance(bar, FittingToolBar))
    assert bar.compact
    buttons = [bar.widgetForAction(action) for action in bar.actions() if action.isVisible()]
    assert all(button.isVisible() for button in buttons)
    resize(studio, WIDE)
    assert not bar.compact


def test_that_the_extension_button_has_a_sign(theme: Theme, qtbot: QtBot) -> None:
    bar = FittingToolBar("Tools")
    qtbot.addWidget(bar)
    more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert more is not None and not more.icon().isNull() and more.accessibleName() == "More buttons"
