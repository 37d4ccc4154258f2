"""Fixtures for every test of the window: no screen needed, our theme at hand, and nothing left behind."""

import gc
import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything makes a QApplication

import pytest
from PySide6.QtCore import QEvent, QThread
from PySide6.QtWidgets import QApplication, QWidget

from dreamer_studio.studio.theme import DRESSED, Theme, apply_theme
from dreamer_studio.studio.widgets.text import set_text_scale
from tests.support.leaks import close_windows, leaks_since, running


@pytest.fixture(autouse=True)
def garbage_ends_here() -> Iterator[None]:
    """Collect a test's reference cycles in this thread: collected later in another thread, they crash Qt."""
    gc.disable()
    gc.freeze()  # so that only objects of this test are searched
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_is_left_behind(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a visible window, a QThread, a thread or a child process."""
    started: list[QThread] = []
    start = QThread.start

    def recorded_start(thread: QThread, *arguments: QThread.Priority) -> None:
        started.append(thread)
        start(thread, *arguments)

    monkeypatch.setattr(QThread, "start", recorded_start)
    set_text_scale(1.0)  # an earlier test may have failed with text of another size
    before = running()
    yield
    leaks = leaks_since(before, started)
    for widget in QApplication.topLevelWidgets():
        widget.hide()  # so that one leak fails one test, and not all that follow
        if widget.parent() is None:
            widget.deleteLater()  # else every later theme would style the widget again
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if leaks:
        pytest.fail("left behind: " + ", ".join(leaks))


@pytest.fixture
def theme(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Theme]:
    """Our theme, dark. No window outlives it. Widgets outside a dressed window have the style sheet too."""
    applied = apply_theme(qapp, "dark")
    dress = applied.dress

    def dress_window(window: QWidget) -> None:
        qapp.setProperty(DRESSED, False)  # as in the program, in which only windows wear it
        qapp.setStyleSheet("")
        dress(window)

    monkeypatch.setattr(applied, "dress", dress_window)
    dress(qapp)
    yield applied
    left = close_windows()
    applied.deleteLater()
    qapp.processEvents()
    if left:
        pytest.fail("left open: " + ", ".join(left))


@pytest.fixture
def large_text(qapp: QApplication) -> Iterator[None]:
    """Text of one and a half times the usual size."""
    set_text_scale(1.5)
    yield
    set_text_scale(1.0)
