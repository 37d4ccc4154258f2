"""The lines that a training prints about its progress."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import NoReturn

import pytest

from dreamer_studio.progress import Follower
from dreamer_studio.session import LastEpisode, Session, State
from dreamer_studio.training.events import Recovered
from tests.support.toy import toy_config

STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ")


def _never() -> NoReturn:
    raise NotImplementedError


class Log:
    """A session that does not run: the test publishes for it, and the log looks a second later."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.session = Session(_never, toy_config(steps=1000), folder, "cpu")
        self.now = 0.0
        self.follower = Follower(self.session, lambda: self.now)
        self._capsys = capsys
        self._capsys.readouterr()

    def told(self, *, ended: bool = False, **changes: object) -> list[str]:
        """Return the lines printed for a change, without the time."""
        self.now += 1
        self.session.status.put(dataclasses.replace(self.session.status.get(), **changes))  # type: ignore[arg-type]
        self.follower.look(ended=ended)
        lines = self._capsys.readouterr().err.splitlines()
        assert all(STAMP.match(line) for line in lines)
        return [STAMP.sub("", line) for line in lines]


@pytest.fixture
def log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Log:
    return Log(tmp_path, capsys)


def test_that_each_event_is_reported_in_one_line(log: Log, tmp_path: Path) -> None:
    assert log.told() == []
    (first,) = log.told(state=State.RUNNING)
    assert first == f"gym:Toy-v0 (tiny) on cpu, in {tmp_path}; step 0 of 1,000 (0%), prefill"
    assert log.told(step=21, prefill=False) == ["the prefill is done: learning begins at step 21"]
    assert log.told(saved=(42, 1.5)) == ["checkpoint at update 42"]
    log.session.recoveries.append(Recovered("the toy broke"))
    assert log.told() == ["the toy broke"]
    assert log.told() == []
    more = {"step": 500, "update": 43, "steps_per_s": 34.2, "seconds_left": 3723.4}
    (last,) = log.told(ended=True, last_return=LastEpisode(3.54, 490, "cut"), **more)
    assert last == "step 500 of 1,000 (50%), update 43, return 3.5 (cut), 34.2 steps/s, 1:02:03 left"


def test_that_progress_is_reported_six_times_a_minute_at_first_later_once_and_never_while_paused(log: Log) -> None:
    log.told(state=State.RUNNING)
    minutes = [sum(len(log.told(step=second)) for second in range(60)) for _ in range(20)]
    assert minutes[:9] == [6] * 9 and minutes[10:] == [1] * 10
    assert sum(len(log.told(state=State.PAUSED)) for _ in range(200)) == 0
