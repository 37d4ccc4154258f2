"""Checks and results of a trained run."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import imageio.v3 as iio
import pytest
import torch

from benchmarks.learning import checks, results
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
