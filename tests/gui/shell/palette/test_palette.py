"""The command palette over a window: what it finds, what it runs, and the focus."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from dreamer_studio.config import options
from dreamer_studio.envs import TaskInfo
from dreamer_studio.replay.bookmarks import Bookmark
from dreamer_studio.runs.best import TEST_FILE, pack_returns
from dreamer_studio.studio.actions import ACTIONS, in_words
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.new_run.page import NewRunPage
from dreamer_studio.studio.preferences.dialog import PreferencesDialog
from dreamer_studio.studio.run_settings.dialog import RunSettingsDialog
from dreamer_studio.studio.shell.palette.items import PaletteItem
from dreamer_studio.studio.shell.palette.popup import PalettePopup
from dreamer_studio.studio.shell.palette.providers.preference_items import PREFERENCES
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.viewing.new_run.messages import TaskSurvey
from dreamer_studio.viewing.new_run.tasks_worker import TasksWorker
from dreamer_studio.viewing.replay.messages import KeepBookmark
from dreamer_studio.viewing.worker import CannotAnswerError
from tests.support.flow import Front, MadeFlow
from tests.support.reading import activate
from tests.support.studio import PATIENCE_MS

SHIFT = Qt.KeyboardModifier.ShiftModifier
TASKS = (
    TaskInfo("gym:CartPole-v1", "gymnasium classic control"),
    TaskInfo("atari:pong", "not installed; needs ale_py", "needs ale_py", "pip install x"),
)


@pytest.fixture(autouse=True)
def survey(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the worker answer with two tasks, without a process."""

    def turn(worker: TasksWorker) -> bool:
        taken = worker.channel.take()
        if taken is not None:
            worker.channel.answer(taken[0], TaskSurvey(TASKS))
        return taken is not None

    monkeypatch.setattr(TasksWorker, "turn", turn)


@pytest.fixture
def front(front: Front) -> Front:
    """Return an active window on its start page."""
    activate(front.bot, front.window)
    return front


def open_palette(front: Front) -> PalettePopup:
    front.bot.keyClick(front.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | SHIFT)
    popup = front.palette.popup
    assert popup.isVisible() and popup.search.hasFocus()
    return popup


def find(front: Front, popup: PalettePopup, text: str, kind: str) -> PaletteItem:
    """Type a text, and wait until the first row is of a kind."""

    def first() -> PaletteItem | None:
        return popup.found[0] if popup.found else None

    popup.search.setText(text)
    front.bot.waitUntil(lambda: (item := first()) is not None and item.kind == kind, timeout=PATIENCE_MS)
    item = first()
    assert item is not None and popup.current == item
    return item


def run_first(front: Front, popup: PalettePopup, text: str, kind: str) -> PaletteItem:
    item = find(front, popup, text, kind)
    front.bot.keyClick(popup.search, Qt.Key.Key_Return)
    assert not popup.isVisible()
    return item


def test_that_every_action_is_found_by_its_text_its_help_and_its_keys(front: Front) -> None:
    popup = open_palette(front)

    def ids(query: str) -> list[str]:
        popup.search.setText(query)
        return [item.id for item in popup.found]

    for spec in ACTIONS:
        id_ = f"action:{spec.id}"
        if spec.text:
            assert id_ in ids(spec.text)[:3], (spec.id, spec.text)
            assert not spec.text.startswith("Settings") or popup.found[0].detail == spec.help
        assert id_ in ids(spec.help)[:4], (spec.id, spec.help)
        for key in in_words(spec).split(", ") if spec.keys else ():
            assert id_ in ids(key)[:12], (spec.id, key)


def test_that_keys_of_a_widget_say_where_they_work_and_are_not_run(front: Front) -> None:
    popup = open_palette(front)
    popup.search.setText("Fit the values in sight")
    (item,) = popup.found[:1]
    assert (item.kind, item.keys, item.reason) == ("Key", ("Y",), "Press it in a plot")
    front.bot.keyClick(popup.search, Qt.Key.Key_Return)
    assert popup.isVisible()


def test_that_an_action_runs_by_the_keyboard_alone_and_the_focus_goes_back(front: Front) -> None:
    button = front.home.new.new
    button.setFocus()
    popup = open_palette(front)
    front.bot.keyClicks(popup.search, "high contr")
    assert popup.current is not None and popup.current.text == "High contrast"
    front.bot.keyClick(popup.search, Qt.Key.Key_Enter)
    assert not popup.isVisible() and button.hasFocus()
    assert front.settings.current.theme == "contrast"
    front.window.set_theme("dark")


def test_that_up_and_down_go_through_the_rows_and_esc_closes_and_gives_the_focus_back(front: Front) -> None:
    button = front.home.new.new
    button.setFocus()
    popup = open_palette(front)
    first, second = popup.found[:2]
    for key, expected in ((Qt.Key.Key_Down, second), (Qt.Key.Key_Up, first), (Qt.Key.Key_Up, popup.found[-1])):
        front.bot.keyClick(popup.search, key)
        assert popup.current == expected
        assert expected.text in popup.search.accessibleDescription()
    front.bot.keyClick(popup.search, Qt.Key.Key_Down)
    front.bot.keyClick(popup.search, Qt.Key.Key_PageDown)
    assert popup.current not in (first, second)
    front.bot.keyClick(popup.search, Qt.Key.Key_PageUp)
    assert popup.current == first
    front.bot.keyClick(popup.search, Qt.Key.Key_Escape)
    assert not popup.isVisible() and button.hasFocus() and front.home.isVisible()


def test_that_letters_go_into_the_field_although_they_are_keys_of_actions(front: Front) -> None:
    popup = open_palette(front)
    for letter in "dream":
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            key = Qt.Key(ord(letter.upper()))
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(popup.search, event)
            assert event.isAccepted()
    assert popup.search.text() == "dream"


def test_that_a_closed_palette_keeps_no_item_of_a_run(front: Front) -> None:
    popup = open_palette(front)
    assert popup.found
    front.bot.keyClick(popup.search, Qt.Key.Key_Escape)
    front.bot.wait(400)
    assert not popup.found and popup.current is None


def test_that_a_click_elsewhere_closes_the_palette(front: Front) -> None:
    popup = open_palette(front)
    front.bot.mouseClick(popup.view.viewport(), Qt.MouseButton.RightButton, pos=QPoint(5, 5))
    assert popup.isVisible()
    front.bot.mouseClick(front.home, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert not popup.isVisible()


def test_that_an_action_that_cannot_be_used_is_gray_with_the_reason_and_is_not_run(front: Front) -> None:
    popup = open_palette(front)
    item = find(front, popup, "Save checkpoint", "Action")
    assert item.reason == "Only when a checkpoint can be saved"
    front.bot.keyClick(popup.search, Qt.Key.Key_Return)
    assert popup.isVisible()


def test_that_the_palette_says_so_if_it_finds_nothing(front: Front) -> None:
    popup = open_palette(front)
    popup.search.setText("qqq")
    assert not popup.found and popup.note.text().startswith("Nothing found.")
    front.bot.keyClick(popup.search, Qt.Key.Key_Return)
    assert popup.isVisible()


def test_that_what_was_used_comes_first_in_the_next_window_too(front: Front, tmp_path: Path) -> None:
    run_first(front, open_palette(front), "text larger", "Action")
    front.window.set_text_scale(1.0)
    assert SettingsFile(tmp_path / "settings.json").current.palette_used == ("action:text.larger",)
    assert open_palette(front).found[0].id == "action:text.larger"


def test_that_a_preference_opens_the_preferences_at_its_field(front: Front) -> None:
    run_first(front, open_palette(front), "ask before a training", "Preference")
    (dialog,) = front.window.findChildren(PreferencesDialog)
    front.bot.waitUntil(dialog.asks.hasFocus, timeout=PATIENCE_MS)
    assert dialog.fields.keys() == PREFERENCES.keys()
    dialog.close()


def test_that_tasks_are_listed_once_the_user_searches_and_enter_opens_new_run_with_one(front: Front) -> None:
    popup = open_palette(front)
    front.bot.wait(400)
    assert not any(item.kind == "Task" for item in popup.found)
    assert find(front, popup, "pong", "Task").reason == "needs ale_py"
    run_first(front, popup, "crtpole", "Task")
    (page,) = front.window.findChildren(NewRunPage)
    assert page.isVisible() and page.choice.task == "gym:CartPole-v1"


def test_that_a_failure_to_list_the_tasks_is_said_and_the_next_search_tries_again(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = TasksWorker.turn

    def fail(worker: TasksWorker) -> bool:
        if worker.channel.take() is not None:
            raise CannotAnswerError("no suite answers")
        return False

    monkeypatch.setattr(TasksWorker, "turn", fail)
    popup = open_palette(front)
    popup.search.setText("pong")
    front.bot.waitUntil(lambda: "cannot be listed: no suite answers" in popup.note.text(), timeout=PATIENCE_MS)
    monkeypatch.setattr(TasksWorker, "turn", working)
    front.bot.keyClick(popup.search, Qt.Key.Key_Escape)
    find(front, open_palette(front), "pong", "Task")


def test_that_esc_belongs_to_the_palette_on_the_page_of_a_new_run_too(front: Front) -> None:
    front.trigger("file.new")
    (page,) = front.window.findChildren(NewRunPage)
    page.panels.tasks.search_box.setFocus()
    popup = open_palette(front)
    front.bot.keyClick(popup.search, Qt.Key.Key_Escape)
    assert not popup.isVisible() and page.isVisible() and page.panels.tasks.search_box.hasFocus()


def test_that_a_run_is_found_by_name_and_opened(front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(MadeFlow, "open_folder", lambda _, path: opened.append(path))
    front.open_made(tmp_path / "walker", paused=True)
    popup = open_palette(front)
    assert find(front, popup, "walker", "Run").reason == "It is open here"
    front.bot.keyClick(popup.search, Qt.Key.Key_Escape)
    front.window.close_run(insist=True)
    front.wait_for_home()
    run_first(front, open_palette(front), "walker", "Run")
    assert opened == [tmp_path / "walker"]


def test_that_checkpoints_bookmarks_and_settings_of_the_open_run_lead_to_their_places(
    front: Front, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "walker" / "checkpoints" / "000003-step-4000-update-700"
    checkpoint.mkdir(parents=True)
    (checkpoint / TEST_FILE).write_bytes(pack_returns([3.0]))
    front.open_made(tmp_path / "walker", paused=True)
    run = front.window.run
    run.replay_channels.commands.send(KeepBookmark(Bookmark(1, 7, note="odd leg")))

    run_first(front, open_palette(front), "best", "Checkpoint")
    assert run.tabs.of(CompareWorkspace).isVisible()

    run_first(front, open_palette(front), "odd leg", "Bookmark")
    assert run.tabs.of(DreamWorkspace).isVisible()
    request = run.channels.scene.request
    assert request is not None and request.origin is not None
    assert (request.origin.episode, request.origin.index) == (1, 7)

    popup = open_palette(front)
    changeable = [option.name for option in options() if not option.fixed]
    for option in options():
        popup.search.setText(option.name)
        settings = [item.text for item in popup.found if item.kind == "Setting" and item.text == option.name]
        assert settings == [option.name] * (option.name in changeable)
    run_first(front, popup, "actor_lr", "Setting")
    (dialog,) = front.window.findChildren(RunSettingsDialog)
    front.bot.waitUntil(dialog.settings.lines["actor_lr"].field.editor.hasFocus, timeout=PATIENCE_MS)
    dialog.close()


def test_that_the_palette_fits_a_small_window_and_follows_its_size(front: Front) -> None:
    popup = open_palette(front)
    for size in ((1024, 600), (1280, 660)):
        front.window.resize(*size)
        QApplication.processEvents()
        assert front.window.rect().contains(popup.geometry())


def test_that_the_palette_and_its_lists_load_no_torch_and_nothing_of_it_loads_with_the_window() -> None:
    code = (
        "import sys, dreamer_studio.studio.shell.palette.palette as first\n"
        "assert 'dreamer_studio.studio.shell.palette.popup' not in sys.modules and 'numpy' not in sys.modules\n"
        "import dreamer_studio.studio.shell.palette.sources, dreamer_studio.studio.shell.palette.popup\n"
        "assert 'dreamer_studio.envs' not in sys.modules\n"
        "import dreamer_studio.viewing.palette.worker, dreamer_studio.viewing.new_run.tasks_worker\n"
        "import dreamer_studio.viewing.library.workers\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
