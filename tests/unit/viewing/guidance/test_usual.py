"""The table of our own runs, and which of them a run is compared with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.learning import usual as script
from dreamer_studio.config import Config
from dreamer_studio.envs import build_config
from dreamer_studio.session import Place
from dreamer_studio.viewing.guidance.recent_loss import RecentLoss
from dreamer_studio.viewing.guidance.usual import all_usual_runs, runs_like, usual_image_loss, usual_test

WALKER = build_config("dmc:walker-walk", "laptop", {})


def test_that_the_packaged_table_is_made_from_the_results() -> None:
    made = [script.usual_run(name, result) for name, result in script.read_results().items()]
    assert json.loads(script.TABLE.read_text(encoding="utf-8")) == json.loads(json.dumps(made))


def test_that_a_run_is_compared_with_runs_of_its_task_and_settings_only() -> None:
    assert [run.name for run in runs_like(WALKER)] == ["walker-walk-seed-1", "walker-walk"]
    assert [run.name for run in runs_like(replace(WALKER, seed=7, steps=10**6, precision="float32"))] != []
    assert runs_like(build_config("dmc:walker-walk", "laptop-v1")) == runs_like(WALKER)  # the same values
    other = (
        replace(WALKER, task="dmc:walker-run"),
        replace(WALKER, free_nats=3.0),
        replace(WALKER, action_repeat=4),
        build_config("dmc:walker-walk", "tiny", {}),
    )
    for config in other:
        assert runs_like(config) == ()


def test_that_values_between_the_points_are_interpolated_and_none_is_invented_beyond_them() -> None:
    runs = runs_like(WALKER)
    ((first, at_first), (second, at_second)) = runs[0].image_loss[:2]
    between = usual_image_loss(runs[:1], (first + second) // 2)
    assert between is not None
    assert between.low == between.high == pytest.approx((at_first + at_second) / 2, rel=0.01)
    assert usual_image_loss(runs, first - 1) is None
    assert usual_image_loss(runs, 10**6) is None
    assert usual_test(runs, 1_000) is None
    both = usual_test(runs, 5_100)
    assert both is not None
    assert (both.low, both.high, both.runs) == (23.9, 83.3, 2)


def test_that_every_usual_run_can_be_read_with_todays_settings() -> None:
    names = set(Config.__dataclass_fields__)
    for run in all_usual_runs():
        assert set(run.settings) <= names, run.name
        assert run.image_loss[0][0] < run.image_loss[-1][0]


def test_that_an_installation_without_the_table_compares_with_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: str) -> Path:
        raise FileNotFoundError

    monkeypatch.setattr("dreamer_studio.viewing.guidance.usual.asset_path", missing)
    all_usual_runs.cache_clear()
    try:
        assert runs_like(WALKER) == ()
    finally:
        all_usual_runs.cache_clear()


def test_that_the_recent_loss_is_a_mean_and_begins_again_when_the_training_goes_back() -> None:
    log = [({"kind": "train", "return": 3.0}, {"image_loss": 4.0}, {"image_loss": 8.0}), ({"image_loss": 2.0},)]
    places = iter([Place(1, 3), Place(2, 1)])
    loss = RecentLoss(lambda _: (list(log.pop(0)), next(places)))
    assert loss.read() == 6.0
    assert loss.read() == 2.0
    assert RecentLoss(lambda place: ([], place)).read() is None
