"""A report becomes a kept judgment."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.runs.judgments.files import read_judgments
from dreamer_studio.trust.history.keeping import keep, kept_judgment
from dreamer_studio.trust.judging import judge
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.report import Report
from tests.support.ring_judgments import judged_ring
from tests.support.ring_world import RING_CONFIG, RingModel, play_constant
from tests.support.small_runs import CPU


@pytest.fixture(scope="module")
def oracle() -> Judgment:
    return judged_ring()


def report(judgment: Judgment) -> Report:
    return Report("gym:Ring-v0", "000001-step-80-update-40", 80, 40, 0, ("mode, seed 7",), {"torch": "2"}, judgment)


def test_that_a_run_keeps_the_numbers_the_sentence_and_how_they_were_made(tmp_path: Path, oracle: Judgment) -> None:
    assert keep(tmp_path / "trust", report(oracle), "window") == ""
    (found,) = read_judgments(tmp_path / "trust")
    assert (found.step, found.update, found.episodes, found.starts, found.training_horizon) == (80, 40, 12, 36, 15)
    assert found.sentence.startswith("Everything holds") and found.stage is None
    assert found.players == ("mode, seed 7",) and found.made_by == "window"
    assert {name: horizon.ends for name, horizon in found.horizons.items()} == {
        "image": (45, 45, 45),
        "reward": (45, 45, 45),
    }
    gap = oracle.gauges["gap"].measured
    assert found.gauges["gap"].ends == pytest.approx((gap.value, gap.low, gap.high), rel=1e-4)
    assert found.gauges["gap"].verdict == "holds"


def test_that_unknown_numbers_stay_unknown(oracle: Judgment) -> None:
    nothing = judge(RingModel(), [play_constant(seed) for seed in range(5)], RING_CONFIG, CPU)
    found = kept_judgment(report(nothing), "command", 5.0)
    assert found.horizons["image"].value is None and found.gauges["gap"].value is None
    empty = kept_judgment(report(judge(RingModel(), [], RING_CONFIG, CPU)), "command", 5.0)
    assert empty.horizons == {} and empty.time == 5.0


def test_that_a_folder_that_cannot_be_written_is_said(tmp_path: Path, oracle: Judgment) -> None:
    (tmp_path / "trust").touch()
    said = keep(tmp_path / "trust", report(oracle), "window")
    assert said.startswith("This judgment is not kept in the run: ") and said.endswith(".")
