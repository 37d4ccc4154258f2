"""The window's threads: one trains, one looks on. Each is a few lines around an object that knows no Qt.

None sets torch's number of threads: that reaches beyond the thread that sets it, and changes training's sums.
"""

from __future__ import annotations

import logging
import threading
import traceback

from PySide6.QtCore import QObject, QThread

from dreamer_studio.session import Failure, Mailbox, Session
from dreamer_studio.studio.inspector import Inspector

IDLE_SECONDS = 0.02
RETRY_SECONDS = 1.0

_log = logging.getLogger(__name__)


class SessionThread(QThread):
    """Trains until the session is told to quit."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainer")
        self._session = session

    def run(self) -> None:
        """Block in the session's loop."""
        self._session.run()


class InspectorThread(QThread):
    """Lets the inspector work while somebody looks. Its failures are told and never reach training."""

    def __init__(self, inspector: Inspector, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.failure: Mailbox[Failure | None] = Mailbox(None)
        self._inspector = inspector
        self._stopping = threading.Event()
        self._watched = threading.Event()
        self._watched.set()

    def set_watched(self, watched: bool) -> None:
        """Say whether anybody can see the window; while nobody can, nothing is computed."""
        if watched:
            self._watched.set()
        else:
            self._watched.clear()

    def stop(self) -> None:
        """Ask the thread to end; it does after the piece of work that is running."""
        self._stopping.set()
        self._watched.set()

    def run(self) -> None:
        """Work until `stop`."""
        while not self._stopping.is_set():
            self._watched.wait()
            try:
                worked = self._inspector.turn()
            except Exception as error:
                _log.exception("the viewer failed")
                self.failure.put(Failure(f"{type(error).__name__}: {error}", traceback.format_exc()))
                self._stopping.wait(RETRY_SECONDS)
                continue
            if not worked:
                self._stopping.wait(IDLE_SECONDS)
