"""The spread of sampled futures, and its rank correlation with the real error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.trust.measured import unjudged
from dreamer_studio.trust.ranks import rank_correlations
from dreamer_studio.trust.seen import see
from dreamer_studio.trust.spread import FUTURES, Spread, measure_spread, sample_futures, spread_gauge, spread_of
from dreamer_studio.trust.starts import DREAM_STEPS, Starts, choose_starts
from tests.support.ring_world import PLACES, RING_CONFIG, RingModel, ring_episodes
from tests.support.small_runs import CPU


class StrayingModel(RingModel):
    """Dreams stray from the ring's true places by what their noise says, 10 places for a deviation."""

    def roll_out(self, start: Any, policy: Any, noise: torch.Tensor) -> Any:
        states, actions = super().roll_out(start, policy, noise)
        astray = (states.stoch + 10 * noise.cumsum(0)).round() % PLACES
        return self._state(astray.squeeze(-1).numpy()), actions


def starts_of(model: RingModel) -> Starts:
    noise = NoiseSource(0, CPU)
    starts = choose_starts([see(model, one, RING_CONFIG, noise) for one in ring_episodes()])
    assert starts is not None
    return starts


@pytest.fixture(scope="module")
def starts() -> Starts:
    return starts_of(RingModel())


def test_that_rank_correlations_see_only_the_order() -> None:
    target = np.arange(40.0)
    quantities = np.stack([target**3, -target, np.zeros(40)], -1)
    found = rank_correlations(np.arange(40) // 5, quantities, target)
    assert found.value == pytest.approx([1, -1, 0])
    assert found.n == 8
    assert found.measured(0, unjudged).low == pytest.approx(1)
    assert found.difference(0, 1, unjudged).value == pytest.approx(2)


def test_that_equal_numbers_share_their_mean_rank() -> None:
    found = rank_correlations(np.arange(5), np.array([[1.0], [2], [2], [3], [9]]), np.array([1.0, 4, 2, 8, 5]))
    assert found.value[0] == pytest.approx(8.5 / 95**0.5)  # ranks 1, 2.5, 2.5, 4, 5 and 1, 3, 2, 5, 4


def test_that_a_resample_is_ranked_as_if_its_rows_were_copied() -> None:
    rng = np.random.default_rng(1)
    x, y, episode = rng.integers(6, size=20).astype(float), rng.normal(size=20), np.arange(20) // 4
    resampled = rank_correlations(episode, x[:, None], y, resamples=3).resampled
    for number, draw in enumerate(np.random.default_rng(0).multinomial(5, np.full(5, 0.2), 3)):
        rows = np.repeat(np.arange(20), draw[episode])
        alone = rank_correlations(np.arange(len(rows)), x[rows, None], y[rows], resamples=1).value[0]
        assert resampled[number, 0] == pytest.approx(alone)


def test_that_three_episodes_have_no_interval() -> None:
    found = rank_correlations(np.arange(30) // 10, np.arange(30.0)[:, None], np.arange(30.0))
    assert np.isnan(found.measured(0, unjudged).low)


def test_that_the_spread_is_the_deviation_over_the_futures() -> None:
    futures = np.array([[[0.0, 1.0]], [[2.0, 1.0]]])
    assert spread_of(futures) == pytest.approx([np.sqrt(0.5)])


def test_that_futures_of_an_oracle_do_not_spread(starts: Starts) -> None:
    spread = measure_spread(RingModel(), starts, sample_futures(RingModel(), starts, NoiseSource(0, CPU)))
    assert spread.image.shape == spread.latent.shape == spread.error.shape == (DREAM_STEPS, len(starts))
    assert not spread.image.any() and not spread.latent.any()
    gauge = spread_gauge(starts, spread)
    assert (gauge.measured.verdict, gauge.reason) == ("cannot tell", "the error never changes")


def test_that_futures_that_stray_spread_and_err(starts: Starts) -> None:
    model = StrayingModel()
    futures = sample_futures(model, starts, NoiseSource(0, CPU))
    assert len(futures) == FUTURES
    spread = measure_spread(model, starts, futures)
    assert spread.image[-1].mean() > spread.image[0].mean() > 0
    assert (spread.latent > 0).any() and spread.error.max() > 0.1


def test_that_a_spread_that_is_the_error_beats_the_step_number(starts: Starts) -> None:
    error = np.random.default_rng(0).random((DREAM_STEPS, len(starts))) + 0.1
    gauge = spread_gauge(starts, Spread(error, error**2, error))
    assert gauge.measured.value == pytest.approx(1)
    assert gauge.measured.verdict == "holds"
    assert gauge.details["latent"].value == pytest.approx(1)
    assert abs(gauge.details["step"].value) < 0.2
    assert gauge.reason == f"the step number alone has a correlation of {gauge.details['step'].value:.2f}"


def test_that_a_spread_that_only_counts_steps_fails(starts: Starts) -> None:
    grows = np.broadcast_to(np.arange(1.0, 1 + DREAM_STEPS)[:, None], starts.there.shape)
    error = grows + np.random.default_rng(0).random(grows.shape)
    gauge = spread_gauge(starts, Spread(grows, grows, error))
    assert gauge.measured.value > 0.9
    assert gauge.details["beyond_step"].value == 0
    assert gauge.measured.verdict == "fails"


def test_that_nothing_is_told_where_nothing_moves(starts: Starts) -> None:
    error = np.random.default_rng(0).random((DREAM_STEPS, len(starts)))
    still = replace(starts, moving=np.zeros_like(starts.moving))
    assert spread_gauge(still, Spread(error, error, error)).measured.verdict == "cannot tell"
