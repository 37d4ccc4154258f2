"""Imagined against real return over checkpoints."""

from __future__ import annotations

import numpy as np
import pytest

from dreamer_studio.parts import result_of
from dreamer_studio.trust.comparing.own_returns import OwnReturns, own_returns_of, rank_agreement
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.judging import judging
from dreamer_studio.trust.measured import UNKNOWN
from tests.support.ring_world import RING_CONFIG, RingModel, ring_episodes
from tests.support.small_runs import CPU


def checkpoint(imagined: float, real: float, spread: float = 0.0) -> OwnReturns:
    around = np.array([-spread, spread, -spread, spread])
    return OwnReturns(np.stack([2 * imagined + around, 2 * real - around, np.full(4, 2.0)], -1))


def test_that_checkpoints_whose_dreams_promise_more_and_earn_more_agree() -> None:
    found = rank_agreement([checkpoint(number, number**2) for number in range(1, 9)])
    assert found.value == pytest.approx(1)
    assert (found.n, found.verdict) == (8, "holds")
    assert found.low > 0.9
    turned = rank_agreement([checkpoint(number, -number) for number in range(1, 9)])
    assert turned.value == pytest.approx(-1)
    assert turned.verdict == "fails"


def test_that_noise_within_the_checkpoints_widens_the_interval() -> None:
    exact = rank_agreement([checkpoint(number, number) for number in range(1, 9)])
    noisy = rank_agreement([checkpoint(number, number, spread=6.0) for number in range(1, 9)])
    assert noisy.value == pytest.approx(1)
    assert noisy.low < exact.low - 0.1


def test_that_three_checkpoints_have_no_interval_and_one_no_correlation() -> None:
    three = rank_agreement([checkpoint(number, number) for number in range(3)])
    assert three.value == pytest.approx(1) and np.isnan(three.low) and three.verdict == "cannot tell"
    assert np.isnan(rank_agreement([checkpoint(1, 1)]).value)


def test_that_returns_that_never_change_have_no_correlation() -> None:
    assert rank_agreement([checkpoint(number, 1.0) for number in range(5)]).value == 0


def test_that_the_oracles_returns_are_those_of_its_episodes() -> None:
    judgment = result_of(judging(RingModel(reward_factor=2), ring_episodes(), RING_CONFIG, CPU, only=["gap"]))
    own = own_returns_of(judgment.gauges["gap"])
    assert own is not None
    ratio = judgment.gauges["gap"].measured.value
    assert own.imagined.value / own.real.value == pytest.approx(ratio)
    assert 0 < own.real.value < 2 * 45  # rewards are at most 2, and a dream has 45 steps
    assert own.real.low <= own.real.value <= own.real.high
    assert own_returns_of(Gauge(UNKNOWN)) is None and own_returns_of(None) is None
