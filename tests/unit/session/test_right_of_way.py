"""Work for the user's keys goes before training."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from dreamer_studio.session import Quit, Session, right_of_way
from tests.support.toy import ToyWorld, toy_config, toy_trainer

SECONDS = 20.0
MOMENT = 0.3


@pytest.fixture
def session(world: ToyWorld, tmp_path: Path) -> Session:
    return Session(lambda: toy_trainer(tmp_path, steps=10**6), toy_config(steps=10**6), tmp_path, "cpu")


def test_that_training_stops_while_the_right_of_way_is_taken_and_continues_afterwards(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(right_of_way, "MOST_SECONDS", SECONDS)
    with _Training(session) as training:
        assert training.comes()
        with session.way.taken():
            training.comes(MOMENT)  # what was on its way
            assert not training.comes(MOMENT)
        assert training.comes()


def test_that_keeping_the_right_of_way_for_long_does_not_stop_the_training(session: Session) -> None:
    with _Training(session) as training, session.way.taken():
        for _ in range(10):
            assert training.comes()


class _Training:
    """A session that runs; `comes` waits for the next change of its status."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._thread = threading.Thread(target=session.run)

    def comes(self, seconds: float = SECONDS) -> bool:
        """Return whether the status changes within these seconds."""
        before, deadline = self._session.status.get(), time.monotonic() + seconds
        while self._session.status.get() is before and time.monotonic() < deadline:
            time.sleep(0.002)
        return self._session.status.get() is not before

    def __enter__(self) -> _Training:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._session.submit(Quit(save=False))
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
