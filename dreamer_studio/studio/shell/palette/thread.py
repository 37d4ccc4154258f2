"""The thread that makes the lists of the palette."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from dreamer_studio.studio.worker_thread import WorkerThread
from dreamer_studio.system.loading import collector_at_rest
from dreamer_studio.viewing.palette.messages import PaletteChannels
from dreamer_studio.viewing.worker import Worker

if TYPE_CHECKING:
    from dreamer_studio.viewing.new_run.tasks_worker import TasksWorker


class PaletteThread(WorkerThread):
    """Lists runs, checkpoints and tasks while the palette is visible. The process that lists tasks gives way too."""

    def __init__(self, channels: PaletteChannels, parent: QObject) -> None:
        super().__init__("palette", parent)
        self._channels = channels
        self._tasks: TasksWorker | None = None

    def stop(self) -> None:
        """Ask the thread to end, even while it waits for the tasks."""
        super().stop()
        if self._tasks is not None:
            self._tasks.give_up()

    def _begin(self) -> Sequence[Worker]:
        with collector_at_rest():  # imported here, because the palette opens before these are loaded
            from dreamer_studio.viewing.library.workers import LIST_SECONDS, ListingWorker  # noqa: PLC0415
            from dreamer_studio.viewing.new_run.tasks_worker import TasksWorker  # noqa: PLC0415
            from dreamer_studio.viewing.palette.worker import CheckpointNamesWorker  # noqa: PLC0415

        self._tasks = TasksWorker(self._channels.tasks)
        if self._stopping.is_set():  # `stop` has not seen the worker
            self._tasks.give_up()
        return (
            CheckpointNamesWorker(self._channels.checkpoints),
            ListingWorker(self._channels.runs, LIST_SECONDS),
            self._tasks,
        )
