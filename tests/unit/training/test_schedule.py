"""When updates and tests are due, and how speed is measured."""

from __future__ import annotations

import itertools

import pytest

from dreamer_studio.envs import build_config
from dreamer_studio.training import schedule as schedules
from dreamer_studio.training.pace import SpeedMeter
from dreamer_studio.training.schedule import UpdateSchedule


def author(steps: int) -> int:
    """Return the number of updates that the author's loop has made after these simulator steps."""
    done, last = 100, 0
    for step in range(1, steps + 1):
        if step >= last + 1000:
            done, last = done + 100, last + 1000
    return done


@pytest.mark.parametrize("steps", [0, 999, 1000, 1001, 12_345])
def test_that_update_blocks_match_the_authors_loop(steps: int) -> None:
    assert UpdateSchedule.of(build_config("dmc:walker-walk", "paper")).due(steps) == author(steps)


def test_that_spread_updates_keep_the_authors_ratio_at_every_moment() -> None:
    schedule = UpdateSchedule(pretrain=100, every=1000, updates=100, blocks=False)
    due = [schedule.due(step) for step in range(20_001)]
    assert due[0] == 100
    assert due[-1] == author(20_000) == 2100
    assert {later - sooner for sooner, later in itertools.pairwise(due)} == {0, 1}
    assert [step for step in range(1, 31) if due[step] > due[step - 1]] == [10, 20, 30]


@pytest.mark.parametrize(
    ("every", "tested_at", "step", "due"),
    [(0, 0, 10**6, False), (100, 0, 99, False), (100, 0, 100, True), (100, 100, 199, False), (100, 180, 201, True)],
)
def test_that_a_test_is_due_every_so_many_steps(every: int, tested_at: int, step: int, due: bool) -> None:
    config = build_config("dmc:walker-walk", "tiny", {"eval_every": every})
    assert schedules.test_due(config, tested_at, step) is due


def test_that_speed_is_that_of_the_last_half_minute_without_pauses() -> None:
    now = 0.0
    meter = SpeedMeter(lambda: now)
    assert meter.per_second == 0.0
    for second in range(100):
        now = float(second)
        meter.mark(second * (1 if second < 50 else 10))
    assert meter.per_second == pytest.approx(10.0)
    now += 1000.0
    meter.restart()
    meter.mark(1000)
    now += 2.0
    meter.mark(1010)
    assert meter.per_second == pytest.approx(5.0)
