"""`dreamer-studio bench`, on a real task."""

from __future__ import annotations

import json
from typing import get_args

import pytest
import torch

from dreamer_studio.bench import bench
from dreamer_studio.cli import main
from dreamer_studio.dreamer.learner import Phase
from dreamer_studio.envs import build_config

KEYS = {"update_s", "update_phases", "first_update_s", "env_steps_per_s", "render_ms", "dream_fps", "matmul_gflops"}
KEYS |= {"floor_ratio", "precision", "preset", "run_hours", "operations"}
KEYS |= {"updates", "fastest_update_s", "slowest_update_s", "memory_bytes", "checkpoint_bytes", "row_bytes"}


def test_that_bench_reports_figures_that_fit_together(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--task", "gym:CartPole-v1", "--preset", "tiny", "--set", "precision=float32", "--updates", "3"]
    assert main(["bench", *arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report) >= KEYS
    assert (report["preset"], report["precision"]) == ("tiny", "float32")
    assert set(report["update_phases"]) == {"noise", *get_args(Phase)}
    assert report["update_s"] == pytest.approx(sum(report["update_phases"].values()), rel=0.01)
    assert 0 < report["fastest_update_s"] <= report["slowest_update_s"]
    assert report["updates"] == 3
    floor = report["operations"] / (report["matmul_gflops"]["float32"] * 1e9)
    assert report["floor_ratio"] == pytest.approx(report["update_s"] / floor, rel=0.01)
    times = ("update_s", "first_update_s", "env_steps_per_s", "render_ms", "dream_fps", "run_hours")
    sizes = ("memory_bytes", "checkpoint_bytes", "row_bytes")
    assert min(report[name] for name in (*times, *sizes)) > 0


def test_that_unknown_settings_are_refused_before_anything_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--preset", "tiny", "--set", "horizn=3"]) == 2
    assert "horizon" in capsys.readouterr().err


def test_that_an_update_that_takes_too_long_leaves_a_lower_bound() -> None:
    report = bench(build_config("gym:CartPole-v1", "tiny", {"precision": "float32"}), torch.device("cpu"), patience=0.0)
    assert (report.updates, report.slowest_update_s, report.update_phases) == (0, None, {})
    rate = report.matmul_gflops["float32"]
    assert rate is not None
    assert report.update_s == report.fastest_update_s == pytest.approx(report.operations / (1e9 * rate))
    assert "more than" in report.as_text()
