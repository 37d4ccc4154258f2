"""One window, several runs in turn: nothing of a closed run is left behind."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QToolBar
from pytestqt.qtbot import QtBot

from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.session import Session, State
from dreamer_studio.studio.actions import ACTIONS, Scope, When
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.shell.placement import save_layout
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, open_session

CONTROL = Qt.KeyboardModifier.ControlModifier
OPENS = ("file.", "film.", "palette.", "view.runs")
"""Beginnings of the actions that open runs and pages. They belong to the program around this window."""

WITHOUT_A_RUN = {
    spec.text
    for spec in ACTIONS
    if spec.when is When.ALWAYS and spec.scope is Scope.WINDOW and not spec.id.startswith(OPENS)
}


@pytest.fixture
def window(theme: Theme) -> StudioWindow:
    """Return a window without a run."""
    made = StudioWindow(theme, SettingsFile(None))
    made.show()
    return made


def close(window: StudioWindow, bot: QtBot) -> None:
    window.close_run()
    bot.waitUntil(lambda: not window.has_run, timeout=PATIENCE_MS)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def train(window: StudioWindow, folder: Path, bot: QtBot) -> Session:
    session = open_session(small_config(steps=100_000), folder)
    window.open_run(session)
    bot.waitUntil(lambda: session.status.get().update > 0, timeout=PATIENCE_MS)
    return session


def leave(window: StudioWindow, bot: QtBot) -> None:
    window.leave()
    bot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE_MS)
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def offered(window: StudioWindow) -> set[str]:
    return {action.text() for action in window.actions() if action.isEnabled()}


def test_that_a_window_without_a_run_shows_a_page_and_offers_only_actions_that_need_none(
    window: StudioWindow, qtbot: QtBot
) -> None:
    page = QLabel("a page")
    window.show_page(page)
    assert page.isVisible() and not window.has_run and not window.trains
    assert not window.findChildren(QToolBar)
    assert offered(window) == WITHOUT_A_RUN
    with pytest.raises(RuntimeError, match="no run is open"):
        _ = window.run
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    next(action for action in window.actions() if action.text() == "Copy diagnostics").trigger()
    assert "dreamer-studio" in QApplication.clipboard().text()
    window.close()
    assert not window.isVisible()
    window.deleteLater()


def test_that_a_run_is_closed_with_a_checkpoint_and_another_one_trains_in_the_same_window(
    window: StudioWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    first = train(window, tmp_path / "first", qtbot)
    qtbot.waitUntil(lambda: window.windowTitle().startswith("first"), timeout=PATIENCE_MS)
    assert "Bookmark this frame" in offered(window)
    with pytest.raises(RuntimeError, match="close the run"):
        window.open_run(first)
    close(window, qtbot)
    assert window.isVisible() and window.windowTitle() == "Dreamer Studio"
    assert first.status.get().state is State.CLOSED
    assert list_checkpoints(tmp_path / "first" / "checkpoints")
    assert offered(window) == WITHOUT_A_RUN
    assert not window.findChildren(QDockWidget) and not window.findChildren(DreamWorkspace)
    second = train(window, tmp_path / "second", qtbot)
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert window.run.tabs.of(DreamWorkspace).isVisible()
    qtbot.keyClick(window, Qt.Key.Key_R, CONTROL)
    assert window.run.docks.replay.isVisible()
    shown = next(action for action in window.actions() if action.text() == "Replay")
    assert shown.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: second.status.get().state is State.PAUSED, timeout=PATIENCE_MS)
    leave(window, qtbot)
    assert list_checkpoints(tmp_path / "second" / "checkpoints")


def test_that_ten_runs_leave_no_thread_process_file_or_object_behind(
    window: StudioWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    left: list[tuple[int, int, int]] = []
    objects: list[int] = []
    views: list[weakref.ref[QObject]] = []
    for number in range(10):
        train(window, tmp_path / f"run-{number}", qtbot)
        views.append(weakref.ref(window.run))
        close(window, qtbot)
        gc.collect()
        process = psutil.Process()
        threads = sum(not isinstance(thread, threading._DummyThread) for thread in threading.enumerate())
        children, files = len(process.children(recursive=True)), len(list(Path("/proc/self/fd").iterdir()))
        left.append((threads, children, files))
        objects.append(len(window.findChildren(QObject)))
    assert set(left) == {left[0]}, left
    assert max(objects) - min(objects) <= 1, objects  # Qt has a timer of its own now and then
    assert [view() for view in views] == [None] * 10
    leave(window, qtbot)


def test_that_a_run_that_never_began_can_be_closed(
    theme: Theme, session: Session, window: StudioWindow, qtbot: QtBot
) -> None:
    window.open_run(session)
    close(window, qtbot)
    assert session.status.get().state is State.OPENING
    leave(window, qtbot)


def test_that_a_run_opened_when_another_ends_gets_its_window_layout(
    theme: Theme, session: Session, tmp_path: Path
) -> None:
    settings = SettingsFile(tmp_path / "settings.json")
    window = StudioWindow(theme, settings)
    window.resize(1600, 1000)
    window.open_run(session, begin=False).docks.replay.toggleViewAction().trigger()
    window.show()
    save_layout(window, settings)
    window.runClosed.connect(lambda: window.open_run(session, begin=False))
    window.run.end()
    shown = window.run.docks.replay.isVisible()
    window.hide()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert shown
