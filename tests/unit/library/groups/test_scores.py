"""Averages, profiles and improvements of made scores, by hand and against scipy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from dreamer_studio.arrays import Floats
from dreamer_studio.library.groups.comparing import improvement, profile
from dreamer_studio.library.groups.scores import Average, Banded, band, iqm, mean

RNG = np.random.default_rng(7)


def ends(found: Banded) -> list[list[float]]:
    assert found.low is not None
    assert found.high is not None
    return [list(found.low), list(found.high)]


def test_that_the_interquartile_mean_is_the_mean_of_the_middle_half() -> None:
    assert iqm([np.array([8.0, 1, 2, 7, 3, 6, 4, 5])]) == pytest.approx(4.5)  # of 3, 4, 5, 6
    assert iqm([np.array([1.0, 2, 6])]) == 3.0  # a quarter of three, rounded down, is none
    for count in range(1, 14):
        scores = RNG.normal(size=count)
        assert iqm([scores[:1], scores[1:]]) == pytest.approx(stats.trim_mean(scores, 0.25))


def test_that_the_mean_gives_each_task_the_same_weight() -> None:
    assert mean([np.array([0.0, 2.0]), np.array([10.0])]) == 5.5


def test_that_a_bootstrap_draws_the_runs_of_each_task_on_their_own() -> None:
    tasks = [np.full((3, 1), 0.0), np.full((3, 1), 10.0)]
    found = band(tasks, mean)
    assert (list(found.value), ends(found), found.runs) == ([5.0], [[5.0], [5.0]], 6)


def test_that_two_runs_give_the_interval_from_the_lower_to_the_higher() -> None:
    found = band([np.array([[0.0], [1.0]])], mean)  # a quarter of all resamples draws the same run twice
    assert (list(found.value), ends(found)) == ([0.5], [[0.0], [1.0]])


@pytest.mark.parametrize(("average", "of"), [(iqm, lambda x, axis: stats.trim_mean(x, 0.25, axis)), (mean, np.mean)])
def test_that_an_interval_is_that_of_scipy(average: Average, of: Callable[..., Floats]) -> None:
    scores = RNG.normal(500, 100, size=(9, 2))
    found = band([scores], average)
    for point in range(2):
        theirs = stats.bootstrap((scores[:, point],), of, n_resamples=20_000, method="percentile", rng=0)
        low, high = theirs.confidence_interval
        assert found.value[point] == pytest.approx(of(scores[:, point], axis=0))
        ours = [end[point] for end in ends(found)]
        assert ours == pytest.approx([low, high], abs=0.05 * (high - low))


def test_that_the_same_scores_give_the_same_interval() -> None:
    scores = [RNG.normal(size=(5, 3))]
    first, again = band(scores, iqm), band(scores, iqm)
    assert ends(first) == ends(again)


def test_that_a_single_run_has_a_value_and_no_interval() -> None:
    alone = band([np.array([[3.0, 4.0]])], iqm)
    assert (list(alone.value), alone.low, alone.high, alone.runs) == ([3.0, 4.0], None, None, 1)
    assert profile([np.array([3.0])], np.array([1.0])).low is None
    assert improvement([np.array([3.0])], [np.array([1.0, 2.0])]).low is None


def test_that_a_profile_counts_the_runs_above_each_threshold() -> None:
    found = profile([np.array([1.0, 2.0]), np.array([2.0, 4.0])], np.array([0.0, 2.0, 3.0, 4.0]))
    assert list(found.value) == [1.0, 0.25, 0.25, 0.0]
    low, high = ends(found)
    assert (low[0], high[0]) == (1.0, 1.0)
    assert (low[2], high[2]) == (0.0, 0.5)  # the run with 4 is drawn never, once or twice


def test_that_a_tie_is_half_an_improvement() -> None:
    found = improvement([np.array([1.0, 3.0])], [np.array([2.0, 3.0])])
    assert (found.wins, found.pairs, found.value) == (1.5, 4, 0.375)


def test_that_an_improvement_is_the_mann_whitney_u_over_all_pairs() -> None:
    for _ in range(5):
        first, second = RNG.integers(0, 6, 7).astype(float), RNG.integers(1, 7, 5).astype(float)
        found = improvement([first], [second])
        assert found.wins == stats.mannwhitneyu(first, second).statistic
        theirs = stats.bootstrap(
            (first, second),
            lambda x, y, axis: stats.mannwhitneyu(x, y, axis=axis, method="asymptotic").statistic / 35,
            n_resamples=20_000,
            method="percentile",
            rng=0,
        )
        assert [found.low, found.high] == pytest.approx(list(theirs.confidence_interval), abs=0.03)


def test_that_an_improvement_over_tasks_is_the_mean_over_the_tasks() -> None:
    better, worse = np.array([2.0, 3.0]), np.array([0.0, 1.0])
    found = improvement([better, worse], [worse, better])
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)
    assert (found.runs, found.other_runs, found.pairs) == (4, 4, 8)
