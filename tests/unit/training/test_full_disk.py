"""A full or missing disk delays a training and changes nothing else."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from dreamer_studio.envs import episode_seed
from dreamer_studio.replay import EpisodeStore, read_episode
from dreamer_studio.runs.best import find_best
from dreamer_studio.runs.checkpoint import load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import CheckpointError, RunError, StorageError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.line_file import LineFile
from dreamer_studio.session import START, Pause, Quit, Start, State
from dreamer_studio.training.errors import MemoryFullError, NoEpisodeError
from dreamer_studio.training.events import EpisodeEnded, Event, PhaseBegins, StepTaken, UpdateDone
from dreamer_studio.training.trainer import Trainer
from tests.support.driven_session import Drive
from tests.support.resuming import assert_same, stop
from tests.support.toy import ToyWorld, comparable, finish, run_until, toy_trainer

SETTINGS = {"steps": 45, "eval_every": 20}


class Disk:
    """Fails every `each`-th write or sync of a file, or does half of it; while the disk is full, all fail.

    A checkpoint needs nine of them.
    """

    def __init__(self, each: int = 0) -> None:
        self.full = False
        self.faults = 0
        self._each = each
        self._count = 0
        self._write, self._sync = os.write, os.fsync

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "write", self.write)
        monkeypatch.setattr(os, "fsync", self.sync)

    def write(self, descriptor: int, content: bytes) -> int:
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and self._is_out_of_room():
            if len(content) > 1 and not self.full:
                return self._write(descriptor, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._write(descriptor, content)

    def sync(self, descriptor: int) -> None:
        if self._is_out_of_room():
            raise OSError(errno.ENOSPC, "No space left on device")
        self._sync(descriptor)

    def _is_out_of_room(self) -> bool:
        self._count += 1
        fails = self.full or (self._each > 0 and self._count % self._each == 0)
        self.faults += fails
        return fails


def train_in_spite_of_it(trainer: Trainer) -> int:
    """Train to the end, continue after every fault of the disk, and return the number of faults."""
    faults = 0
    while True:
        try:
            for _ in trainer.run():
                pass
        except StorageError as error:
            faults += 1
            assert "No space left on device" in str(error) and "make room" in str(error)
        else:
            trainer.close()
            return faults


@pytest.mark.parametrize("each", [11, 13, 17])
def test_that_a_disk_that_fails_repeatedly_changes_no_number_and_breaks_no_file(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, each: int
) -> None:
    straight = finish(toy_trainer(tmp_path / "straight", **SETTINGS))
    trainer = toy_trainer(tmp_path / "full", **SETTINGS)
    with monkeypatch.context() as patch:
        disk = Disk(each)
        disk.install(patch)
        assert train_in_spite_of_it(trainer) > 0
    assert_same(trainer, straight)
    written = [json.loads(line) for line in trainer.folder.metrics_file.read_text().splitlines()]
    assert comparable(written) == comparable(straight.log.rows)
    assert [read_episode(path) for path in trainer.folder.episodes.iterdir()]
    assert [load_checkpoint(path) for path in list_checkpoints(trainer.folder.checkpoints)]
    assert list(trainer.folder.path.rglob("*.tmp")) == []


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    with monkeypatch.context() as patch:
        disk = Disk()
        disk.install(patch)
        patch.setattr("dreamer_studio.session.driver.RETRY_SECONDS", 0.05)
        yield disk


def test_that_a_training_waits_while_the_disk_is_full_and_continues_by_itself(
    drive: Drive,
    full_disk: Disk,
    world: ToyWorld,
    tmp_path: Path,
) -> None:
    def fill(event: Event) -> None:
        full_disk.full = full_disk.full or (isinstance(event, UpdateDone) and not full_disk.faults)

    driver = drive(hook=fill)
    status = driver.wait_for_state(State.WAITING)
    assert status.failure is not None and "make room on that disk" in status.failure.text
    held = (status.step, status.update)
    faults = full_disk.faults
    driver.wait_for(lambda _: full_disk.faults > faults + 2)  # it tries again, and stays as it is
    status = driver.session.status.get()
    assert (status.step, status.update, status.state) == (*held, State.WAITING)
    assert not any(env.closed for env in world.opened)
    full_disk.full = False
    status = driver.wait_for_state(State.FINISHED)
    assert status.failure is None
    alone = finish(toy_trainer(tmp_path / "alone"))
    assert comparable(driver.session.rows_since(START)[0]) == comparable(alone.log.rows)


def test_that_a_new_best_checkpoint_waits_for_room_and_the_older_best_one_stays(
    drive: Drive,
    full_disk: Disk,
    world: ToyWorld,
    tmp_path: Path,
) -> None:
    def fill(event: Event) -> None:
        if isinstance(event, EpisodeEnded) and event.kind == "test":
            world.test_pays = 2.0  # in the next test, during which the disk is full
        fills = event == PhaseBegins("testing") and world.test_pays == 2.0 and not full_disk.faults
        full_disk.full = full_disk.full or fills

    driver = drive(hook=fill, eval_every=20, checkpoint_tests=False, keep_newest=1, keep_each=0)
    driver.wait_for_state(State.WAITING)
    checkpoints = driver.session.status.get().folder / "checkpoints"
    best = find_best(list_checkpoints(checkpoints))
    assert best is not None and best.score.mean == 28.0
    full_disk.full = False
    driver.wait_for_state(State.FINISHED)
    best = find_best(list_checkpoints(checkpoints))
    assert best is not None and best.score.mean == 56.0 and load_checkpoint(best.path).returns == (56.0,)


def test_that_a_training_that_waits_for_the_disk_can_be_paused_started_and_closed(
    drive: Drive,
    full_disk: Disk,
) -> None:
    def fill(event: Event) -> None:
        full_disk.full = full_disk.full or isinstance(event, UpdateDone)

    driver = drive(hook=fill)
    driver.wait_for_state(State.WAITING)
    assert driver.ask(Pause()) == "Paused"
    assert driver.session.status.get().state is State.PAUSED
    driver.ask(Start())
    driver.wait_for_state(State.WAITING)
    with pytest.raises(StorageError, match="make room"):
        driver.ask(Quit())
    assert driver.session.status.get().state is State.FAILED
    driver.ask(Quit(save=False))


# TensorBoard's own thread ends with its file, and tells the interpreter as well as us.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_that_a_renamed_run_folder_is_not_created_again_and_training_continues_once_it_is_back(
    world: ToyWorld, tmp_path: Path
) -> None:
    straight = finish(toy_trainer(tmp_path / "straight"))
    here, away = tmp_path / "run", tmp_path / "away"
    trainer = toy_trainer(here)
    events = run_until(trainer, 3)
    here.rename(away)
    with pytest.raises(StorageError, match="the run folder is gone; put it back"):
        list(events)
    assert not here.exists()
    away.rename(here)
    assert_same(finish(trainer), straight)


def test_that_training_without_its_episodes_folder_halts_and_continues_once_it_is_back(
    world: ToyWorld, tmp_path: Path
) -> None:
    straight = finish(toy_trainer(tmp_path / "straight"))
    trainer = toy_trainer(tmp_path / "run", replay_ram_mb=16)
    trainer.store.ram_bytes = 0
    events = run_until(trainer, 3)
    trainer.folder.episodes.rename(tmp_path / "away")
    with pytest.raises(StorageError, match="put back this file or folder"):
        list(events)
    assert not trainer.folder.episodes.exists()
    (tmp_path / "away").rename(trainer.folder.episodes)
    finish(trainer)
    assert comparable(trainer.log.rows) == comparable(straight.log.rows)


def test_that_a_damaged_or_missing_episode_is_set_aside_and_training_continues(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path)
    events = run_until(trainer, 3)
    trainer.store.ram_bytes = 0
    damaged, missing = sorted(trainer.folder.episodes.iterdir())[:2]
    damaged.write_bytes(damaged.read_bytes()[:-20])
    missing.unlink()
    for _ in events:
        pass
    trainer.close()
    assert damaged.with_name(f"{damaged.name}.damaged").exists() and not damaged.exists()
    assert sorted(note.split()[0] for note in trainer.notes) == [damaged.name, missing.name]
    assert trainer.counters.step == 60
    again = toy_trainer(tmp_path)
    again.close()
    assert (again.counters.step, len(again.store)) == (60, len(trainer.store))


def test_that_a_run_whose_checkpoints_or_episodes_are_gone_is_refused_and_not_started_again(
    world: ToyWorld, tmp_path: Path
) -> None:
    finish(toy_trainer(tmp_path / "run"))
    folder = RunFolder(tmp_path / "run")
    log = folder.metrics_file.read_bytes()
    for part, words in (
        (folder.checkpoints, "checkpoints is gone: put it back"),
        (folder.episodes, "no episode is left in"),
    ):
        part.rename(tmp_path / "elsewhere")
        with pytest.raises(RunError, match=words):
            toy_trainer(tmp_path / "run")
        assert all(env.closed for env in world.opened)
        shutil.rmtree(part, ignore_errors=True)
        (tmp_path / "elsewhere").rename(part)
    folder.checkpoints.rename(tmp_path / "elsewhere")
    folder.checkpoints.write_bytes(b"")  # what is there cannot be listed
    with pytest.raises(NotADirectoryError):
        toy_trainer(tmp_path / "run")
    folder.checkpoints.unlink()
    (tmp_path / "elsewhere").rename(folder.checkpoints)
    assert folder.metrics_file.read_bytes() == log
    next(folder.episodes.iterdir()).unlink()
    resumed = toy_trainer(tmp_path / "run")
    resumed.close()
    assert resumed.notes == [f"1 of {len(resumed.store) + 1} episodes are gone"]


def test_that_damage_to_the_only_episode_halts_training_with_the_reason(world: ToyWorld, tmp_path: Path) -> None:
    world.length = 40  # the prefill is one episode
    trainer = toy_trainer(tmp_path)
    events = run_until(trainer, 1)
    trainer.store.ram_bytes = 0
    trainer.batches.restore(trainer.batches.state())  # so that the next one is not read yet
    (only,) = trainer.folder.episodes.iterdir()
    whole = only.read_bytes()
    only.write_bytes(whole[:-20])
    with pytest.raises(NoEpisodeError, match=r"is not a readable episode.*no other is left: put its file back"):
        list(events)
    only.write_bytes(whole)
    assert finish(trainer).counters.step == 60


def test_that_a_stop_after_an_episode_was_set_aside_keeps_the_running_one(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, update_blocks=True)  # so that another update is due at once
    events = run_until(trainer, 3)
    trainer.save()
    trainer.store.ram_bytes = 0
    trainer.batches.restore(trainer.batches.state())  # so that the next one is not read yet
    for path in sorted(trainer.folder.episodes.iterdir())[:-1]:
        path.write_bytes(path.read_bytes()[:-20])
    while not trainer.notes:
        next(events)
    assert trainer.counters.update == 3
    stop(trainer, events)
    resumed = toy_trainer(tmp_path)
    resumed.close()
    assert resumed.counters == trainer.counters
    assert resumed.collecting.running.episode is not None


def test_that_full_memory_is_not_mistaken_for_damage(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = finish(toy_trainer(tmp_path / "straight"))
    trainer = toy_trainer(tmp_path / "run")
    events = run_until(trainer, 3)
    trainer.store.ram_bytes = 0
    stored = sorted(trainer.folder.episodes.iterdir())

    def fail(*_: object, **__: object) -> NoReturn:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.replay.stored.read_rows", fail)
        with pytest.raises(MemoryFullError, match="The memory of cpu is full"):
            list(events)
    assert comparable(finish(trainer).log.rows) == comparable(straight.log.rows)
    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.runs.checkpoint.load", fail)
        with pytest.raises(CheckpointError, match="cannot be read"):
            toy_trainer(tmp_path / "run")
    resumed = toy_trainer(tmp_path / "run")
    resumed.close()
    assert trainer.notes == resumed.notes == [] and all(path.exists() for path in stored)


def test_that_the_seed_of_an_episode_follows_from_its_number_even_if_others_were_set_aside(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path)
    for event in trainer.run():
        if isinstance(event, EpisodeEnded) and trainer.counters.episode in (3, 5):
            (newest,) = trainer.folder.episodes.glob(f"episode-{trainer.store.newest:06d}-*.zst")
            trainer.store.leave_out(newest, rename=True)
            if trainer.counters.episode == 5:
                break
    assert seeds_in(trainer) == seeds_of(trainer)
    assert trainer.store.numbers.tolist() == [0, 1, 3]
    trainer.save()
    trainer.close()
    again = finish(toy_trainer(tmp_path))
    assert seeds_in(again) == seeds_of(again)
    assert again.store.numbers.tolist() == [0, 1, 3, *range(5, again.counters.episode)]


def test_that_after_a_crash_no_number_of_an_episode_is_used_twice(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path)
    for event in trainer.run():
        if isinstance(event, EpisodeEnded) and trainer.counters.episode == 2:
            trainer.save()
        if isinstance(event, StepTaken) and trainer.counters.episode == 5:
            break
    trainer.close()  # as killed: three episodes are newer than the checkpoint
    for path in sorted(trainer.folder.episodes.iterdir())[:3]:
        path.unlink()
    again = toy_trainer(tmp_path)
    assert (len(again.store), again.counters.episode) == (2, 5)  # as many as the checkpoint knew of, but others
    assert again.counters.step == 14 + 14  # those of the checkpoint, and of the episodes since that are there
    assert again.collecting.running.episode is None
    finish(again)
    assert seeds_in(again) == seeds_of(again)


def seeds_in(trainer: Trainer) -> list[int]:
    """Return the traces of the seeds in the images of the stored episodes."""
    return [int(trainer.store.get(place).image[0, 0, 0, 1]) for place in range(len(trainer.store))]


def seeds_of(trainer: Trainer) -> list[int]:
    """Return the traces of the seeds that follow from the episodes' numbers."""
    return [episode_seed(trainer.config.seed, int(number), "train") % 256 for number in trainer.store.numbers]


def test_that_a_damaged_checkpoint_is_set_aside_and_training_continues_from_the_one_before(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path)
    events = run_until(trainer, 3)
    trainer.save()
    for _ in events:
        pass
    trainer.close()
    older, newest = list_checkpoints(trainer.folder.checkpoints)
    (newest / "weights.safetensors").write_bytes(b"nothing")
    resumed = toy_trainer(tmp_path)
    note, undone = resumed.notes
    assert newest.name in note and "it was set aside" in note
    assert undone == f"The run continues from update 3: updates up to {trainer.counters.update} are made again"
    assert list_checkpoints(trainer.folder.checkpoints) == [older]
    assert (newest.parent / f"{newest.name}.damaged").is_dir()
    assert resumed.counters.update == 3
    assert finish(resumed).counters.update == trainer.counters.update


def test_that_a_run_without_a_readable_checkpoint_is_refused_and_left_unchanged(
    world: ToyWorld, tmp_path: Path
) -> None:
    finish(toy_trainer(tmp_path))
    for path in list_checkpoints(tmp_path / "checkpoints"):
        (path / "state.json").unlink()
    shutil.rmtree(tmp_path / "fences")  # a start takes a number, even if it is refused
    names = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(Exception, match=r"checkpoint \d{6}-step.* cannot be read"):
        toy_trainer(tmp_path)
    shutil.rmtree(tmp_path / "fences")
    assert sorted(path.name for path in tmp_path.rglob("*")) == names


def test_that_unfinished_files_of_a_killed_process_are_removed_when_the_run_continues(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path)
    run_until(trainer, 2)
    trainer.save()
    trainer.close()
    (tmp_path / "tests" / "update-000002").mkdir(parents=True)
    for name in (
        "episodes/episode-000009-rows-8-steps-7.npy.zst.tmp",
        "tests/update-000002/episode-000000-rows-8-steps-7.npy.zst.tmp",
        "dreams/film.tmp.gif",
        "config.json.tmp",
        "metrics.jsonl.tmp",
    ):
        (tmp_path / name).write_bytes(b"half")
    finish(toy_trainer(tmp_path))
    assert list(tmp_path.rglob("*.tmp*")) == []


def test_that_lines_that_cannot_be_written_are_kept_and_written_later_in_order(tmp_path: Path, full_disk: Disk) -> None:
    file = LineFile(tmp_path / "lines")
    file.add(b"one\n")
    full_disk.full = True
    file.add(b"two\n")
    with pytest.raises(OSError, match="No space"):
        file.flush()
    full_disk.full = False
    file.add(b"three\n")
    (tmp_path / "lines").unlink()
    file.add(b"four\n")
    file.close()
    assert (tmp_path / "lines").read_bytes() == b"one\ntwo\nthree\nfour\n"


def test_that_lines_are_not_added_to_another_file_of_that_name(tmp_path: Path) -> None:
    file = LineFile(tmp_path / "lines")
    file.add(b"one\n")
    (tmp_path / "lines").rename(tmp_path / "away")
    (tmp_path / "lines").write_bytes(b"somebody else's\n")
    file.add(b"two\n")
    with pytest.raises(OSError, match="another file took the place"):
        file.flush()
    file.close()
    assert (tmp_path / "lines").read_bytes() == b"somebody else's\n"
    shutil.rmtree(tmp_path)


def test_that_a_store_that_lost_its_folder_does_not_create_another(world: ToyWorld, tmp_path: Path) -> None:
    trainer = finish(toy_trainer(tmp_path / "run"))
    episode = trainer.store.get(0)
    shutil.rmtree(trainer.folder.episodes)
    with pytest.raises(FileNotFoundError):
        trainer.store.add(episode)
    assert len(EpisodeStore(trainer.folder.episodes, 0)) == 0
