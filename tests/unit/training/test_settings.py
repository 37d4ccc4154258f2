"""Every setting that may change in mid-run reaches the code that uses it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from dreamer_studio.config import ConfigError, options, with_overrides
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.rows import Row
from dreamer_studio.training.events import EpisodeEnded
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.training.trainer import Trainer
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, comparable, finish, run_until, toy_trainer

CHANGEABLE = [option.name for option in options() if not option.fixed]
LEARNED: dict[str, Any] = {
    "free_nats": 0.0,
    "kl_scale": 3.0,
    "pcont_scale": 1.0,
    "horizon": 8,
    "discount": 0.5,
    "disclam": 0.1,
    "expl_amount": 0.9,
    "expl_decay": 10.0,
    "expl_min": 0.8,
    "batch_size": 5,
    "batch_length": 7,
    "update_blocks": True,
    "model_lr": 1e-2,
    "value_lr": 1e-2,
    "actor_lr": 1e-2,
    "adam_eps": 1e-2,
    "precision": "bfloat16",
    "grad_clip": 1e-3,
    "eval_every": 10,
    "eval_episodes": 2,
    "steps": 80,
    "slow_target": 0.5,
    "norm_returns": True,
    "return_decay": 0.1,
    "return_limit": 50.0,
    "entropy_scale": 0.1,
    "prior_kl_scale": 0.8,
    "posterior_kl_scale": 0.2,
    "prior_free_nats": 0.0,
    "posterior_free_nats": 0.0,
    "image_scale": 0.1,
    "imagine_every": 2,
    "decode_every": 2,
}
"""Settings that show in the log, and another value for each."""

OTHERS: dict[str, dict[str, Any]] = {
    "expl_min": {"expl_decay": 1.0},
    "eval_episodes": {"eval_every": 10},
    "return_decay": {"norm_returns": True, "return_limit": 1e-6},
    "return_limit": {"norm_returns": True},
    "prior_free_nats": {"prior_kl_scale": 1.0},
    "posterior_free_nats": {"posterior_kl_scale": 1.0},
}
"""Settings without which one has no effect."""


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[Row]]:
    """Return the rows of a training with the given settings, trained once for all tests."""
    trained: dict[str, list[Row]] = {}

    def rows(**settings: Any) -> list[Row]:
        key = str(settings)
        if key not in trained:
            trained[key] = rows_but_changes(finish(toy_trainer(tmp_path_factory.mktemp("unchanged"), **settings)))
        return trained[key]

    return rows


@pytest.mark.parametrize("name", LEARNED)
def test_that_a_setting_changed_in_mid_run_trains_as_one_given_when_the_run_goes_on(
    name: str, world: ToyWorld, unchanged: Callable[..., list[Row]], tmp_path: Path
) -> None:
    value: Any = LEARNED[name]
    settings: dict[str, Any] = {"precision": "float32", "steps": 42, **OTHERS.get(name, {})}
    trainer = toy_trainer(tmp_path / "changed", **settings)
    events = run_until(trainer, 3)
    trainer.change(name, value)
    list(events)
    trainer.close()
    stopped = toy_trainer(tmp_path / "stopped", **settings)
    run_until(stopped, 3)
    stopped.save()
    stopped.close()
    folder = RunFolder(tmp_path / "stopped")
    resumed = finish(open_trainer(folder, with_overrides(folder.read(), {name: value}), CPU))
    rows = rows_but_changes(trainer)
    assert rows == rows_but_changes(resumed)
    assert rows != unchanged(**settings)


def rows_but_changes(trainer: Trainer) -> list[Row]:
    return [row for row in comparable(trainer.log.rows) if row["kind"] != "change"]


def _after_three_updates(path: Path, **settings: object) -> Trainer:
    trainer = toy_trainer(path, **settings)
    run_until(trainer, 3)
    return trainer


def _prefill(world: ToyWorld, path: Path, patch: pytest.MonkeyPatch) -> None:
    trainer = toy_trainer(path)
    next(trainer.run())
    trainer.change("prefill", 40)
    finish(trainer)
    assert trainer.counters.learning_since == 42


def _checkpoint_every(world: ToyWorld, path: Path, patch: pytest.MonkeyPatch) -> None:
    trainer = toy_trainer(path)
    events = run_until(trainer, 3)
    trainer.change("checkpoint_every", 1.0)
    assert trainer.saved_at is None
    time.sleep(1.1)
    while trainer.counters.update < 5:
        next(events)
    assert trainer.saved_at is not None
    trainer.close()


def _checkpoint_tests(world: ToyWorld, path: Path, patch: pytest.MonkeyPatch) -> None:
    saved = []
    for number, value in enumerate((True, False)):
        world.test_pays = 8.0
        trainer = toy_trainer(path / str(number), eval_every=10, checkpoint_tests=not value)
        next(trainer.run())
        trainer.change("checkpoint_tests", value)
        for event in trainer.run():
            if isinstance(event, EpisodeEnded) and event.kind == "test":
                world.test_pays /= 2  # so no later test is the best, which is kept in any case
        trainer.close()
        saved.append(len(list_checkpoints(trainer.folder.checkpoints)))
    assert saved[0] > saved[1] == 2  # the best and the last


def _keep_newest(world: ToyWorld, path: Path, patch: pytest.MonkeyPatch) -> None:
    assert _checkpoints_left(path, "keep_newest", 1, keep_each=0) == [5]


def _keep_each(world: ToyWorld, path: Path, patch: pytest.MonkeyPatch) -> None:
    assert _checkpoints_left(path, "keep_each", 2, keep_newest=1) == [0, 2, 4, 5]


def _checkpoints_left(path: Path, name: str, value: int, **settings: object) -> list[int]:
    trainer = toy_trainer(path, **settings)
    events = run_until(trainer, 1)
    trainer.change(name, value)
    for update in range(2, 8):
        while trainer.counters.update < update:
            next(events)
        trainer.save()
    trainer.close()
    return [int(path.name[:6]) for path in list_checkpoints(trainer.folder.checkpoints)]


def _env_timeout(world: ToyWorld, path: Path, patch: pytest.MonkeyPatch) -> None:
    trainer = _after_three_updates(path)
    trainer.change("env_timeout", 7.0)
    assert world.opened[-1].step_timeout == 7.0
    trainer.close_environments()
    finish(trainer)
    assert world.asked[-1].env_timeout == 7.0


def _env_memory_mb(world: ToyWorld, path: Path, patch: pytest.MonkeyPatch) -> None:
    world.leak = 150 * 2**20
    trainer = _after_three_updates(path)
    assert len(world.opened) == 1
    trainer.change("env_memory_mb", 200)
    finish(trainer)
    assert len(world.opened) > 1


def _replay_ram_mb(world: ToyWorld, path: Path, patch: pytest.MonkeyPatch) -> None:
    trainer = _after_three_updates(path)
    trainer.change("replay_ram_mb", 17)
    trainer.close()
    assert trainer.store.ram_bytes == 17 * 2**20


def _compile(world: ToyWorld, path: Path, patch: pytest.MonkeyPatch) -> None:
    trainer = _after_three_updates(path)
    compiled: list[object] = []

    def without_compiling(function: object) -> object:  # the real one takes minutes
        compiled.append(function)
        return function

    patch.setattr(torch, "compile", without_compiling)
    trainer.change("compile", True)
    assert compiled == []  # not while an update may be in the making
    finish(trainer)
    assert len(compiled) == 2


def _spare_cores(world: ToyWorld, path: Path, patch: pytest.MonkeyPatch) -> None:
    spared: list[int] = []
    trainer = toy_trainer(path)
    events = run_until(trainer, 3)
    patch.setattr("dreamer_studio.training.updating.leave_cores", spared.append)
    trainer.change("spare_cores", 3)
    assert spared == []  # not while an update may be in the making
    list(events)
    trainer.close()
    assert spared == [3]


Probe = Callable[[ToyWorld, Path, pytest.MonkeyPatch], None]
PROBES: dict[str, Probe] = {
    "checkpoint_every": _checkpoint_every,
    "checkpoint_tests": _checkpoint_tests,
    "compile": _compile,
    "env_memory_mb": _env_memory_mb,
    "env_timeout": _env_timeout,
    "keep_each": _keep_each,
    "keep_newest": _keep_newest,
    "prefill": _prefill,
    "replay_ram_mb": _replay_ram_mb,
    "spare_cores": _spare_cores,
}


@pytest.mark.parametrize("name", PROBES)
def test_that_a_setting_changed_in_mid_run_is_used(
    name: str, world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    PROBES[name](world, tmp_path, monkeypatch)


def test_that_each_setting_that_may_change_is_tested_here() -> None:
    assert sorted([*LEARNED, *PROBES]) == sorted(CHANGEABLE)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("horizn", 5, "unknown setting 'horizn'; did you mean 'horizon'"),
        ("horizon", 51, "horizon=51: input should be less than or equal to 50"),
        ("horizon", "many", "horizon='many': "),
        ("cnn_depth", 8, "cnn_depth cannot change once a run has begun: it is 2"),
        ("prefill", 100, "prefill can no longer change: it ended at environment step 21"),
    ],
)
def test_that_an_invalid_change_is_refused_in_one_line_and_changes_nothing(
    name: str, value: object, words: str, world: ToyWorld, tmp_path: Path
) -> None:
    trainer = _after_three_updates(tmp_path)
    before, rows = trainer.config, len(trainer.log.rows)
    with pytest.raises(ConfigError) as refusal:
        trainer.change(name, value)
    trainer.close()
    assert words in str(refusal.value) and "\n" not in str(refusal.value)
    assert trainer.config == before == trainer.folder.read() and len(trainer.log.rows) == rows
