"""Find the windows, threads and processes that a test leaves behind."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psutil
from PySide6.QtCore import QEvent, QThread
from PySide6.QtWidgets import QApplication

from dreamer_studio.studio.shell.window import StudioWindow

# Helpers that multiprocessing starts once and keeps for the life of the interpreter.
_KEPT_BY_PYTHON = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


@dataclass(frozen=True)
class Running:
    """The threads and processes of this interpreter at one moment."""

    threads: frozenset[threading.Thread]
    processes: frozenset[psutil.Process]


def running() -> Running:
    """Return the threads and processes that run now."""
    return Running(frozenset(_threads()), frozenset(_children()))


def leaks_since(before: Running, qthreads: Iterable[QThread], wait: float = 2.0) -> list[str]:
    """Name everything that started after `before` and does not end by itself within `wait` seconds.

    Args:
        before: What ran at the start.
        qthreads: Every QThread started since.
        wait: Seconds given to threads and processes that are ending.
    """
    started = list(qthreads)

    def found() -> list[str]:
        return [
            *(f"visible window {widget!r}" for widget in QApplication.topLevelWidgets() if widget.isVisible()),
            *(f"QThread {thread!r}" for thread in started if _is_running(thread)),
            *(f"thread {thread.name!r}" for thread in _threads() if thread not in before.threads),
            *(f"process {child.pid}" for child in _children() if child not in before.processes),
        ]

    return _settled(found, wait)


def close_windows(wait: float = 60.0) -> list[str]:
    """Close and delete every studio window that is still open, and name them.

    A test that fails in the middle leaves its window and its threads; without a theme they would fail all later tests.

    Args:
        wait: Seconds given to them for ending their trainings.
    """
    windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, StudioWindow)]
    left = [window for window in windows if window.isVisible()]
    names = [f"window {window.windowTitle()!r}" for window in left]
    for window in left:
        window.leave(insist=True)
    _settled(lambda: [window.objectName() for window in left if window.isVisible()], wait)
    for window in left:
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return names


def _settled(found: Callable[[], list[str]], wait: float) -> list[str]:
    deadline = time.monotonic() + wait
    while (leaks := found()) and time.monotonic() < deadline:
        QApplication.processEvents()
        time.sleep(0.02)
    return leaks


def _is_running(thread: QThread) -> bool:
    try:
        return thread.isRunning()
    except RuntimeError:  # its C++ half is gone, which Qt allows only once it has ended
        return False


def _threads() -> list[threading.Thread]:
    # A dummy stands for a thread that Python did not start, such as a QThread, and never goes away.
    dummy = threading._DummyThread
    return [thread for thread in threading.enumerate() if not isinstance(thread, dummy)]


def _children() -> list[psutil.Process]:
    children = []
    for child in psutil.Process().children(recursive=True):
        try:
            kept = any(name in " ".join(child.cmdline()) for name in _KEPT_BY_PYTHON)
            if not kept and child.status() != psutil.STATUS_ZOMBIE:
                children.append(child)
        except psutil.NoSuchProcess:
            continue
    return children
