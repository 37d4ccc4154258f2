"""Checks and results of a trained run."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import imageio.v3 as iio
import pytest
import torch

from benchmarks.learning import checks, results, try_remedies
from benchmarks.learning.tries import CHECKS, TRIES, table
from dreamer_studio.envs import build_config
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.training.opening import open_trainer
from tests.support.environment_processes import no_process_left  # noqa: F401  (a fixture that watches over this file)


@pytest.fixture(scope="module", params=["gym:Pendulum-v1", "gym:CartPole-v1"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learned") / "run"
    config = build_config(request.param, "tiny", {"steps": 300, "horizon": 4, "eval_every": 100})
    trainer = open_trainer(RunFolder(folder), config, torch.device("cpu"))
    try:
        list(trainer.run())
    finally:
        trainer.close()
    return folder


def test_that_each_check_of_a_trained_run_gives_finite_numbers(run: Path) -> None:
    found = checks.check(run)
    assert list(found) == ["task", "step", "update", "reward", "open_loop", "kl", "actor", "value", "data"]
    for name in ("open_loop", "kl", "actor", "value", "data"):
        text = json.dumps(found[name])
        assert "NaN" not in text
        assert "Infinity" not in text
    errors = found["open_loop"]
    assert set(errors) == {"true", "none", "another's", "last frame kept"}
    assert all(0 < error < 1 and math.isfinite(error) for way in errors.values() for error in way.values())
    assert set(errors["true"]) <= {str(horizon) for horizon in checks.HORIZONS}
    assert found["data"]["updates"] == found["update"] > 0


def test_that_the_results_of_a_run_are_numbers_a_figure_and_a_strip(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys, "argv", ["results", str(run), "one", "--into", str(tmp_path / "results"), "--episodes", "1"]
    )
    assert results.main() == 0
    made = json.loads((tmp_path / "results" / "one.json").read_text())
    assert made["config"] == json.loads((run / "config.json").read_text())
    log = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert made["train"] == [[row["step"], round(row["return"], 1)] for row in log if row["kind"] == "train"]
    assert [row["step"] for row in log if row["kind"] == "test"] == [step for step, _ in made["test"]]
    assert 0 < len(made["losses"]["kl"]) <= 2 * results.POINTS
    assert len(made["evaluation"]["returns"]) == 1
    assert "<svg" in (tmp_path / "results" / "one.svg").read_text()
    assert min(iio.improps(tmp_path / "results" / "one.png").shape[:2]) > 500


def test_that_a_try_trains_for_its_minutes_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    settings = {"slow_target": 0.9, "eval_every": 100, "prefill": 200, "time_limit": 100}
    one = try_remedies.make_try(tmp_path, "gym:Pendulum-v1", "slow", settings, "tiny", seed=3, threads=1)
    try_remedies.run_try(one, minutes=1e-4, episodes=1)
    first = json.loads(one.record.read_text())
    assert 0 < first["minutes"] < 0.5 and first["failure"] == "" and first["threads"] == 1
    assert first["settings"] == settings and first["updates"] == 0
    assert "--set slow_target=0.9" in first["train"] and "--set seed=3" in first["train"]
    assert first["checks"] == {"failure": "the training ended before its first update"}
    try_remedies.run_try(one, minutes=1e-4, episodes=1)
    assert json.loads(one.record.read_text()) == first  # nothing is left to do
    minutes = first["minutes"]
    while not ((second := json.loads(one.record.read_text()))["updates"] and second["tests"]):  # in several goes
        minutes += 0.03
        try_remedies.run_try(one, minutes, episodes=2)
    assert second["minutes"] >= minutes and second["processor_minutes"] > 0 and len(second["load"]) > 1
    assert second["step"] > first["step"] and second["newest"]["n"] == 2 and second["random"]["n"] >= 2
    assert second["tests"] and all(count == 1 for _, _, count in second["tests"])
    assert {*CHECKS} <= second["checks"].keys()
    shown = table([one.record])
    assert shown.splitlines()[2].startswith(f"| slow-seed-3 | gym:Pendulum-v1 | {second['minutes']:.0f} |")
    assert f"{second['newest']['mean']:.0f} +- " in shown


def test_that_the_settings_of_every_built_in_try_are_valid() -> None:
    for name, settings in TRIES.items():
        made = try_remedies.make_try(Path(), "dmc:cartpole-balance", name, settings, "laptop-v1", seed=0, threads=None)
        assert all(getattr(made.config, setting) == value for setting, value in settings.items())
