"""The threads of one open run: the training's, and those that compute for the window."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from dreamer_studio.session import Session
from dreamer_studio.studio.shell.garbage import GarbageKeeper
from dreamer_studio.studio.threads import SessionThread, ViewingThread
from dreamer_studio.viewing.overhead import ViewerOverhead

UNSEEN_MS = 3000
"""After which the threads start although nobody has seen the window."""


class RunThreads(QObject):
    """Starts the threads after the first paint, and ends them.

    Opening a training loads torch, which keeps other threads from running for a good part of its seconds.

    Args:
        session: what trains, or plays.
        viewing: the threads that compute for the window.
        parent: the owner, of the threads as well.
    """

    def __init__(self, session: Session, viewing: Sequence[ViewingThread], parent: QObject) -> None:
        super().__init__(parent)
        self.viewing = tuple(viewing)
        for thread in self.viewing:
            thread.setParent(self)
        self._session = SessionThread(session, self)
        self._starter = QTimer(self)
        self._starter.setSingleShot(True)
        self._starter.timeout.connect(self._start)
        self._garbage = GarbageKeeper(self)
        clocks = (functools.partial(getattr, thread, "processor_seconds") for thread in self.viewing)
        self.overhead = ViewerOverhead((time.thread_time, *clocks))

    @property
    def trains(self) -> bool:
        """Whether the training, or playing, has started and not ended; from any thread."""
        return self._session.isRunning()

    @property
    def running(self) -> bool:
        """Whether any thread runs."""
        return self.trains or any(thread.isRunning() for thread in self.viewing)

    def begin(self) -> None:
        """Start once the window has been drawn."""
        self._starter.start(UNSEEN_MS)

    def note_drawn(self) -> None:
        """Start, if that is due, once the event loop has done the paint that runs now."""
        if self._starter.isActive():
            self._starter.start(0)

    def call_off(self) -> bool:
        """Return whether the threads were still to start; then they never will."""
        waiting = self._starter.isActive()
        self._starter.stop()
        return waiting

    def stop_viewing(self) -> None:
        """Ask all threads but the training's to end."""
        for thread in self.viewing:
            thread.stop()

    def set_watched(self, watched: bool) -> None:
        """Say whether anybody can see the window; nothing is computed for it otherwise."""
        for thread in self.viewing:
            thread.set_watched(watched)

    def end(self) -> None:
        """Clear up after all threads have ended."""
        self._starter.stop()
        self._garbage.stop()

    def _start(self) -> None:
        self._garbage.start()
        self._session.start()
        for thread in self.viewing:
            thread.start(thread.Priority.LowPriority)
