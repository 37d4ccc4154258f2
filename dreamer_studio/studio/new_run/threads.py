"""The threads of the page. Each worker has its own, because it waits for a process."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from dreamer_studio.studio.worker_thread import IDLE_SECONDS, WorkerThread
from dreamer_studio.viewing.worker import WaitingWorker, Worker

ENDING_MS = 20_000


class PageThread(WorkerThread):
    """Gives one worker its turns until the page ends, then ends the worker's processes.

    Args:
        name: the thread's name.
        worker: the worker.
        parent: the owner.
    """

    longest_idle = IDLE_SECONDS
    gives_way = False  # else the processes that measure this machine would be slower than a training

    def __init__(self, name: str, worker: WaitingWorker, parent: QObject | None = None) -> None:
        super().__init__(name, parent)
        self._worker = worker

    def stop(self) -> None:
        """Ask the thread to end."""
        super().stop()
        self._worker.give_up()

    def wait_for_end(self) -> None:
        """Wait until the thread has ended."""
        self.wait(ENDING_MS)

    def _begin(self) -> Sequence[Worker]:
        return (self._worker,)

    def _finish(self) -> bool:
        self._worker.close()
        return True
