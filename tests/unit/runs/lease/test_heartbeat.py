"""The signs of life of a trainer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease import heartbeat, status
from dreamer_studio.runs.lease.fence import take_fence
from dreamer_studio.runs.lease.heartbeat import Heartbeat, Said
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lease.status import RunStatus, TrainerState, read_status
from tests.support.resuming import assert_same
from tests.support.toy import ToyWorld, finish, toy_trainer

TRAINING = Said(TrainerState.TRAINING, step=20, steps=100, update=3)


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20.0
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def read(folder: RunFolder) -> RunStatus:
    found = read_status(folder.path)
    assert found is not None
    return found


@pytest.fixture
def beating(tmp_path: Path) -> Iterator[Heartbeat]:
    folder = RunFolder(tmp_path)
    made = Heartbeat(folder, Owner(), take_fence(folder, Owner()))
    made.start()
    yield made
    made.stop()
    assert all(thread.name != "heartbeat" for thread in threading.enumerate())


def test_that_a_change_of_state_is_written_at_once_and_a_step_with_the_next_beat(
    beating: Heartbeat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder(tmp_path)
    assert read(folder).state is TrainerState.STARTING
    beating.say(TRAINING)
    wait_until(lambda: read(folder).state is TrainerState.TRAINING)
    beating.say(Said(TrainerState.TRAINING, step=21, steps=100, update=3))
    assert read(folder).step == 20
    monkeypatch.setattr(status, "BEAT_SECONDS", 0.01)
    beating.say(
        Said(TrainerState.WAITING, step=21, steps=100, update=3, error="the disk\nis full")
    )  # ends the long wait
    wait_until(lambda: read(folder).error == "the disk is full")
    wait_until(lambda: read(folder).still_for >= 0.2)  # beats on while nothing happens
    assert read(folder).step == 21 and read(folder).alive
    beating.stop()
    assert (read(folder).state, read(folder).held) == (TrainerState.FAILED, False)
    assert not list(tmp_path.glob("*.tmp"))


def test_that_a_full_disk_skips_the_content_but_not_the_sign_of_life(
    beating: Heartbeat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    folder = RunFolder(tmp_path)
    beating.say(TRAINING)
    wait_until(lambda: read(folder).state is TrainerState.TRAINING)
    before = folder.status_file.stat().st_mtime_ns
    with monkeypatch.context() as full:
        full.setattr(heartbeat, "write_json", refuse)
        beating.say(Said(TrainerState.WAITING, step=20))
        wait_until(lambda: folder.status_file.stat().st_mtime_ns > before)
        assert read(folder).state is TrainerState.TRAINING
    beating.say(Said(TrainerState.TESTING, step=20))
    wait_until(lambda: read(folder).state is TrainerState.TESTING)


def test_that_a_trainer_that_lost_its_run_gives_no_more_signs_of_life(beating: Heartbeat, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    beating.say(TRAINING)
    wait_until(lambda: read(folder).state is TrainerState.TRAINING)
    take_fence(folder, Owner("elsewhere", 1))
    beating.say(Said(TrainerState.PAUSED))
    wait_until(lambda: all(thread.name != "heartbeat" for thread in threading.enumerate()))
    beating.stop()
    assert (read(folder).state, read(folder).held) == (TrainerState.TRAINING, True)


def test_that_signs_of_life_change_no_number_of_a_training(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = finish(toy_trainer(tmp_path / "quiet"))
    monkeypatch.setattr(status, "BEAT_SECONDS", 0.001)
    assert_same(finish(toy_trainer(tmp_path / "beating")), quiet)
