"""Estimates say what was measured, and for which task."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from dreamer_studio.envs import build_config
from dreamer_studio.viewing.new_run.estimate import basis, estimate, kept_checkpoints
from dreamer_studio.viewing.new_run.measurements import Measurements
from tests.support.new_runs import MEASURED, TASK

CONFIG = build_config(TASK, "laptop")


def test_that_an_estimate_adds_up_time_memory_and_disk() -> None:
    found = estimate(CONFIG, MEASURED)
    updates = CONFIG.pretrain + (CONFIG.steps - CONFIG.prefill) * CONFIG.train_steps / CONFIG.train_every
    assert found.fastest_s == pytest.approx(0.01 * CONFIG.steps + 0.1 * updates, rel=0.01)
    assert found.slowest_s == pytest.approx(0.01 * CONFIG.steps + 0.2 * updates, rel=0.01)
    assert found.memory_bytes == MEASURED.memory_bytes + CONFIG.replay_ram_mb * 2**20
    rows = 1000.0 * CONFIG.steps
    assert found.disk_bytes == rows + kept_checkpoints(CONFIG, found.slowest_s) * MEASURED.checkpoint_bytes


def test_that_an_estimate_counts_only_the_checkpoints_that_are_kept() -> None:
    without = dataclasses.replace(CONFIG, checkpoint_tests=False, keep_newest=3, keep_each=10, eval_every=0)
    assert kept_checkpoints(without, 100 * without.checkpoint_every) == 3 + 10
    assert kept_checkpoints(dataclasses.replace(without, keep_each=0), 100 * without.checkpoint_every) == 3
    assert kept_checkpoints(without, 1.0) == 1
    tested = dataclasses.replace(without, eval_every=5000)
    assert kept_checkpoints(tested, 100 * without.checkpoint_every) == 3 + 10 + 1  # the best
    assert kept_checkpoints(tested, 1.0) == 1


def test_that_an_estimate_is_a_range_or_a_lower_bound() -> None:
    run = dataclasses.replace(CONFIG, steps=100_000, prefill=5000, train_steps=100, train_every=1000, pretrain=0)
    assert estimate(run, MEASURED).words.startswith("32 to 48 min, memory ")
    alike = dataclasses.replace(MEASURED, slowest_s=0.1)
    assert estimate(run, alike).words.startswith("about 32 min, memory ")
    given_up = dataclasses.replace(MEASURED, updates=0, fastest_s=70.0, slowest_s=70.0)
    words = estimate(run, given_up).words
    assert words.startswith("more than ") and " of memory and " in words
    assert "gave up" in basis(TASK, given_up) and "more than 70 s, 10 ms an action" in basis(TASK, given_up)
    assert "5 updates on this machine (cpu): 100 to 200 ms each" in basis(TASK, MEASURED)


def test_that_a_measurement_of_another_device_is_not_taken() -> None:
    measurements = Measurements(None)
    measurements.keep(CONFIG, "cuda", MEASURED)
    assert measurements.find(CONFIG, "cpu") is None
    assert measurements.find(CONFIG, "cuda") == MEASURED


def test_that_a_measurement_is_found_again_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "measurements.json"
    assert Measurements(path).find(CONFIG, "auto") is None
    Measurements(path).keep(CONFIG, "auto", MEASURED)
    found = Measurements(path).find(dataclasses.replace(CONFIG, steps=5, model_lr=0.5, seed=3), "auto")
    assert found == MEASURED
    assert Measurements(path).find(dataclasses.replace(CONFIG, batch_size=5), "auto") is None


def test_that_another_tasks_measurement_says_so(tmp_path: Path) -> None:
    measurements = Measurements(None)
    measurements.keep(CONFIG, "auto", MEASURED)
    other = build_config("gym:Pendulum-v1", "laptop")
    assert measurements.find(other, "auto") == MEASURED
    assert measurements.find(other, "auto", exact=True) is None
    assert TASK in basis(other.task, MEASURED)
    assert TASK not in basis(TASK, MEASURED)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '[{"key": 3}]', '[{"key": {}, "measured": {"task": 1}}]', "[" * 9999]
)
def test_that_a_damaged_file_counts_as_no_measurement(content: str, tmp_path: Path) -> None:
    path = tmp_path / "measurements.json"
    path.write_text(content)
    measurements = Measurements(path)
    assert measurements.find(CONFIG, "auto") is None
    measurements.keep(CONFIG, "auto", MEASURED)
    assert Measurements(path).find(CONFIG, "auto") == MEASURED
