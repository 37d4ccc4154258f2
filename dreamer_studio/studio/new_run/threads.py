"""The threads of the page. Each worker has its own, because it waits for a process."""

from __future__ import annotations

import threading
from typing import Protocol

from PySide6.QtCore import QObject, QThread

from dreamer_studio.viewing.worker import Shift, Worker

IDLE_SECONDS = 0.03
ENDING_MS = 20_000


class EndingWorker(Worker, Protocol):
    """A worker that waits for processes and ends them."""

    def give_up(self) -> None:
        """End every wait, from any thread."""

    def close(self) -> None:
        """End the processes; called in the worker's thread."""


class PageThread(QThread):
    """Gives one worker its turns until the page ends.

    Args:
        name: the thread's name.
        worker: the worker.
        parent: the owner.
    """

    def __init__(self, name: str, worker: EndingWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._worker = worker
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until `stop` is called, then end the worker's processes."""
        shift = Shift()
        while not self._stopping.is_set():
            if not shift.turn((self._worker,)):
                self._stopping.wait(IDLE_SECONDS)
        self._worker.close()

    def stop(self) -> None:
        """Ask the thread to end."""
        self._stopping.set()
        self._worker.give_up()

    def wait_for_end(self) -> None:
        """Wait until the thread has ended."""
        self.wait(ENDING_MS)
