"""The threads of a run in the window: one trains, the others compute for the window. Their workers do not know Qt.

Only the trainer sets torch's number of threads. The setting affects other threads too, and changes the trainer's sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from dreamer_studio.session import Quit, Session
from dreamer_studio.studio.owned_thread import OwnedThread
from dreamer_studio.studio.worker_thread import IDLE_SECONDS, WorkerThread
from dreamer_studio.viewing.replay.bookmark_reader import BookmarkReader
from dreamer_studio.viewing.replay.bookmark_writer import BookmarkWriter
from dreamer_studio.viewing.replay.catalog_worker import CatalogWorker
from dreamer_studio.viewing.replay.frame_worker import FrameWorker, ThumbnailWorker
from dreamer_studio.viewing.replay.messages import ReplayChannels
from dreamer_studio.viewing.scene.source import SceneSource
from dreamer_studio.viewing.worker import WaitingWorker, Worker


class SessionThread(OwnedThread):
    """Trains until the session is told to quit."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__("trainer", parent)
        self._session = session

    def stop(self) -> None:
        """Tell the session to quit, with a checkpoint if one can be written."""
        self._session.submit(Quit())
        self._session.submit(Quit(save=False))  # otherwise the session would continue after a failed checkpoint

    def run(self) -> None:
        """Block in the session's loop."""
        self._session.run()


class ViewingThread(WorkerThread):
    """Gives the workers of a run their turns, once its training is open."""

    def __init__(self, name: str, session: Session, parent: QObject | None = None) -> None:
        super().__init__(name, parent)
        self._session = session

    def _make_workers(self, device: str) -> Sequence[Worker]:
        """Make the workers of this thread, once the training is open."""
        raise NotImplementedError

    def _begin(self) -> Sequence[Worker] | None:
        status = self._session.status.get()
        if status.spec is None:  # the training is still opening, and its thread may be loading torch
            return None
        return self._make_workers(status.device)


class WorkersThread(ViewingThread):
    """Runs workers that this thread makes once the training is open and torch is loaded.

    Attributes:
        workers: all workers; empty until they are made.

    Args:
        name: the thread's name.
        session: the run.
        makers: functions that make the workers for a device.
        prompt: whether to look for work as often as possible, because the user's hand waits for the answer.
        parent: the owner.
    """

    def __init__(
        self,
        name: str,
        session: Session,
        makers: Sequence[Callable[[str], Sequence[Worker]]],
        parent: QObject | None = None,
        *,
        prompt: bool = False,
    ) -> None:
        super().__init__(name, session, parent)
        self.workers: Sequence[Worker] = ()
        self._makers = makers
        if prompt:
            self.longest_idle = IDLE_SECONDS

    def _make_workers(self, device: str) -> Sequence[Worker]:
        self.workers = tuple(worker for make in self._makers for worker in make(device))
        self._makers = ()  # they hold the whole run, and are no longer needed
        return self.workers


class EnvironmentThread(ViewingThread):
    """Runs workers with environments of their own, which would block all other workers.

    Args:
        name: the thread's name.
        session: the run.
        make: makes the workers for a device, once the training is open.
        parent: the owner.
    """

    def __init__(
        self,
        name: str,
        session: Session,
        make: Callable[[str], Sequence[WaitingWorker]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(name, session, parent)
        self._make: Callable[[str], Sequence[WaitingWorker]] | None = make
        self._waiting: Sequence[WaitingWorker] = ()

    def stop(self) -> None:
        """Ask the thread to end, even if an environment hangs."""
        super().stop()
        self._give_up()

    def _make_workers(self, device: str) -> Sequence[Worker]:
        assert self._make is not None
        self._waiting, self._make = self._make(device), None  # `make` holds the whole run
        if self._stopping.is_set():  # `stop` came before there were workers
            self._give_up()
        return self._waiting

    def _give_up(self) -> None:
        for worker in self._waiting:
            worker.give_up()

    def _finish(self) -> bool:
        for worker in self._waiting:
            worker.close()
        return True


class ReplayThread(ViewingThread):
    """Reads and writes a run's episodes and bookmarks, without a model."""

    def __init__(self, session: Session, channels: ReplayChannels, parent: QObject | None = None) -> None:
        super().__init__("replay", session, parent)
        source = SceneSource(session)
        reader = BookmarkReader(session, source, channels.bookmarks, channels.commands)
        self._writer = BookmarkWriter(session, source, reader, channels.commands)
        self._given = (
            self._writer,
            FrameWorker(source, channels.frame),
            CatalogWorker(session, source, channels.catalog),
            ThumbnailWorker(source, channels.thumbnails),
            reader,
        )

    def _make_workers(self, device: str) -> Sequence[Worker]:
        return self._given

    def _finish(self) -> bool:
        self._writer.finish()
        return True
