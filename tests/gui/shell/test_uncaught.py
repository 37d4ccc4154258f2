"""Exceptions in slots, event handlers and threads: one banner for each place, and the program continues."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.shell.uncaught import UncaughtErrors
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.viewing.role import Role
from tests.support.made_run import open_made_studio
from tests.support.studio import PATIENCE_MS

pytestmark = pytest.mark.qt_no_exception_capture


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Return the list of what the earlier hook heard."""
    heard: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: heard.append(error))
    return heard


@pytest.fixture
def banners(theme: Theme) -> Iterator[BannerStack]:
    stack = BannerStack(theme)
    yield stack
    stack.deleteLater()


def fail(number: int = 0) -> NoReturn:
    raise ValueError(f"number {number}")


def fail_elsewhere(*_: object) -> NoReturn:
    raise IndexError


def test_that_a_slot_that_raises_is_a_banner_with_details_and_the_run_goes_on(
    logged: list[BaseException], theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", paused=False)
    (stack,) = studio.window.findChildren(BannerStack)
    with UncaughtErrors(stack):
        studio.wait_for(lambda status: status.episode_step > 0)
        QTimer.singleShot(0, fail)
        qtbot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    (banner,) = stack.banners
    assert banner.role is Role.ERROR and banner.text.endswith("ValueError: number 0")
    assert "Traceback" in banner.details and "in fail" in banner.details
    assert len(logged) == 1
    reached = studio.status.step
    studio.wait_for(lambda status: status.step > reached)
    studio.leave()


def test_that_each_failing_place_is_reported_once(
    logged: list[BaseException], banners: BannerStack, qtbot: QtBot
) -> None:
    timer = QTimer()
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(len(ticks))
        fail(len(ticks))

    timer.timeout.connect(tick)
    with UncaughtErrors(banners):
        timer.start(0)
        qtbot.waitUntil(lambda: len(ticks) > 5, timeout=PATIENCE_MS)
        timer.stop()
        QTimer.singleShot(0, fail_elsewhere)
        qtbot.waitUntil(lambda: len(banners.banners) == 2, timeout=PATIENCE_MS)
    assert [type(error) for error in logged] == [ValueError, IndexError]
    assert banners.banners[0].text.endswith("number 1")


def test_that_an_event_handler_that_raises_is_a_banner(
    logged: list[BaseException], banners: BannerStack, qtbot: QtBot
) -> None:
    class Handler(QWidget):
        def event(self, event: QEvent) -> bool:
            if event.type() is QEvent.Type.User:
                fail(7)
            return super().event(event)

    handler = Handler()
    with UncaughtErrors(banners):
        QApplication.postEvent(handler, QEvent(QEvent.Type.User))
        qtbot.waitUntil(lambda: bool(banners.banners), timeout=PATIENCE_MS)
    assert banners.banners[0].text.endswith("number 7") and len(logged) == 1
    handler.deleteLater()


def test_that_a_thread_that_raises_is_a_banner_made_in_the_thread_of_the_window(
    banners: BannerStack, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda arguments: heard.append(arguments.exc_type))
    with UncaughtErrors(banners):
        thread = threading.Thread(target=fail, args=(3,))
        thread.start()
        thread.join()
        assert not banners.banners  # the event loop has not run since
        qtbot.waitUntil(lambda: bool(banners.banners), timeout=PATIENCE_MS)
    assert banners.banners[0].text.endswith("number 3") and heard == [ValueError]


def test_that_an_error_in_a_destructor_is_a_banner(
    banners: BannerStack, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)

    class Ends:
        def __del__(self) -> None:
            fail(9)

    with UncaughtErrors(banners):
        Ends()
        qtbot.waitUntil(lambda: bool(banners.banners), timeout=PATIENCE_MS)
    assert banners.banners[0].text.endswith("number 9")


def test_that_a_destructor_that_raises_while_an_error_is_reported_causes_no_deadlock(
    logged: list[BaseException], banners: BannerStack, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)

    class Ends:
        def __del__(self) -> None:
            fail(9)

    class Name(str):
        __slots__ = ()

        def __hash__(self) -> int:
            Ends()
            return str.__hash__(self)

    odd = type("Odd", (Exception,), {})
    odd.__name__ = Name("Odd")
    with UncaughtErrors(banners):
        thread = threading.Thread(target=lambda: sys.excepthook(odd, odd(), None), daemon=True)
        thread.start()
        thread.join(5.0)
        assert not thread.is_alive()
        qtbot.waitUntil(lambda: len(banners.banners) == 2, timeout=PATIENCE_MS)


def test_that_a_banner_that_cannot_be_shown_is_not_reported_in_turn(
    logged: list[BaseException], banners: BannerStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banners, "show_message", fail_elsewhere)
    with UncaughtErrors(banners):
        QTimer.singleShot(0, fail)
        QApplication.processEvents()
        QApplication.processEvents()
    assert [type(error) for error in logged] == [ValueError, IndexError]


def test_that_the_previous_hooks_are_restored(logged: list[BaseException], banners: BannerStack) -> None:
    before = sys.excepthook, sys.unraisablehook, threading.excepthook
    with UncaughtErrors(banners):
        assert sys.excepthook is not before[0]
    assert (sys.excepthook, sys.unraisablehook, threading.excepthook) == before


def test_that_a_keyboard_interrupt_is_not_a_banner(logged: list[BaseException], banners: BannerStack) -> None:
    with UncaughtErrors(banners):
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
        QApplication.processEvents()
    assert not banners.banners and len(logged) == 1
