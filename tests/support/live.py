"""The workers of the live view, without a thread."""

from __future__ import annotations

from collections.abc import Iterable

from dreamer_studio.session import Session
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.live.dream_worker import LiveDreamWorker
from dreamer_studio.viewing.live.follower import EpisodeFollower
from dreamer_studio.viewing.live.messages import DreamResult, LiveResult
from dreamer_studio.viewing.live.worker import LiveWorker
from tests.support.idle_session import row
from tests.support.small_runs import CPU


class Live:
    """Follows the rows that a test appends to a session, and dreams from the newest one."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.channels = Channels()
        self.channels.live.ask(None)
        self.follower = EpisodeFollower(session, CPU)
        self.worker = LiveWorker(self.follower, self.channels.live)
        self.dreamer = LiveDreamWorker(self.follower, self.channels.dream)

    def turn(self) -> None:
        self.worker.turn()
        self.dreamer.turn()

    def take(self, indices: Iterable[int]) -> None:
        """Append the rows of an episode with these indices, and give the workers a turn."""
        for index in indices:
            self._session.steps.append(row(index))
        self.turn()

    @property
    def result(self) -> LiveResult:
        """Return the result that the live view shows."""
        result = self.channels.live.result
        assert result is not None
        return result

    @property
    def dream(self) -> DreamResult:
        """Return the decoded part of the newest dream."""
        result = self.channels.dream.result
        assert result is not None
        return result
