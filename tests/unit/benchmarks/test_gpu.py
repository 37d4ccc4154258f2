"""The measurement for GPUs, tried on the CPU."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch

from benchmarks.gpu import __main__ as command
from benchmarks.gpu import acting, learning, reference, resuming
from benchmarks.gpu.order import Order
from benchmarks.gpu.updates import update_part
from tests.support.environment_processes import no_process_left  # noqa: F401  (a fixture that watches over this file)

ARGUMENTS = ["--device", "cpu", "--preset", "tiny", "--task", "gym:CartPole-v1"]


@pytest.fixture
def order(tmp_path: Path) -> Order:
    return Order("cpu", "tiny", "gym:CartPole-v1", 2.0, tmp_path / "results.json")


def test_that_the_authors_numbers_are_compared_with_those_of_the_device(order: Order) -> None:
    found = reference.measure(order)
    assert found["within_tolerance"] and len(found["files"]) == 3
    assert all(0 < file["values"] < 1e-5 and 0 < file["gradients"] < 1e-4 for file in found["files"].values())


def test_that_another_number_is_not_within_tolerance(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reference.TOLERANCES, "cpu", (1e-5, 1e-9))
    assert not reference.measure(order)["within_tolerance"]


def test_that_equal_agents_stay_equal_on_the_same_device(order: Order) -> None:
    apart = learning.same_data(order)["relative_difference_after_update"]
    assert apart["1"] == dict.fromkeys(learning.LOSSES, 0.0)
    assert json.loads(order.out.read_text())["relative_difference_after_update"]["1"] == apart["1"]


def test_that_a_run_is_carried_from_device_to_device(tmp_path: Path) -> None:
    found = resuming.measure(Order("cpu", "tiny", "gym:CartPole-v1", 60.0, tmp_path / "results.json"))
    assert found["fine"]
    assert [leg["same_weights"] for leg in found["legs"]] == [None, True, True]


def test_that_an_update_and_an_agent_step_have_times(order: Order) -> None:
    update = update_part("float32", compiled=False)(order)
    assert update["update_s"] > 0 and update["waits"] is None  # only a GPU is waited for
    assert acting.measure(order)["ms"]["step"]["median"] > 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="the parts would not fail")
def test_that_a_part_that_fails_is_reported_with_its_words_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["gpu", "--minutes", "2", "--only", "data", "acting"])
    assert command.main() == 1
    parts = json.loads(capsys.readouterr().out)["parts"]
    assert [part["outcome"] for part in parts.values()] == ["failed", "failed"]
    assert all("device 'cuda' is not available" in part["said"] for part in parts.values())


def test_that_a_part_has_results_and_is_ended_when_its_time_is_over() -> None:
    found = command.measure("data", ARGUMENTS, 60.0)
    assert found["outcome"] == "done" and found["results"]["draw_ms"] > 0
    found = command.measure("data", ARGUMENTS, 0.2)
    assert found["outcome"] == "ended, its time ran out" and found["results"] == {}
