"""The threads of one open run: the training thread, and the threads that compute for the window."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from dreamer_studio.session import Session
from dreamer_studio.studio.threads import SessionThread, ViewingThread
from dreamer_studio.viewing.overhead import ViewerOverhead

UNSEEN_MS = 3000
"""Delay after which the threads start even if the window was never painted."""


class RunThreads(QObject):
    """Starts the threads after the first paint, and ends them.

    A training loads torch as it opens, which blocks other threads for seconds.

    Args:
        session: the run that trains or plays.
        viewing: the threads that compute for the window.
        parent: the owner of this object and of the threads.
    """

    def __init__(self, session: Session, viewing: Sequence[ViewingThread], parent: QObject) -> None:
        super().__init__(parent)
        self.viewing = tuple(viewing)
        self._run = session
        for thread in self.viewing:
            thread.belong_to(self)
        self._session = SessionThread(session, self)
        self._starter = QTimer(self)
        self._starter.setSingleShot(True)
        self._starter.timeout.connect(self._start)
        clocks = (functools.partial(getattr, thread, "processor_seconds") for thread in self.viewing)
        self.overhead = ViewerOverhead((time.thread_time, *clocks))

    @property
    def trains(self) -> bool:
        """Return whether the training, or playing, has started and not ended. Any thread may call this."""
        return self._session.isRunning()

    @property
    def running(self) -> bool:
        """Return whether any thread runs."""
        return self.trains or any(thread.isRunning() for thread in self.viewing)

    def begin(self) -> None:
        """Start the threads once the window has been drawn."""
        self._starter.start(UNSEEN_MS)

    def note_drawn(self) -> None:
        """Start the threads, if they are due, once the event loop has finished the current paint."""
        if self._starter.isActive():
            self._starter.start(0)

    def call_off(self) -> bool:
        """Cancel the start of the threads. Return whether they had not started yet."""
        waiting = self._starter.isActive()
        self._starter.stop()
        return waiting

    def stop_viewing(self) -> None:
        """Ask all threads except the training's to end."""
        for thread in self.viewing:
            thread.stop()

    def set_watched(self, watched: bool) -> None:
        """Set whether the window is visible. Nothing is computed for a hidden window."""
        self._run.set_watched(watched)
        for thread in self.viewing:
            thread.set_watched(watched)

    def end(self) -> None:
        """Clean up after all threads have ended."""
        self._starter.stop()

    def _start(self) -> None:
        self._session.start()
        for thread in self.viewing:
            thread.start(thread.Priority.LowPriority)
