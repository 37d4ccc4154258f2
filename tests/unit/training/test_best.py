"""A training keeps its best checkpoint by tests, through pruning, stops and going back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch

from dreamer_studio.runs.best import choose, find_best, read_returns
from dreamer_studio.runs.checkpoint import load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints, progress_of
from dreamer_studio.runs.trained_agent import load_agent
from dreamer_studio.training.events import EpisodeEnded, Event
from dreamer_studio.training.trainer import Trainer
from dreamer_studio.training.watching.watched_run import open_watched
from tests.support.resuming import stop
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, finish, toy_trainer

SETTINGS = {"steps": 120, "eval_every": 20, "keep_newest": 1, "keep_each": 0, "checkpoint_every": 86_400.0}
ONE = 28.0  # the return of a test that pays once


def train_with_tests(trainer: Trainer, world: ToyWorld, pays: Sequence[float]) -> Iterator[Event]:
    """Train to the end of the last test, with a different reward factor in each test; return the events."""
    world.test_pays = pays[0]
    events, told = iter(trainer.run()), 0
    while told < len(pays):
        if isinstance(event := next(events), EpisodeEnded) and event.kind == "test":
            told += 1
            world.test_pays = pays[min(told, len(pays) - 1)]
    return events


@pytest.mark.parametrize("after_each_test", [True, False])
def test_that_the_checkpoint_of_the_best_test_is_kept_with_the_weights_that_played_it(
    world: ToyWorld, tmp_path: Path, after_each_test: bool
) -> None:
    trainer = toy_trainer(tmp_path, checkpoint_tests=after_each_test, **SETTINGS)
    events = train_with_tests(trainer, world, [1.0, 3.0])
    played = {name: value.clone() for name, value in trainer.agent.state_dict().items()}
    update = trainer.counters.update
    world.test_pays = 2.0
    for _ in events:
        pass
    trainer.close()
    returns = [(row["update"], row["return"]) for row in trainer.log.rows if row["kind"] == "test"]
    assert returns[1] == max(returns, key=lambda each: each[1]) == (update, 3 * ONE)
    best, newest = list_checkpoints(trainer.folder.checkpoints)
    assert progress_of(best)[1] == update < progress_of(newest)[1]
    assert choose([best, newest], "best") == best
    loaded = load_agent(trainer.folder, CPU, "best")
    assert loaded.update == update and loaded.test is not None and loaded.test.mean == 3 * ONE
    assert all(torch.equal(value, loaded.agent.state_dict()[name]) for name, value in played.items())


def test_that_without_checkpoints_after_tests_only_a_new_best_writes_one(world: ToyWorld, tmp_path: Path) -> None:
    settings = {**SETTINGS, "keep_newest": 9, "checkpoint_tests": False}
    trainer = toy_trainer(tmp_path, **settings)
    train_with_tests(trainer, world, [2.0, 1.0, 2.0, 0.5])
    tests = [row["update"] for row in trainer.log.rows if row["kind"] == "test"]
    saved = [progress_of(path)[1] for path in list_checkpoints(trainer.folder.checkpoints)]
    assert saved == [tests[0], tests[2]]  # the third equals the first, and is newer
    trainer.close()


def test_that_a_test_is_on_record_as_long_as_its_weights_are_the_present_ones(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, **{**SETTINGS, "keep_newest": 9})
    events = train_with_tests(trainer, world, [1.0])
    next(events)
    stop(trainer, events)
    resumed = toy_trainer(tmp_path)
    events = iter(resumed.run())
    while resumed.counters.update == trainer.counters.update:
        resumed.save()
        assert read_returns(list_checkpoints(resumed.folder.checkpoints)[-1]) == (ONE,)
        next(events)
    stop(resumed, events)
    assert read_returns(list_checkpoints(resumed.folder.checkpoints)[-1]) == ()


def test_that_a_run_whose_best_checkpoint_is_damaged_goes_back_and_has_the_best_of_the_others(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path, **{**SETTINGS, "keep_newest": 9})
    train_with_tests(trainer, world, [2.0, 1.0, 3.0])
    trainer.close()
    whole = list_checkpoints(trainer.folder.checkpoints)
    assert choose(whole, "best") == whole[-1]
    (whole[-1] / "weights.safetensors").write_bytes(b"gone")
    resumed = toy_trainer(tmp_path)
    assert resumed.counters.update == progress_of(whole[-2])[1]
    best = find_best(list_checkpoints(resumed.folder.checkpoints))
    assert best is not None and (best.path, best.score.mean) == (whole[0], 2 * ONE)
    world.test_pays = 2.5
    finish(resumed)
    best = find_best(list_checkpoints(resumed.folder.checkpoints))
    assert best is not None and best.score.mean == 2.5 * ONE and load_checkpoint(best.path).returns == (2.5 * ONE,)


def test_that_the_best_checkpoint_can_be_watched(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, **SETTINGS)
    events = train_with_tests(trainer, world, [2.0])
    update, world.test_pays = trainer.counters.update, 1.0
    for _ in events:
        pass
    trainer.close()
    watched = open_watched(trainer.folder, CPU, checkpoint="best")
    assert watched.counters.update == update < trainer.counters.update
    assert open_watched(trainer.folder, CPU).counters.update == trainer.counters.update
