"""Threads that look on, whose workers fail."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from pytestqt.qtbot import QtBot

from dreamer_studio.session import Session
from dreamer_studio.studio.threads import ViewingThread
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.worker import Worker
from tests.support.idle_session import SPEC
from tests.support.studio import PATIENCE_MS


class Counting:
    """A worker that is never done."""

    def __init__(self, error: Exception | None = None) -> None:
        self.channel: Channel[None, None] = Channel()
        self.turns = 0
        self._error = error

    def turn(self) -> bool:
        self.turns += 1
        if self._error is not None:
            raise self._error
        return True


class Onlooker(ViewingThread):
    """Lets given workers work."""

    def __init__(self, session: Session, workers: Sequence[Worker]) -> None:
        super().__init__("onlooker", session)
        self._given = workers

    def _make_workers(self, device: str) -> Sequence[Worker]:
        return self._given


def test_that_a_worker_that_fails_again_and_again_rests_and_holds_up_none_of_the_others(
    session: Session, qtbot: QtBot
) -> None:
    session.status.put(dataclasses.replace(session.status.get(), spec=SPEC))
    broken, whole = Counting(MemoryError("full")), Counting()
    thread = Onlooker(session, (broken, whole))
    thread.start()
    try:
        qtbot.waitUntil(lambda: broken.turns > 1, timeout=PATIENCE_MS)
    finally:
        thread.stop()
        thread.wait()
    assert whole.turns > 50 * broken.turns
    failure = thread.failures.since(0)[0][0]
    assert failure.reason == "MemoryError: full"
    assert "Traceback" in failure.details
