"""Numbers with their intervals, and the verdicts that follow."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from dreamer_studio.trust.gauge import mean_of_sums
from dreamer_studio.trust.measured import (
    DECIBELS,
    FEWEST_EPISODES,
    RATIO,
    SKILL,
    TWO_PLACES,
    Judge,
    Measured,
    above,
    measure,
    measure_difference,
    near_one,
    sums_by_episode,
)

CASES: list[tuple[str, Judge, float, float, str]] = [
    ("the image is redrawn well", SKILL, 0.82, 0.86, "holds"),
    ("the image is redrawn somewhat better than the mean", SKILL, 0.01, 0.30, "holds"),
    ("the image is redrawn a trace better than the mean", SKILL, 0.01, 0.02, "cannot tell"),
    ("the image is as bad as the mean", SKILL, -0.05, 0.05, "fails"),
    ("the image is worse than the mean", SKILL, -9.1, -7.4, "fails"),
    ("a skill from bad to good", SKILL, -0.4, 0.6, "cannot tell"),
    ("a skill that just touches its null", SKILL, 0.0, 0.6, "cannot tell"),
    ("a dream 3 dB better than the last frame", DECIBELS, 2.1, 4.0, "holds"),
    ("a dream as good as the last frame", DECIBELS, -0.3, 0.4, "fails"),
    ("a dream worse than the last frame", DECIBELS, -15.0, -7.0, "fails"),
    ("a dream between worse and much better", DECIBELS, -1.0, 3.0, "cannot tell"),
    ("actions obeyed", RATIO, 2.3, 4.0, "holds"),
    ("actions ignored", RATIO, 1.0, 1.0, "fails"),
    ("actions followed backwards", RATIO, 0.4, 0.7, "fails"),
    ("actions perhaps obeyed", RATIO, 0.9, 1.8, "cannot tell"),
    ("random weights react to actions", RATIO, 1.0002, 1.0004, "cannot tell"),
    ("dreams promise what the task gives", near_one, 0.95, 1.08, "holds"),
    ("dreams promise a little more, surely", near_one, 1.02, 1.10, "holds"),
    ("dreams promise 1.4 times as much", near_one, 1.1, 1.7, "fails"),
    ("dreams promise half", near_one, 0.4, 0.6, "fails"),
    ("dreams promise perhaps double", near_one, 0.7, 2.0, "cannot tell"),
    ("the policy earns more than chance", above(0.0), 3.0, 90.0, "holds"),
    ("the policy earns less than chance", above(0.0), -90.0, -3.0, "fails"),
]


@pytest.mark.parametrize(("case", "judge", "low", "high", "verdict"), CASES, ids=[case[0] for case in CASES])
def test_that_a_case_made_by_hand_gets_its_verdict(
    case: str, judge: Judge, low: float, high: float, verdict: str
) -> None:
    assert judge(low, high) == verdict, case


def with_ones(numbers: list[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.stack([np.array(numbers), np.ones(len(numbers))], -1)


def test_that_the_interval_of_four_episodes_is_within_their_range() -> None:
    found = measure(with_ones([1.0, 2.0, 3.0, 6.0]), mean_of_sums, above(0.0))
    assert found.value == 3
    assert 1 <= found.low < 3 < found.high <= 6
    assert (found.n, found.verdict) == (4, "holds")


def test_that_equal_episodes_leave_no_interval() -> None:
    found = measure(with_ones([2.0] * 5), mean_of_sums, above(0.0))
    assert (found.low, found.high) == (2, 2)


def test_that_too_few_episodes_give_a_value_without_an_interval() -> None:
    found = measure(with_ones([5.0] * (FEWEST_EPISODES - 1)), mean_of_sums, above(0.0))
    assert found.value == 5
    assert math.isnan(found.low) and found.verdict == "cannot tell"
    assert found.as_dict() == {"value": 5.0, "low": None, "high": None, "n": 3, "verdict": "cannot tell"}


def test_that_the_interval_covers_the_mean_in_most_of_many_samples() -> None:
    rng = np.random.default_rng(0)
    found = [measure(with_ones(list(rng.normal(1, 1, 20))), mean_of_sums, above(0.0)) for _ in range(200)]
    covered = np.mean([one.low <= 1 <= one.high for one in found])
    assert 0.87 <= covered <= 0.99


def test_that_more_episodes_give_a_narrower_interval() -> None:
    rng = np.random.default_rng(0)
    few, many = (measure(with_ones(list(rng.normal(size=n))), mean_of_sums, above(0.0)) for n in (8, 200))
    assert many.high - many.low < (few.high - few.low) / 2


def test_that_sums_keep_episodes_apart() -> None:
    episode = np.array([7, 3, 7, 3, 3])
    values = np.arange(5.0)[:, None]
    assert sums_by_episode(episode, values).tolist() == [[1.0 + 3 + 4], [0.0 + 2]]


def test_that_a_difference_needs_enough_episodes_of_both_kinds() -> None:
    many, few = np.array([5.0, 6, 7, 8]), np.array([1.0, 2, 3])
    assert measure_difference(many, few, above(0.0)).verdict == "cannot tell"
    found = measure_difference(many, np.array([1.0, 2, 3, 2]), above(0.0))
    assert (found.value, found.n, found.verdict) == (4.5, 8, "holds")


def test_that_a_number_has_its_interval_if_it_is_known_and_never_an_exponent_if_it_is_large() -> None:
    assert Measured(1.041, 0.98, 1.1, 8, "holds").as_text() == "1.04 (0.98 to 1.1)"
    assert Measured(-1240, -1600.4, -900, 8, "fails").as_text() == "-1,240 (-1,600 to -900)"
    assert Measured(1240, math.nan, math.nan, 3, "cannot tell").as_text() == "1,240"
    assert Measured(math.nan, math.nan, math.nan, 0, "cannot tell").as_text() == "not known"


def test_that_two_places_hold_for_a_number_and_for_both_ends() -> None:
    known = Measured(1.043, 0.976, 1.12, 4, "holds")
    assert known.as_text(TWO_PLACES) == "1.04 (0.98 to 1.12)"
    assert replace(known, low=math.nan).as_text(TWO_PLACES) == "1.04"
