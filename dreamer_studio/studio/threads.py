"""The window's threads: one trains, one looks on. Each is a few lines around an object that knows no Qt.

Only the trainer sets torch's number of threads: that reaches beyond the thread that sets it, and changes its sums.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from typing import Protocol

from PySide6.QtCore import QObject, QThread

from dreamer_studio.session import Failure, Mailbox, Session
from dreamer_studio.studio.views import Views

IDLE_SECONDS = 0.02
NICENESS = 10
RETRY_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Worker(Protocol):
    """What the inspector's thread calls again and again."""

    def turn(self) -> bool:
        """Do one small piece of work; False where there was none."""


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
    """Lets an inspector work while somebody looks. Its failures are told and never reach training."""

    def __init__(self, session: Session, views: Views, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.failure: Mailbox[Failure | None] = Mailbox(None)
        self._session = session
        self._views = views
        self._workers: tuple[Worker, ...] | None = None
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
        _step_back()
        while not self._stopping.is_set():
            self._watched.wait()
            try:
                worked = self._turn()
            except Exception as error:
                _log.exception("the viewer failed")
                self.failure.put(Failure(f"{type(error).__name__}: {error}", traceback.format_exc()))
                self._stopping.wait(RETRY_SECONDS)
                continue
            if not worked:
                self._stopping.wait(IDLE_SECONDS)

    def _turn(self) -> bool:
        if self._workers is None:
            status = self._session.status.get()
            if status.spec is None:  # the training is not open yet, and torch may be on its way in its thread
                return False
            self._workers = _make_workers(self._session, status.device, self._views)
        worked = [worker.turn() for worker in self._workers]
        return any(worked)


def _step_back() -> None:
    """Let training go first. Linux knows no priorities of ordinary threads, but it knows each one's niceness.

    The threads that torch starts for this one inherit it.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _make_workers(session: Session, device: str, views: Views) -> tuple[Worker, ...]:
    import torch  # noqa: PLC0415  (the window is there before it)

    from dreamer_studio.studio.inspector import Inspector  # noqa: PLC0415  (needs torch)
    from dreamer_studio.studio.latents_desk import LatentsDesk  # noqa: PLC0415  (needs torch)
    from dreamer_studio.studio.map_desk import MapDesk  # noqa: PLC0415  (needs torch)
    from dreamer_studio.studio.practice_desk import PracticeDesk  # noqa: PLC0415  (needs torch)
    from dreamer_studio.studio.scene_desk import SceneDesk  # noqa: PLC0415  (needs torch)

    where = torch.device(device)
    return (
        Inspector(session, where, views),
        SceneDesk(session, where, views),
        LatentsDesk(where, views),
        MapDesk(session, where, views),
        PracticeDesk(session, views),
    )
