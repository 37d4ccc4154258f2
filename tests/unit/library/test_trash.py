"""Runs move to the trash and come back; one that trains stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.library.listing import list_runs
from dreamer_studio.library.trash import TRASH, move_to_trash, restore
from dreamer_studio.runs.errors import RunError, RunLockedError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.fence import take_fence
from dreamer_studio.runs.lease.heartbeat import Heartbeat
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lock import FILE as LOCK_FILE
from dreamer_studio.runs.lock import RunLock
from tests.support.listed_runs import held_elsewhere, write_run


def files_of(path: Path) -> dict[Path, bytes]:
    return {file.relative_to(path): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def test_that_a_run_leaves_the_list_and_comes_back_whole(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", tests=(1.0,))
    before = files_of(path)
    trashed = move_to_trash(path)
    assert list_runs([tmp_path]) == () and trashed.kept == tmp_path / TRASH / "one"
    assert restore(trashed) == path
    assert {file: content for file, content in files_of(path).items() if file.name != LOCK_FILE} == before
    assert not (tmp_path / TRASH).exists()


def test_that_a_run_that_trains_is_refused_and_stays(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    with held_elsewhere(path) as holder, pytest.raises(RunLockedError, match=str(holder.pid)):
        move_to_trash(path)
    assert len(list_runs([tmp_path])) == 1 and not (tmp_path / TRASH).exists()


def test_that_a_run_that_trains_on_a_machine_whose_lock_cannot_be_seen_is_refused_and_stays(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    life = Heartbeat(RunFolder(path), Owner("far", 7), take_fence(RunFolder(path), Owner("far", 7)))
    life.start()
    with pytest.raises(RunLockedError, match="is being trained by process 7 on far"):
        move_to_trash(path)
    life.stop()
    move_to_trash(path)


def test_that_two_runs_of_one_name_both_stay_in_the_trash_and_come_back(tmp_path: Path) -> None:
    first = move_to_trash(write_run(tmp_path / "one", step=100))
    second = move_to_trash(write_run(tmp_path / "one", step=200))
    assert first.kept != second.kept
    assert [restore(second).name, restore(first).name] == ["one", "one-2"]
    assert {entry.step for entry in list_runs([tmp_path])} == {100, 200}


def test_that_the_lock_of_a_moved_run_is_free(tmp_path: Path) -> None:
    trashed = move_to_trash(write_run(tmp_path / "one", step=100))
    lock = RunLock(trashed.kept)
    lock.acquire()
    lock.release()


def test_that_a_damaged_run_can_be_moved_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    (path / LOCK_FILE).mkdir()
    move_to_trash(path)
    with pytest.raises(RunError, match="there is no folder"):
        move_to_trash(path)
