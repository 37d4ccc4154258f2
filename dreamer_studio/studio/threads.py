"""The window's threads: one trains, four look on. Each is a few lines around objects that know no Qt.

Only the trainer sets torch's number of threads: that reaches beyond the thread that sets it, and changes its sums.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread

from dreamer_studio.session import Feed, Session
from dreamer_studio.viewing.channel import RequestFailure
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.compare.messages import CompareChannels
from dreamer_studio.viewing.replay.bookmark_reader import BookmarkReader
from dreamer_studio.viewing.replay.bookmark_writer import BookmarkWriter
from dreamer_studio.viewing.replay.catalog_worker import CatalogWorker
from dreamer_studio.viewing.replay.frame_worker import FrameWorker, ThumbnailWorker
from dreamer_studio.viewing.replay.messages import ReplayChannels
from dreamer_studio.viewing.scene.source import SceneSource
from dreamer_studio.viewing.twin.worker import TwinWorker

if TYPE_CHECKING:  # the window is there before torch
    from dreamer_studio.viewing.scene.states import SceneStates
from dreamer_studio.viewing.worker import Shift, Worker

IDLE_SECONDS = 0.02
LONG_IDLE_SECONDS = 0.1
NICENESS = 10


class SessionThread(QThread):
    """Trains until the session is told to quit."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainer")
        self._session = session

    def run(self) -> None:
        """Block in the session's loop."""
        self._session.run()


class ViewingThread(QThread):
    """Lets workers work while somebody looks. Its failures are told and never reach training.

    Between two looks for work it sleeps, after each that finds none for twice as long, up to `longest_idle`: a look
    costs a tenth of a millisecond, of training's time as well.

    Attributes:
        processor_seconds: what it has used so far.
    """

    longest_idle = LONG_IDLE_SECONDS

    def __init__(self, name: str, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.processor_seconds = 0.0
        self._session = session
        self._workers: Sequence[Worker] | None = None
        self._shift = Shift()
        self._stopping = threading.Event()
        self._watched = threading.Event()
        self._watched.set()

    @property
    def failures(self) -> Feed[RequestFailure]:
        """Every unexpected failure."""
        return self._shift.failures

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

    def _make_workers(self, device: str) -> Sequence[Worker]:
        """What works here, once the training is open."""
        raise NotImplementedError

    def _finish(self) -> bool:
        """What is to be done before it ends."""
        return True

    def _turn(self) -> bool:
        if self._workers is None:
            status = self._session.status.get()
            if status.spec is None:  # the training is not open yet, and torch may be on its way in its thread
                return False
            self._workers = self._make_workers(status.device)
        return self._shift.turn(self._workers)


class SnapshotThread(ViewingThread):
    """Whatever is computed with a snapshot of the weights.

    Attributes:
        states: what the scenes on show go on from; None until the training is open.
    """

    longest_idle = IDLE_SECONDS  # a hand on the marker waits for it

    def __init__(
        self, session: Session, channels: Channels, replay_channels: ReplayChannels, parent: QObject | None = None
    ) -> None:
        super().__init__("snapshots", session, parent)
        self.states: SceneStates | None = None
        self._channels = channels
        self._replay_channels = replay_channels

    def _make_workers(self, device: str) -> Sequence[Worker]:
        import torch  # noqa: PLC0415  (the window is there before it)

        from dreamer_studio.viewing.futures.worker import FuturesWorker  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.latents.map_worker import MapWorker  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.latents.worker import DimensionsWorker, DreamOnWorker, EditWorker  # noqa: PLC0415
        from dreamer_studio.viewing.live.dream_worker import LiveDreamWorker  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.live.follower import EpisodeFollower  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.live.worker import LiveWorker  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.practice.worker import PracticeWorker  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.replay.frame_search import FrameSearch  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.scene.drive_worker import DriveWorker  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.scene.frames_worker import FramesWorker  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.scene.states import SceneStates  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.scene.worker import SceneWorker  # noqa: PLC0415  (needs torch)

        session, channels, where = self._session, self._channels, torch.device(device)
        self.states = states = SceneStates()
        follower = EpisodeFollower(session, where)
        replay = self._replay_channels
        search = FrameSearch(session, SceneSource(session), where, replay.search, replay.commands)
        return (
            LiveWorker(follower, channels.live),
            LiveDreamWorker(follower, channels.dream),
            SceneWorker(session, where, channels.scene, states),
            DriveWorker(channels.drive, states),
            FramesWorker(session, channels.frames, states),
            FuturesWorker(channels.futures, states),
            EditWorker(channels.edit, states),
            DreamOnWorker(where, channels.dream_on, states),
            DimensionsWorker(channels.dimensions, states),
            MapWorker(session, where, channels.latent_map, states),
            PracticeWorker(session, channels.practice),
            search,
        )


class TwinThread(ViewingThread):
    """Waits for an environment, which would hold up all that is asked of snapshots."""

    def __init__(self, session: Session, channels: Channels, parent: QObject | None = None) -> None:
        super().__init__("twin", session, parent)
        self._worker = TwinWorker(session, channels.twin)

    def stop(self) -> None:
        """Ask the thread to end, even if the environment hangs."""
        super().stop()
        self._worker.give_up()

    def _make_workers(self, device: str) -> Sequence[Worker]:
        return (self._worker,)

    def _finish(self) -> bool:
        self._worker.close()
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


class CompareThread(ViewingThread):
    """Loads checkpoints, which would hold up all that is asked of snapshots."""

    def __init__(self, session: Session, channels: CompareChannels, parent: QObject | None = None) -> None:
        super().__init__("compare", session, parent)
        self._channels = channels

    def _make_workers(self, device: str) -> Sequence[Worker]:
        import torch  # noqa: PLC0415  (the window is there before it)

        from dreamer_studio.viewing.compare.agents import CheckpointAgents  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.compare.listing import ListWorker, RunCommandsWorker  # noqa: PLC0415  (needs torch)
        from dreamer_studio.viewing.compare.worker import CompareWorker  # noqa: PLC0415  (needs torch)

        agents = CheckpointAgents(self._session, torch.device(device))
        lister = ListWorker(self._session, self._channels.checkpoints)
        return (
            lister,
            RunCommandsWorker(lister, agents, self._channels.commands),
            CompareWorker(self._session, agents, self._channels.scene),
        )


def _step_back() -> None:
    """Let training go first. Linux knows no priorities of ordinary threads, but it knows each one's niceness.

    The threads that torch starts for this one inherit it.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
