"""Updates that are not finite, and full memory: the weights stay sound, and the user is told."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from dreamer_studio.dreamer.fast import Learner
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.training.errors import MemoryFullError, NotFiniteError
from dreamer_studio.training.events import Recovered
from dreamer_studio.training.faults.skipped_updates import MOST_SKIPPED
from dreamer_studio.training.trainer import Trainer
from tests.support.toy import ToyWorld, comparable, finish, run_until, toy_trainer

Poison = Callable[[set[int]], None]


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Poison:
    """Put NaN into the noise of chosen updates, counted from 1 at each beginning of an update."""
    begun = [0]
    poisoned: set[int] = set()
    draw = Learner.draw_noise

    def spoil(learner: Learner, *arguments: Any) -> Any:
        noise = draw(learner, *arguments)
        begun[0] += 1
        if begun[0] in poisoned:
            noise.posterior[0, 0, 0] = math.nan
        return noise

    def set_up(numbers: set[int]) -> None:
        begun[0] = 0
        poisoned.clear()
        poisoned.update(numbers)

    monkeypatch.setattr(Learner, "draw_noise", spoil)
    return set_up


def skipped(trainer: Trainer) -> list[tuple[int, int]]:
    return [(row["update"], row["in_a_row"]) for row in trainer.log.rows if row["kind"] == "skipped"]


def test_that_a_skipped_update_is_logged_does_not_count_and_the_next_batch_takes_its_place(
    world: ToyWorld, tmp_path: Path, poison: Poison
) -> None:
    poison({3, 6, 7})
    trainer = toy_trainer(tmp_path)
    recoveries = [event.text for event in trainer.run() if isinstance(event, Recovered)]
    trainer.close()
    assert skipped(trainer) == [(2, 1), (4, 1), (4, 2)]
    assert recoveries[0].startswith("An update was skipped: model_loss, ")
    rows = [row for row in trainer.log.rows if row["kind"] == "update"]
    assert [row["update"] for row in rows] == list(range(1, 2 + 2 * (60 - 21) // 10 + 1))  # as many as are due
    assert set(trainer.updating.learner.steps.values()) == {trainer.counters.update}
    assert all(math.isfinite(row["model_loss"]) for row in rows)
    assert all(value.isfinite().all() for value in trainer.agent.state_dict().values())


def test_that_a_run_stopped_after_a_skipped_update_continues_with_the_same_numbers(
    world: ToyWorld, tmp_path: Path, poison: Poison
) -> None:
    poison({3, 6})
    straight = finish(toy_trainer(tmp_path / "straight"))
    poison({3, 6})
    trainer = toy_trainer(tmp_path / "stopped")
    trainer.save()
    events = trainer.run()
    while not isinstance(next(events), Recovered):
        pass
    events.close()  # type: ignore[attr-defined]
    trainer.save()
    trainer.close()
    assert comparable(finish(toy_trainer(tmp_path / "stopped")).log.rows) == comparable(straight.log.rows)


def test_that_several_skipped_updates_in_a_row_halt_training_and_block_saving_until_one_succeeds(
    world: ToyWorld, tmp_path: Path, poison: Poison
) -> None:
    trainer = toy_trainer(tmp_path)
    run_until(trainer, 2)
    trainer.save()
    poison(set(range(1, 1 + MOST_SKIPPED)))
    words = r"5 updates in a row.*model_loss.*checkpoint is 000000-step-21-update-2; .* --set model_lr=0.0003"
    with pytest.raises(NotFiniteError, match=words) as caught:
        list(trainer.run())
    assert caught.value.can_go_back
    with pytest.raises(NotFiniteError, match="No checkpoint was written: the last updates were not finite"):
        trainer.save()
    assert len(list_checkpoints(trainer.folder.checkpoints)) == 1
    finish(trainer)
    assert skipped(trainer) == [(2, number) for number in range(1, 1 + MOST_SKIPPED)]
    assert len(list_checkpoints(trainer.folder.checkpoints)) == 2


@pytest.mark.parametrize("part", ["weights", "optimizers"])
def test_that_a_checkpoint_that_is_not_finite_is_never_written(world: ToyWorld, tmp_path: Path, part: str) -> None:
    trainer = toy_trainer(tmp_path)
    run_until(trainer, 2)
    trainer.save()
    run_until(trainer, 3)
    weight = trainer.agent.actor.hout.weight
    with torch.no_grad():
        broken = weight if part == "weights" else trainer.updating.learner.optimizers["actor"].state[weight]["exp_avg"]
        broken[0, 0] = math.inf
    with pytest.raises(NotFiniteError, match=r"No checkpoint was written: .* is not finite"):
        trainer.save()
    trainer.close()
    assert [path.name for path in list_checkpoints(trainer.folder.checkpoints)] == ["000000-step-21-update-2"]


def test_that_full_memory_names_the_settings_to_lower_and_training_continues_to_the_same_numbers(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = finish(toy_trainer(tmp_path / "straight"))
    trainer = toy_trainer(tmp_path / "full")
    run_until(trainer, 3)
    with monkeypatch.context() as patch:
        patch.setattr(Learner, "gradients", lambda *_: torch.empty(2**50))  # the allocator's own error
        with pytest.raises(
            MemoryFullError, match=r"memory of cpu is full \(tried to allocate 4503599627370496 bytes\)"
        ) as caught:
            list(trainer.run())
    for words in ("batch_size=3", "batch_length=5", "horizon=3", "--set batch_size=1"):
        assert words in str(caught.value)
    assert caught.value.__context__ is None  # it would keep the update's tensors alive
    assert comparable(finish(trainer).log.rows) == comparable(straight.log.rows)
