import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamer_studio.studio.widgets.plots.series import as_series, finite_range, nice_range, si_label, value_near
from dreamer_studio.studio.widgets.plots.training.series_history import MOST, NEWEST, History, RunningAverage

finite = st.floats(-1e9, 1e9)


@given(finite, finite)
def test_that_nice_limits_contain_the_data_and_are_not_much_wider(one: float, other: float) -> None:
    low, high = sorted((one, other))
    bottom, top = nice_range(low, high)
    rounding = 1e-12 * (top - bottom)
    assert bottom <= low + rounding
    assert high <= top + rounding
    assert bottom < top
    if high - low > 1e-6 * max(abs(low), abs(high), 1e-6):
        assert top - bottom <= 3 * (high - low)


def test_that_limits_stay_while_the_data_move_a_little() -> None:
    assert nice_range(0.03, 0.91) == nice_range(0.01, 0.97) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("value", "label"),
    [(0, "0"), (0.25, "0.25"), (999, "999"), (50_000, "50k"), (83_410, "83.41k"), (-1_500_000, "-1.5M")],
)
def test_that_large_numbers_are_abbreviated_with_k_and_m(value: float, label: str) -> None:
    assert si_label(value) == label


def test_that_the_nearest_sample_is_read_and_gaps_are_not() -> None:
    x, y = as_series([0, 1, 2, 10], [5, math.nan, 7, 8])
    assert value_near(x, y, 0.2, 1) == 5
    assert value_near(x, y, 1.1, 1) is None
    assert value_near(x, y, 1.6, 1) == 7
    assert value_near(x, y, 5.0, 1) is None
    assert value_near(x, y, 99.0, 90) == 8
    assert value_near(x[:0], y[:0], 0.0, 1) is None


def test_that_ranges_ignore_values_that_are_not_finite() -> None:
    assert finite_range(np.array([math.nan, 2.0, math.inf]), np.array([-1.0])) == (-1.0, 2.0)
    assert finite_range(np.array([math.nan])) is None


def test_that_series_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        as_series([1, 2], [1])


def test_that_the_average_starts_at_the_first_value_and_forgets_by_its_span() -> None:
    averages = RunningAverage(3).extend(np.array([4.0, 0.0, 0.0]))
    # decay 1/2: weights 1, then 1/3 and 2/3, then 1/7, 2/7 and 4/7
    np.testing.assert_allclose(averages, [4, 4 / 3, 4 / 7])


def test_that_a_nan_does_not_spoil_the_average() -> None:
    averages = RunningAverage(3).extend(np.array([math.nan, 2.0, math.nan, 2.0]))
    np.testing.assert_allclose(averages, [math.nan, 2, 2, 2])


def test_that_a_history_extended_in_pieces_equals_one_extended_at_once() -> None:
    x = np.arange(3000.0)
    y = np.random.default_rng(0).normal(size=3000)
    pieces, once = History(20), History(20)
    once.extend(x, y)
    for start in range(0, 3000, 7):
        pieces.extend(x[start : start + 7], y[start : start + 7])
    np.testing.assert_array_equal(pieces.x, once.x)
    np.testing.assert_array_equal(pieces.y, y)
    np.testing.assert_allclose(pieces.smoothed, once.smoothed)


def test_that_a_history_is_bounded_and_keeps_its_range_its_extremes_and_its_newest_points() -> None:
    x = np.arange(200_000.0)
    y = np.random.default_rng(0).normal(size=len(x))
    y[[3, 150_000]] = 40, -30
    y[50_000:50_100] = math.nan
    history, whole = History(20), RunningAverage(20).extend(y)
    for start in range(0, len(x), 500):
        history.extend(x[start : start + 500], y[start : start + 500])
        assert len(history) <= MOST
    assert history.x[0] < 200
    assert (float(np.nanmax(history.y)), float(np.nanmin(history.y))) == (40, -30)
    np.testing.assert_array_equal(history.x[-NEWEST:], x[-NEWEST:])
    np.testing.assert_array_equal(history.smoothed, whole[history.x.astype(int)])
    counts, _ = np.histogram(history.x[history.x < len(x) - MOST], 20)
    assert counts.min() > 0.3 * counts.max()


def test_that_a_long_history_of_nans_keeps_its_newest_points() -> None:
    history = History(20)
    history.extend(np.arange(MOST + 1.0), np.full(MOST + 1, math.nan))
    assert len(history) == NEWEST


def test_that_a_history_smoothed_again_has_the_average_of_one_that_was_smoothed_so_from_the_start() -> None:
    x, y = np.arange(500.0), np.sin(np.arange(500.0))
    histories = [History(5), History(50)]
    for history in histories:
        history.extend(x, y)
    histories[0].smooth(50)
    assert histories[0].smoothed.tolist() == histories[1].smoothed.tolist()
    for history in histories:
        history.extend(x + 500, y)
    assert histories[0].smoothed.tolist() == histories[1].smoothed.tolist()
    for history in histories:
        history.extend(np.arange(1000.0, 1000 + MOST), np.ones(MOST))
    with pytest.raises(ValueError, match="thinned"):
        histories[0].smooth(5)
    histories[0].clear()
    assert not histories[0].thinned
