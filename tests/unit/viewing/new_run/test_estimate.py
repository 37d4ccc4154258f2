"""Estimates say what was measured, and for which task."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from dreamer_studio.envs import build_config
from dreamer_studio.viewing.new_run.estimate import basis, duration, estimate, kept_checkpoints
from dreamer_studio.viewing.new_run.measurements import Measurements
from tests.support.new_runs import MEASURED, TASK

CONFIG = build_config(TASK, "laptop")


def test_that_an_estimate_adds_up_time_memory_and_disk() -> None:
    found = estimate(CONFIG, MEASURED)
    updates = CONFIG.pretrain + (CONFIG.steps - CONFIG.prefill) * CONFIG.train_steps / CONFIG.train_every
    assert found.seconds == pytest.approx(0.01 * CONFIG.steps + 0.1 * updates, rel=0.01)
    assert found.memory_bytes == MEASURED.memory_bytes + CONFIG.replay_ram_mb * 2**20
    rows = 1000.0 * CONFIG.steps
    assert found.disk_bytes == rows + kept_checkpoints(CONFIG, found.seconds) * MEASURED.checkpoint_bytes


def test_that_an_estimate_counts_only_the_checkpoints_that_are_kept() -> None:
    without = dataclasses.replace(CONFIG, checkpoint_tests=False, keep_newest=3, keep_each=10)
    assert kept_checkpoints(without, 100 * without.checkpoint_every) == 3 + 10
    assert kept_checkpoints(dataclasses.replace(without, keep_each=0), 100 * without.checkpoint_every) == 3
    assert kept_checkpoints(without, 1.0) == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (30, "30 s"),
        (59, "1 min"),
        (90, "1.5 min"),
        (3600, "1 hour"),
        (36_000, "10 hours"),
        (90_000, "1 day"),
    ],
)
def test_that_durations_are_written_in_the_largest_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_that_a_measurement_is_found_again_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "measurements.json"
    assert Measurements(path).find(CONFIG) is None
    Measurements(path).keep(CONFIG, MEASURED)
    found = Measurements(path).find(dataclasses.replace(CONFIG, steps=5, model_lr=0.5, seed=3))
    assert found == MEASURED
    assert Measurements(path).find(dataclasses.replace(CONFIG, batch_size=5)) is None


def test_that_another_tasks_measurement_says_so(tmp_path: Path) -> None:
    measurements = Measurements(None)
    measurements.keep(CONFIG, MEASURED)
    other = build_config("gym:Pendulum-v1", "laptop")
    found = measurements.find(other)
    assert found == MEASURED
    assert TASK in basis(other.task, MEASURED)
    assert TASK not in basis(TASK, MEASURED)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '[{"key": 3}]', '[{"key": {}, "measured": {"task": 1}}]', "[" * 9999]
)
def test_that_a_damaged_file_counts_as_no_measurement(content: str, tmp_path: Path) -> None:
    path = tmp_path / "measurements.json"
    path.write_text(content)
    measurements = Measurements(path)
    assert measurements.find(CONFIG) is None
    measurements.keep(CONFIG, MEASURED)
    assert Measurements(path).find(CONFIG) == MEASURED
