"""A training in which single parts are trained, on a world in this process."""

from __future__ import annotations

from pathlib import Path

import torch

from dreamer_studio.library.reading import read_run
from dreamer_studio.library.table import as_text
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.counters import PartUpdates, read_part_updates
from dreamer_studio.runs.trained_agent import load_agent
from dreamer_studio.training.events import PartUpdateDone, PhaseBegins
from dreamer_studio.training.trainer import Trainer
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, comparable, finish, run_until, toy_trainer


def same_weights(one: Trainer, other: Trainer) -> bool:
    theirs = other.agent.state_dict()
    return all(torch.equal(value, theirs[name]) for name, value in one.agent.state_dict().items())


def test_that_updates_of_a_part_are_extra_and_that_log_checkpoint_and_lists_say_so(
    world: ToyWorld, tmp_path: Path
) -> None:
    alone = finish(toy_trainer(tmp_path / "alone"))
    trainer = toy_trainer(tmp_path / "run")
    run_until(trainer, 2).close()  # type: ignore[attr-defined]
    due = trainer.updates_due
    done = [event for event in trainer.train_part("value", 5) if isinstance(event, PartUpdateDone)]
    assert [event.part for event in done] == ["value"] * 3
    assert trainer.counters.part_updates == PartUpdates(value=3)
    assert (trainer.counters.update, trainer.updates_due) == (5, due)
    trainer.save()
    trainer.close()
    resumed = finish(toy_trainer(tmp_path / "run"))
    rows = [row for row in resumed.log.rows if row["kind"] in {"update", "part"}]
    kinds = ["update"] * 2 + ["part"] * 3 + ["update"] * (alone.counters.update - 2)
    assert [row["kind"] for row in rows] == kinds
    assert [row["update"] for row in rows] == list(range(1, len(kinds) + 1))
    assert {row["part"] for row in rows if row["kind"] == "part"} == {"value"}
    assert all("value_loss" in row and "value_grad_norm" in row for row in rows)
    newest = list_checkpoints(resumed.folder.checkpoints)[-1]
    assert read_part_updates(newest) == load_agent(resumed.folder, CPU).part_updates == PartUpdates(value=3)
    entry, _ = read_run(resumed.folder.path)
    assert entry.as_dict()["part_updates"] == {"model": 0, "actor": 0, "value": 3}
    assert "3 extra updates trained a single part (3 only the value model)" in as_text([entry], [tmp_path], 0.0)
    assert not same_weights(resumed, alone)


def test_that_a_killed_run_undoes_the_part_updates_after_its_checkpoint_with_their_rows(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path / "run")
    run_until(trainer, 2).close()  # type: ignore[attr-defined]
    list(trainer.train_part("model", 3))
    trainer.save()
    list(trainer.train_part("model", 4))
    trainer.log.sync()
    trainer.batches.close()
    trainer.hold.release()  # as the kernel does for a killed process
    again = toy_trainer(tmp_path / "run")
    assert again.counters.part_updates == PartUpdates(model=1)
    parts = [row["update"] for row in again.log.rows if row["kind"] == "part"]
    assert (parts, again.log.undone is not None) == ([3], True)
    again.close()


def test_that_a_part_update_dropped_before_its_optimizer_steps_leaves_no_trace(world: ToyWorld, tmp_path: Path) -> None:
    alone = finish(toy_trainer(tmp_path / "alone"))
    trainer = toy_trainer(tmp_path / "run")
    run_until(trainer, 2).close()  # type: ignore[attr-defined]
    for phase in ("imagination", "optimizers"):
        events = trainer.train_part("actor", 9)
        assert PhaseBegins(phase) in events  # consumes the events up to this one
        events.close()  # type: ignore[attr-defined]
    finish(trainer)
    assert comparable(trainer.log.rows) == comparable(alone.log.rows)
    assert same_weights(trainer, alone)
