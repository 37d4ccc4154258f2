"""The remaining time: the steps and updates of the schedule, at the latest pace."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.envs import build_config
from dreamer_studio.training.pace import Pace, seconds_left
from tests.support.toy import ToyWorld, finish, run_until, toy_trainer

# 1 update per 10 environment steps and 20 at once after a prefill of 100; 2 environment steps an agent step.
SETTINGS = {"steps": 1100, "prefill": 100, "train_every": 10, "train_steps": 1, "pretrain": 20}
CONFIG = build_config("dmc:walker-walk", "tiny", SETTINGS)


@pytest.mark.parametrize(
    ("step", "update", "learning_since", "steps_left", "updates_left"),
    [
        (0, 0, None, 550, 120),
        (60, 0, None, 520, 120),
        (100, 0, 100, 500, 120),
        (600, 70, 100, 250, 50),
        (1100, 120, 100, 0, 0),
        (1200, 130, 100, 0, 0),  # the last episode went over the end
    ],
)
def test_that_the_remaining_time_counts_the_steps_and_updates_of_the_schedule(
    step: int, update: int, learning_since: int | None, steps_left: int, updates_left: int
) -> None:
    expected = steps_left * 0.5 + updates_left * 3.0
    assert seconds_left(CONFIG, step, update, learning_since, 0.5, 3.0) == pytest.approx(expected)


def test_that_a_single_hiccup_does_not_change_the_pace() -> None:
    pace = Pace()
    assert pace.seconds is None
    for seconds in (1.0, 1.1, 0.9, 60.0, 1.0):
        pace.add(seconds)
    assert pace.seconds == 1.0


def test_that_a_trainer_knows_the_remaining_time_from_its_first_update_on(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path)
    assert trainer.seconds_left is None
    events = run_until(trainer, 1)
    assert trainer.seconds_left is not None and trainer.seconds_left > 0
    for _ in events:
        pass
    assert finish(trainer).seconds_left == 0
