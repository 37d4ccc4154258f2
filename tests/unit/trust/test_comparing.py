"""Two models on the same episodes: better, worse, or cannot tell."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from dreamer_studio.trust.comparing import OWN, SHARED, Difference, compare, spearman
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.judging import judge
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.measured import UNKNOWN, Measured
from tests.support.ring_world import RING_CONFIG, RingModel, ring_episodes
from tests.support.small_runs import CPU


@functools.cache
def judged(*faults: tuple[str, float]) -> Judgment:
    model = RingModel(**dict(faults))  # type: ignore[arg-type]
    return judge(model, ring_episodes(), RING_CONFIG, CPU)


def difference(name: str, first: dict[str, float], second: dict[str, float]) -> Difference:
    one, other = (judged(*faults.items()).gauges[name] for faults in (first, second))
    return compare(name, {**SHARED, **OWN}[name], one, other)


def errors(numbers: list[float], first: int = 0) -> Gauge:
    episode = np.arange(first, first + len(numbers), dtype=np.float64)
    return Gauge(UNKNOWN, by_episode={"episode": episode, "error": np.array(numbers)})


@pytest.mark.parametrize(
    ("name", "worse"),
    [
        ("rollout", {"obeys": False}),
        ("actions", {"obeys": False}),
        ("reward", {"reward_factor": 0}),
        ("gap", {"reward_factor": 2}),
        ("gap", {"reward_factor": 0.5}),
        ("value", {"value_factor": 3}),
    ],
)
def test_that_the_oracle_is_better_than_a_model_with_a_fault(name: str, worse: dict[str, float]) -> None:
    assert difference(name, {}, worse).outcome == "better"
    assert difference(name, worse, {}).outcome == "worse"


@pytest.mark.parametrize("name", [*SHARED, *OWN])
def test_that_a_model_is_no_better_than_itself(name: str) -> None:
    found = difference(name, {}, {})
    assert (found.outcome, found.measured.value) == ("cannot tell", 0)


def test_that_episodes_are_resampled_in_pairs() -> None:
    second = [1.0, 10.0, 100.0, 1000.0]  # episodes differ far more than the models
    found = compare("picture", SHARED["picture"], errors([number / 2 for number in second]), errors(second))
    assert found.measured.low == pytest.approx(found.measured.high) == pytest.approx(3.0103, abs=1e-4)
    assert found.as_text() == "better by 3.01 dB (3.01 to 3.01)"


def test_that_only_episodes_of_both_are_compared() -> None:
    found = compare("picture", SHARED["picture"], errors([1.0] * 6), errors([1.0] * 6, first=4))
    assert (found.measured.n, found.outcome) == (2, "cannot tell")
    assert found.as_text() == "cannot tell (2 paired episodes)"


def test_that_a_worse_model_is_told_with_positive_numbers_and_an_open_case_with_signs() -> None:
    worse = Difference("picture", Measured(-0.8, -1.2, -0.3, 8, "cannot tell"), "dB")
    unsure = Difference("picture", Measured(0.2, -0.3, 0.7, 8, "cannot tell"), "dB")
    assert worse.as_text() == "worse by 0.8 dB (0.3 to 1.2)"
    assert unsure.as_text() == "cannot tell: +0.2 dB (-0.3 to +0.7)"


def test_that_an_unmeasured_gauge_cannot_tell() -> None:
    assert compare("gap", OWN["gap"], Gauge(UNKNOWN), Gauge(UNKNOWN)).outcome == "cannot tell"


def test_that_spearman_reads_ranks_and_counts_what_is_known() -> None:
    found = spearman(np.array([1.0, 2, 3, 4, np.nan]), np.array([1.0, 10, 100, 1000, 5]))
    assert found.n == 4
    assert found.value == pytest.approx(1)
    tied = spearman(np.array([1.0, 2, 2, 3]), np.array([4.0, 3, 2, 1]))
    assert tied.value == pytest.approx(-0.9487, abs=1e-4)
    assert np.isnan(spearman(np.ones(5), np.arange(5.0)).value)
    assert np.isnan(spearman(np.arange(3.0), np.arange(3.0)).value)
