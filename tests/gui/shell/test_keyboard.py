"""The keyboard alone reaches every action of the window."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMainWindow, QMenu, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.studio.actions import ACTIONS, WORKSPACES, ActionSpec, Scope, When
from dreamer_studio.studio.new_run.page import NewRunPage
from dreamer_studio.studio.run_list.run_menu import NAMES, make_menu
from dreamer_studio.studio.shell.action_set import ActionSet
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.keys import qt_key
from tests.support.flow import Front
from tests.support.reading import activate

ALT = Qt.KeyboardModifier.AltModifier
OF_WINDOW = [spec for spec in ACTIONS if spec.scope is Scope.WINDOW]


class Menus:
    """A window with all actions, and a list of the triggered actions."""

    def __init__(self, theme: Theme, bot: QtBot) -> None:
        self.window, self.done = QMainWindow(), list[str]()
        actions = ActionSet(theme, self.window, ACTIONS)
        actions.bind({spec.id: functools.partial(self.done.append, spec.id) for spec in OF_WINDOW})
        actions.offer(set(When))
        self.window.show()
        activate(bot, self.window)

    def open(self, top: str) -> QMenu:
        """Open a menu of the bar by its letter."""
        press(self.window, letter_of(f"&{top}"), ALT)
        return popup()

    def choose(self, spec: ActionSpec) -> None:
        """Choose an action in its menu by letters."""
        top, _, below = spec.menu.partition("/")
        menu = self.open(top)
        for text in ([below] if below else []) + [spec.text]:
            marked = next(action.text() for action in menu.actions() if action.text().replace("&", "") == text)
            press(menu, letter_of(marked))
            menu = popup() if QApplication.activePopupWidget() else menu


@pytest.fixture
def menus(theme: Theme, qtbot: QtBot) -> Iterator[Menus]:
    made = Menus(theme, qtbot)
    yield made
    made.window.deleteLater()


@pytest.fixture
def front(front: Front) -> Front:
    """Return an active window on its start page."""
    activate(front.bot, front.window)
    return front


def letter_of(text: str) -> str:
    """Return the letter after the "&" of a text."""
    keys = QKeySequence.mnemonic(text).toString()
    assert keys.startswith("Alt+"), f"no letter leads to {text!r}"
    return keys.removeprefix("Alt+")


def press(widget: QWidget, letter: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press the key of a letter."""
    QTest.keyClick(widget, qt_key(letter), modifier)


def popup() -> QMenu:
    shown = QApplication.activePopupWidget()
    assert isinstance(shown, QMenu)
    return shown


def letters_on_show(window: QMainWindow) -> Counter[str]:
    """Count how often each letter is underlined in the menu bar, on buttons, in tabs and on labels of fields."""
    texts = [action.text() for action in window.menuBar().actions() if action.isVisible()]
    texts += [button.text() for button in window.findChildren(QAbstractButton) if button.isVisible()]
    texts += [label.text() for label in window.findChildren(QLabel) if label.isVisible() and label.buddy() is not None]
    for tabs in window.findChildren(QTabBar):
        texts += [tabs.tabText(place) for place in range(tabs.count()) if tabs.isVisible()]
    return Counter(filter(None, (QKeySequence.mnemonic(text).toString() for text in texts)))


def test_that_each_action_has_a_key_or_a_menu() -> None:
    assert [spec.id for spec in OF_WINDOW if not spec.keys and not spec.menu] == []


def test_that_each_action_in_a_menu_is_chosen_by_letters_alone(menus: Menus) -> None:
    for spec in OF_WINDOW:
        if spec.menu:
            menus.choose(spec)
            assert menus.done == [spec.id]
            assert QApplication.activePopupWidget() is None
            menus.done.clear()


def test_that_each_key_of_an_action_works_in_the_window(menus: Menus) -> None:
    for spec in OF_WINDOW:
        for key in spec.keys:
            QTest.keySequence(menus.window, QKeySequence(key))
            assert menus.done == [spec.id], key
            menus.done.clear()


@pytest.mark.parametrize("top", dict.fromkeys(spec.menu.partition("/")[0] for spec in OF_WINDOW if spec.menu))
def test_that_no_two_entries_of_a_menu_share_a_letter(menus: Menus, top: str) -> None:
    menu = menus.open(top)
    letters = Counter(letter_of(action.text()) for action in menu.actions() if not action.isSeparator())
    menu.close()
    assert letters.most_common(1)[0][1] == 1, letters


@pytest.mark.parametrize("state", RunState)
def test_that_no_two_entries_of_the_menu_of_a_run_share_a_letter(theme: Theme, tmp_path: Path, state: RunState) -> None:
    window = QMainWindow()
    do = dict.fromkeys(NAMES, lambda: None)
    menu = make_menu(window, RunEntry(tmp_path, "run", state=state), ticked=False, do=do)
    letters = Counter(letter_of(action.text()) for action in menu.actions() if not action.isSeparator())
    window.deleteLater()
    assert letters.most_common(1)[0][1] == 1, letters


@pytest.mark.parametrize("menu", ["Run", "Dream"])
def test_that_a_menu_that_only_a_run_has_does_not_take_keys_on_a_page(front: Front, menu: str) -> None:
    search = front.home.runs.search
    search.setFocus()
    press(front.window, menu[0], ALT)
    assert QApplication.activePopupWidget() is None and front.window.menuBar().activeAction() is None
    QTest.keyClicks(front.window.focusWidget(), "walker")
    assert search.text() == "walker"


def test_that_a_letter_of_a_hidden_menu_leads_to_the_field_of_a_page(front: Front) -> None:
    front.trigger("file.new")
    (page,) = front.window.findChildren(NewRunPage)
    press(front.window, "E", ALT)
    assert page.panels.place.fields["seeds"].hasFocus()


def test_that_the_menus_of_a_run_answer_their_letters_once_it_is_open(front: Front, tmp_path: Path) -> None:
    front.open_made(tmp_path / "walker", paused=True)
    for menu in ("Edit", "Run", "Dream"):
        press(front.window, menu[0], ALT)
        assert popup().title() == f"&{menu}"
        press(popup(), "Esc")
        press(front.window.menuBar(), "Esc")


def test_that_no_two_things_on_show_share_a_letter(front: Front, tmp_path: Path) -> None:
    shown = {"start page": letters_on_show(front.window)}
    front.trigger("file.new")
    shown["new run"] = letters_on_show(front.window)
    front.open_made(tmp_path / "walker", paused=True)
    for key in WORKSPACES:
        front.trigger(f"view.{key}")
        shown[key] = letters_on_show(front.window)
    for place, letters in shown.items():
        assert letters.most_common(1)[0][1] == 1, (place, letters)
