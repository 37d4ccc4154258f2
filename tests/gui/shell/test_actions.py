"""Actions as data: one key for one action, and the same words in menus, help and README."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from dreamer_studio.resources import asset_path
from dreamer_studio.studio.actions import ACTIONS, ActionSpec, Scope, When, in_words, key_table
from dreamer_studio.studio.shell.action_set import ActionSet
from dreamer_studio.studio.shell.help.pages import key_rows
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.keys import pressed, qt_key
from dreamer_studio.studio.workspaces import WORKSPACES

ROOT = Path(__file__).resolve().parents[3]
DATA = {"widgets/keys.py", "actions.py"}
SHORTCUTS_OF_THE_DATA = {"shell/action_set.py", "widgets/frame_view.py", "new_run/page.py"}


@pytest.mark.parametrize("scope", Scope)
def test_that_no_two_actions_of_a_scope_share_a_key(scope: Scope) -> None:
    keys = Counter(QKeySequence(key).toString() for spec in ACTIONS if spec.scope is scope for key in spec.keys)
    assert keys and "" not in keys
    assert keys.most_common(1)[0][1] == 1


def test_that_each_action_has_a_unique_id_a_sentence_of_help_and_an_existing_icon() -> None:
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)
    for spec in ACTIONS:
        assert re.fullmatch(r"[A-Z].*\.", spec.help), spec.id
        assert spec.text or spec.scope is not Scope.WINDOW, spec.id
        assert not spec.icon or asset_path("icons", f"{spec.icon}.svg").is_file()


def test_that_every_action_is_listed_on_f1() -> None:
    rows = [row[1:] for row in key_rows()]
    for spec in ACTIONS:
        assert ((in_words(spec) or f"{spec.menu.replace('/', ' > ')} > {spec.text}"), spec.help) in rows, spec.id


def test_that_the_readme_has_the_table_of_the_essential_actions() -> None:
    assert key_table(ACTIONS) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_that_keys_are_declared_only_in_the_data() -> None:
    studio = ROOT / "dreamer_studio" / "studio"
    declared = re.compile(r"QKeySequence\(|setShortcut\(|Key_(?!Shift\b)\w+")
    for path in studio.rglob("*.py"):
        name = path.relative_to(studio).as_posix()
        found = declared.findall(path.read_text(encoding="utf-8"))
        if name in SHORTCUTS_OF_THE_DATA:
            found = [each for each in found if each != "QKeySequence("]
        assert not found or name in DATA, (name, found)


def test_that_widgets_find_the_action_of_a_key_in_their_scope() -> None:
    for spec in ACTIONS:
        for key in spec.keys:
            assert pressed(spec.scope, qt_key(key)) == spec.id or spec.scope in {Scope.WINDOW, Scope.IMAGE}
    assert pressed(Scope.PLAYER, qt_key("Left")) == "player.back"
    assert pressed(Scope.PLAYER, qt_key("X")) == ""


@pytest.fixture
def window(theme: Theme) -> Iterator[QMainWindow]:
    made = QMainWindow()
    yield made
    made.deleteLater()


def menus(window: QMainWindow) -> dict[str, list[str]]:
    found = {}
    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        found[action.text()] = [each.text() for each in menu.actions()]
    return found


def test_that_menus_follow_the_data(theme: Theme, window: QMainWindow) -> None:
    ActionSet(theme, window, ACTIONS).offer(set(When))
    made = menus(window)
    assert list(made) == ["&File", "&Edit", "&Run", "&Dream", "&Trust", "&View", "&Help"]
    assert made["&Run"] == ["Start", "Pause", "Stop", "One update", "", "Settings..."]
    assert made["&View"] == [
        *(f"{spec.title} workspace" for spec in WORKSPACES),
        "",
        "Error map",
        "Present",
        "Text size",
        "Theme",
        "Facts",
        "Replay",
    ]


def test_that_an_action_is_enabled_while_it_is_bound_and_its_condition_holds_or_says_why_not(
    theme: Theme, window: QMainWindow
) -> None:
    actions, done = ActionSet(theme, window, ACTIONS), []
    assert not actions["run.stop"].isEnabled() and not actions["help.about"].isEnabled()
    actions.bind({"run.stop": lambda: done.append("stop"), "help.about": lambda: done.append("about")})
    assert not actions["run.stop"].isEnabled() and actions["help.about"].isEnabled()
    assert (
        actions["run.stop"].toolTip().endswith("(Shift+F5). Only when the training, or playing, is running or paused")
    )
    actions.offer({When.ALWAYS, When.GOES})
    actions["run.stop"].trigger()
    assert done == ["stop"]
    actions.describe("run.stop", "End the environment.")
    assert actions["run.stop"].toolTip() == "End the environment (Shift+F5)"
    actions.release(["run.stop"])
    assert not actions["run.stop"].isEnabled()
    actions["run.stop"].trigger()
    assert done == ["stop"]


def test_that_an_action_bound_to_another_one_shows_its_text_and_its_check_mark(
    theme: Theme, window: QMainWindow
) -> None:
    actions, other = ActionSet(theme, window, ACTIONS), QAction("Other", window, checkable=True)
    actions.bind({"dream.twin": other})
    actions.offer({When.ALWAYS, When.RUN})
    assert actions["dream.twin"].text() == "Other"
    actions["dream.twin"].trigger()
    assert other.isChecked() and actions["dream.twin"].isChecked()
    other.toggle()
    assert not actions["dream.twin"].isChecked()
    other.setChecked(True)
    actions.release(["dream.twin"])
    assert not actions["dream.twin"].isChecked() and actions["dream.twin"].text() == "Reality twin"


def test_that_an_action_is_one_row_of_the_key_table_with_its_keys_in_words() -> None:
    spec = ActionSpec("a.b", "Text", "Do it.", ("PgUp", "Return", "Enter"))
    assert in_words(spec) == "Page Up, Enter"
    assert key_table([spec]).count("\n") == 1
