"""A thread that gives workers their turns. The workers do not know Qt."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from dreamer_studio.mailbox import Feed
from dreamer_studio.studio.owned_thread import OwnedThread
from dreamer_studio.viewing.channel import RequestFailure
from dreamer_studio.viewing.worker import Shift, Worker

IDLE_SECONDS = 0.02
LONG_IDLE_SECONDS = 0.1
NICENESS = 10


class WorkerThread(OwnedThread):
    """Gives workers their turns while the window is visible. Their failures never reach the training.

    Between two turns the thread sleeps. The sleep doubles after each turn without work, up to `longest_idle`, because a
    turn takes a tenth of a millisecond from the training.

    Attributes:
        longest_idle: seconds between two looks for work, at most.
        gives_way: whether the training comes before this thread and the processes that it starts.
        processor_seconds: processor time used so far.
    """

    longest_idle = LONG_IDLE_SECONDS
    gives_way = True

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(name, parent)
        self.processor_seconds = 0.0
        self._workers: Sequence[Worker] | None = None
        self._shift = Shift()
        self._stopping = threading.Event()
        self._watched = threading.Event()
        self._watched.set()

    @property
    def failures(self) -> Feed[RequestFailure]:
        """Return the feed of unexpected failures."""
        return self._shift.failures

    def set_watched(self, watched: bool) -> None:
        """Set whether the window is visible. Nothing is computed for a hidden window."""
        if watched:
            self._watched.set()
        else:
            self._watched.clear()

    def stop(self) -> None:
        """Ask the thread to end after the current piece of work."""
        self._stopping.set()
        self._watched.set()

    def run(self) -> None:
        """Work until `stop` is called."""
        if self.gives_way:
            _step_back()
        idle = IDLE_SECONDS
        while not self._stopping.is_set():
            self._watched.wait()
            worked = self._shift.attempt(self._turn)
            self.processor_seconds = time.thread_time()
            if worked:
                idle = IDLE_SECONDS
            else:
                self._stopping.wait(idle)
                idle = min(2 * idle, self.longest_idle)
        self._shift.attempt(self._finish)

    def _begin(self) -> Sequence[Worker] | None:
        """Make the workers of this thread, or return None as long as they cannot be made."""
        raise NotImplementedError

    def _finish(self) -> bool:
        """Finish the remaining work before the thread ends. Return whether all of it is done."""
        return True

    def _turn(self) -> bool:
        if self._workers is None:
            self._workers = self._begin()
            if self._workers is None:
                return False
        return self._shift.turn(self._workers)


class PanelThread(WorkerThread):
    """Gives the workers of a panel their turns while the panel is visible. The first `show` starts the thread.

    Args:
        name: the thread's name.
        make: makes the workers, in the thread.
        panel: the owner.
    """

    def __init__(self, name: str, make: Callable[[], Sequence[Worker]], panel: QObject) -> None:
        super().__init__(name, panel)
        self._make = make

    def show(self) -> None:
        """Work, because the panel is visible."""
        if not self.isRunning():
            self.start()
        self.set_watched(True)

    def hide(self) -> None:
        """Rest while the panel is hidden."""
        self.set_watched(False)

    def end(self) -> None:
        """End the thread and wait for it. It does not start again."""
        self.stop()
        self.wait()

    def _begin(self) -> Sequence[Worker]:
        return self._make()


def _step_back() -> None:
    """Give the training precedence. Linux has no priorities for ordinary threads, but each thread has a niceness.

    The threads that torch starts for this one inherit it.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
