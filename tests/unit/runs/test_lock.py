"""Who may train in a run folder."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

import pytest

from dreamer_studio.runs import lock
from dreamer_studio.runs.errors import RunLockedError
from dreamer_studio.runs.lock import RunLock, find_holder
from tests.support.listed_runs import held_elsewhere
from tests.support.toy import ToyWorld, finish, toy_trainer
from tests.support.two_hosts import without_locks


def test_that_a_second_holder_is_refused_with_the_process_number_of_the_first_until_its_release(tmp_path: Path) -> None:
    first, second = RunLock(tmp_path), RunLock(tmp_path)
    first.acquire()
    first.acquire()
    with pytest.raises(RunLockedError, match=rf"is being trained by process {os.getpid()};.* --watch"):
        second.acquire()
    second.release()
    with pytest.raises(RunLockedError):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_that_the_lock_of_a_killed_process_is_free_although_its_number_is_in_the_file(tmp_path: Path) -> None:
    ours = RunLock(tmp_path)
    with held_elsewhere(tmp_path) as holder, pytest.raises(RunLockedError, match=f"process {holder.pid};"):
        ours.acquire()
    assert (tmp_path / lock.FILE).read_text().startswith(f"{holder.pid} ")
    ours.acquire()
    ours.release()


def test_that_the_number_of_a_living_process_in_the_file_does_not_lock(tmp_path: Path) -> None:
    (tmp_path / lock.FILE).write_text(f"{os.getppid()} here\n")  # as if the number were given to another process
    ours = RunLock(tmp_path)
    ours.acquire()
    ours.release()


def test_that_a_holder_on_another_machine_is_named_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = RunLock(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.runs.lock.platform.node", lambda: "elsewhere")
        first.acquire()
    with pytest.raises(RunLockedError, match=f"process {os.getpid()} on elsewhere;"):
        RunLock(tmp_path).acquire()
    first.release()


@pytest.mark.skipif(sys.platform == "win32", reason="there is one kind of lock there")
def test_that_a_file_system_without_locks_leaves_the_decision_to_the_check_of_the_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[bool] = []
    ours = RunLock(tmp_path)
    ours.acquire(told.append)
    ours.release()
    without_locks(monkeypatch)
    with caplog.at_level(logging.INFO):
        ours.acquire(told.append)
    assert told == [True, False] and "No locks available" in caplog.text

    def refuse(locked: bool) -> None:
        raise RunLockedError("trained elsewhere")

    with pytest.raises(RunLockedError):
        RunLock(tmp_path).acquire(refuse)
    assert (tmp_path / lock.FILE).read_text().startswith(f"{os.getpid()} ")  # still names the first
    ours.release(keep_name=True)
    assert (tmp_path / lock.FILE).read_text().startswith(f"{os.getpid()} ")


def test_that_a_run_has_one_trainer_at_a_time_and_can_be_opened_again_after_closing(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path)
    opened = len(world.opened)
    with pytest.raises(RunLockedError):
        toy_trainer(tmp_path)
    assert len(world.opened) == opened  # refused before anything was started
    trainer.close()
    finish(toy_trainer(tmp_path))


def test_that_looking_at_a_lock_names_its_holder_and_tells_a_held_lock_from_a_left_one(tmp_path: Path) -> None:
    assert find_holder(tmp_path) is None
    ours = RunLock(tmp_path)
    ours.acquire()
    holder = find_holder(tmp_path)
    assert holder is not None and (holder.pid, holder.held, holder.here, holder.ours) == (os.getpid(), True, True, True)
    ours.release()
    assert find_holder(tmp_path) is None
    (tmp_path / lock.FILE).write_text("123 elsewhere\n")
    left = find_holder(tmp_path)
    assert left is not None and (left.pid, left.host, left.held, left.here) == (123, "elsewhere", False, False)


@pytest.mark.skipif(sys.platform == "win32", reason="no lock is shared there")
def test_that_a_trainer_waits_for_the_end_of_a_look(tmp_path: Path) -> None:
    import fcntl

    (tmp_path / lock.FILE).write_text("123 \n")
    with (tmp_path / lock.FILE).open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        end = threading.Timer(lock.WAIT_SECONDS, lambda: fcntl.flock(file, fcntl.LOCK_UN))
        end.start()
        ours = RunLock(tmp_path)
        ours.acquire()
        ours.release()
        end.join()


def test_that_looking_at_a_lock_never_keeps_a_trainer_out(tmp_path: Path) -> None:
    (tmp_path / lock.FILE).write_text("123 \n")
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            find_holder(tmp_path)

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(50):
            ours = RunLock(tmp_path)
            ours.acquire()
            ours.release()
            (tmp_path / lock.FILE).write_text("123 \n")  # as after a kill, so that looks take the lock
    finally:
        ended.set()
        for looker in lookers:
            looker.join()
