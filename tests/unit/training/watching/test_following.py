"""A watched run that another process trains: its weights, episodes, rows and settings are followed."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
import torch

from dreamer_studio.config import write_config
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.trained_agent import load_agent_at
from dreamer_studio.training.events import Event, StepTaken
from dreamer_studio.training.trainer import Trainer
from dreamer_studio.training.watching.watched_run import WatchedRun, open_watched
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, finish, run_until, toy_trainer

LOADER = "dreamer_studio.training.watching.followed_weights.load_agent_at"


@pytest.fixture
def training(world: ToyWorld, tmp_path: Path) -> Iterator[tuple[Trainer, Iterator[Event]]]:
    """Return a training at update 4 with a checkpoint, as another process would run it."""
    trainer = toy_trainer(tmp_path / "run", steps=100, keep_newest=2, keep_each=0)
    events = run_until(trainer, 4)
    trainer.save()
    yield trainer, events
    trainer.close()


def train_to(trainer: Trainer, events: Iterator[Event], update: int) -> Path:
    """Continue the training and save; return the new checkpoint."""
    while trainer.counters.update < update:
        next(events)
    trainer.save()
    return list_checkpoints(trainer.folder.checkpoints)[-1]


def same_weights(watched: WatchedRun, trainer: Trainer) -> bool:
    theirs = trainer.agent.state_dict()
    return all(torch.equal(value, theirs[name]) for name, value in watched.agent.state_dict().items())


def count_loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the list of the checkpoints that are loaded from now on."""
    loaded: list[Path] = []

    def noted(path: Path, device: torch.device) -> object:
        loaded.append(path)
        return load_agent_at(path, device)

    monkeypatch.setattr(LOADER, noted)
    return loaded


def test_that_new_weights_episodes_and_rows_arrive_and_nothing_is_read_twice(
    training: tuple[Trainer, Iterator[Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer, events = training
    watched = open_watched(trainer.folder, CPU)
    loaded = count_loads(monkeypatch)
    history, config = watched.history, watched.config
    assert watched.follow() == (False, False) and loaded == []
    newest = train_to(trainer, events, 8)
    assert watched.follow() == (True, False)
    assert same_weights(watched, trainer) and watched.counters.update == 8
    assert watched.counters.step == trainer.counters.step
    assert (len(watched.store), watched.store.newest, watched.store.steps) == (
        len(trainer.store),
        trainer.store.newest,
        trainer.store.steps,
    )
    assert watched.history is history and len(history) == len(trainer.log.history)
    assert watched.follow() == (False, False) and loaded == [newest]
    assert watched.notes == [] and watched.config is config


def test_that_a_played_episode_keeps_its_policy_until_it_ends(
    training: tuple[Trainer, Iterator[Event]], world: ToyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer, events = training
    for name, value in (("open_env", world.open), ("STEP_SECONDS", 0.0)):
        monkeypatch.setattr(f"dreamer_studio.training.watching.watched_run.{name}", value)

    def actions(*, followed: bool) -> list[list[float]]:
        watched = open_watched(trainer.folder, CPU)
        rows = []
        for event in watched.run():
            if isinstance(event, StepTaken):
                rows.append(event.time_step.action.tolist())
                if event.index == 2 and followed:
                    train_to(trainer, events, 12)
                    assert watched.follow().weights and watched.counters.update == 12
                if event.time_step.is_last:
                    break
        watched.close()
        return rows

    assert actions(followed=False) == actions(followed=True)


def test_that_a_chosen_checkpoint_stays_while_episodes_and_rows_are_followed(
    training: tuple[Trainer, Iterator[Event]],
) -> None:
    trainer, events = training
    step = str(trainer.counters.step)
    watched = open_watched(trainer.folder, CPU, checkpoint=step)
    train_to(trainer, events, 10)
    assert watched.follow() == (False, False)
    assert watched.counters.update == 4 and len(watched.store) == len(trainer.store)


def test_that_a_checkpoint_that_is_removed_while_it_is_read_is_no_trouble(
    training: tuple[Trainer, Iterator[Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer, events = training
    watched = open_watched(trainer.folder, CPU)

    def remove_first(path: Path, device: torch.device) -> object:
        (path / "weights.safetensors").unlink()
        train_to(trainer, events, 10)
        shutil.rmtree(path)
        monkeypatch.setattr(LOADER, load_agent_at)
        return load_agent_at(path, device)

    train_to(trainer, events, 8)
    monkeypatch.setattr(LOADER, remove_first)
    assert watched.follow() == (False, False) and watched.counters.update == 4
    assert watched.follow().weights and watched.counters.update == 10 and same_weights(watched, trainer)
    assert watched.notes == []


def test_that_a_copy_is_taken_once_it_is_whole_and_a_damaged_checkpoint_is_reported_once(
    training: tuple[Trainer, Iterator[Event]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer, events = training
    copy = Path(shutil.copytree(trainer.folder.path, tmp_path / "copy"))
    watched = open_watched(dataclasses.replace(trainer.folder, path=copy), CPU)
    newest = train_to(trainer, events, 8)
    target = copy / "checkpoints" / newest.name
    target.mkdir()
    for file in sorted(newest.iterdir()):
        content = file.read_bytes()
        (target / file.name).write_bytes(content[: len(content) // 2])
        assert watched.follow() == (False, False) and watched.notes == []
        (target / file.name).write_bytes(content)
    assert watched.follow().weights and watched.counters.update == 8

    damaged = Path(shutil.copytree(target, target.with_name("000099-step-99-update-99")))
    (damaged / "weights.safetensors").write_bytes(b"gone")
    loaded = count_loads(monkeypatch)
    for _ in range(4):
        assert watched.follow() == (False, False)
    assert len(watched.notes) == 1 and "000099-step-99-update-99 cannot be read" in watched.notes[0]
    assert len(loaded) == 2 and watched.counters.update == 8


def test_that_a_folder_that_is_gone_for_a_while_is_reported_once_and_followed_again(
    training: tuple[Trainer, Iterator[Event]],
) -> None:
    trainer, events = training
    watched = open_watched(trainer.folder, CPU)
    away = trainer.folder.path.with_name("away")
    train_to(trainer, events, 8)
    trainer.folder.path.rename(away)
    for _ in range(3):
        assert not watched.follow().weights
    assert watched.counters.update == 4
    assert len(watched.notes) == 1 and "cannot be followed just now" in watched.notes[0]
    trainer.folder.path.mkdir()
    trainer.folder.checkpoints.write_bytes(b"no folder")
    for _ in range(3):
        watched.follow()
    assert len(watched.notes) == 2 and "Not a directory" in watched.notes[1]
    shutil.rmtree(trainer.folder.path)
    away.rename(trainer.folder.path)
    assert watched.follow().weights and watched.counters.update == 8
    assert len(watched.history) == len(trainer.log.history) and len(watched.store) == len(trainer.store)


@pytest.mark.parametrize(("kind", "deter_size"), [("discrete", 16), ("continuous", 17)])
def test_that_another_run_in_the_same_folder_is_refused_and_weights_and_settings_stay(
    training: tuple[Trainer, Iterator[Event]],
    world: ToyWorld,
    tmp_path: Path,
    kind: Literal["discrete", "continuous"],
    deter_size: int,
) -> None:
    trainer, _ = training
    watched = open_watched(trainer.folder, CPU)
    config, world.kind = watched.config, kind
    other = finish(toy_trainer(tmp_path / "other", deter_size=deter_size))
    shutil.rmtree(trainer.folder.path)
    shutil.move(other.folder.path, trainer.folder.path)
    assert not watched.follow().weights
    assert (watched.counters.update, watched.config.deter_size) == (4, config.deter_size)
    assert watched.notes == [
        f"The run cannot be followed just now: another run has taken the place of {trainer.folder.path}: open it again"
    ]


def test_that_a_log_that_goes_back_is_read_again_and_equal_updates_get_their_new_weights(
    training: tuple[Trainer, Iterator[Event]],
) -> None:
    trainer, events = training
    train_to(trainer, events, 6)
    watched = open_watched(trainer.folder, CPU)
    watched.follow()
    history = watched.history
    log, (newest,) = trainer.folder.metrics_file, list_checkpoints(trainer.folder.checkpoints)[-1:]
    lines = log.read_bytes().splitlines(keepends=True)
    other = log.with_name("other")
    other.write_bytes(b"".join(lines[:-2]))
    other.replace(log)
    again = Path(shutil.copytree(newest, newest.with_name("copied")))
    shutil.rmtree(newest)
    again.rename(newest)
    assert watched.follow() == (True, True)
    assert watched.history is not history and len(watched.history) == len(lines) - 2


def test_that_a_changed_setting_is_followed(training: tuple[Trainer, Iterator[Event]]) -> None:
    trainer, _ = training
    watched = open_watched(trainer.folder, CPU)
    before = watched.config
    watched.follow()
    assert watched.config is before
    write_config(dataclasses.replace(before, horizon=9), trainer.folder.config_file)
    watched.follow()
    assert watched.config.horizon == 9


def test_that_an_episode_within_the_same_tick_of_a_coarse_clock_is_listed(
    training: tuple[Trainer, Iterator[Event]],
) -> None:
    trainer, events = training
    watched = open_watched(trainer.folder, CPU)
    watched.follow()
    count, stamp = len(watched.store), trainer.folder.episodes.stat().st_mtime_ns
    while len(trainer.store) == count:
        next(events)
    os.utime(trainer.folder.episodes, ns=(stamp, stamp))
    watched.follow()
    assert len(watched.store) == count + 1
