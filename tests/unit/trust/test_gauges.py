"""Single gauges on made numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.parts import result_of
from dreamer_studio.trust.gauge import Curve, Gauge, Stretch
from dreamer_studio.trust.horizon import exceptions, horizon_gauge, horizons_of
from dreamer_studio.trust.images import actions_gauge
from dreamer_studio.trust.judging import judging
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.open_loops import open_loops
from dreamer_studio.trust.promises import policy_gauge
from dreamer_studio.trust.rewards import best_constant, reward_gauge
from dreamer_studio.trust.seen import HeldOut, Seen, see
from dreamer_studio.trust.starts import DREAM_STEPS, choose_starts, start_rows
from tests.support.agents import CONFIG, GAUSSIAN_LATENTS
from tests.support.ring_judgments import judged_ring
from tests.support.ring_world import (
    RING_CONFIG,
    RingModel,
    SteeredRing,
    made_episode,
    play_ring,
    ring_episodes,
    steered,
    without_choice,
)
from tests.support.small_runs import CPU


def flat_curve(low: float) -> Curve:
    level = np.full(DREAM_STEPS, low)
    return Curve(level, level, level, level, level, level, np.full(DREAM_STEPS, 5))


@pytest.fixture(scope="module")
def seen() -> list[Seen]:
    noise = NoiseSource(0)
    return [see(RingModel(), play_ring("sample", seed), RING_CONFIG, noise) for seed in range(5)]


def sparse(seen: list[Seen], found: float) -> list[Seen]:
    """Replace the rewards by events in one row of 20, of which the model predicts `found`."""
    received = np.zeros(len(seen[0].received))
    received[5::20] = 1
    return [replace(one, received=received, reward=found * received) for one in seen]


def test_that_the_mode_is_compared_with_the_mode() -> None:
    played = [play_ring("mode", seed) for seed in range(5)] + [play_ring("random", seed) for seed in range(5)]
    gap = result_of(judging(RingModel(), played, RING_CONFIG, CPU, only=("gap",))).gauges["gap"]
    assert gap.measured.n == 5
    assert gap.measured.value == pytest.approx(1)
    assert gap.details["discounted"].value == pytest.approx(1)


def test_that_episodes_of_other_weights_say_nothing_about_the_present_policy() -> None:
    played = [replace(one, current=False) for one in ring_episodes()]
    measured = ("gap", "value", "policy", "horizon")
    gauges = result_of(judging(RingModel(), played, RING_CONFIG, CPU, only=measured)).gauges
    for name in ("gap", "value", "policy"):
        assert gauges[name].measured.verdict == "cannot tell"
        assert "present policy" in gauges[name].reason
    assert gauges["horizon"].measured.verdict == "holds"


def test_that_an_exact_critic_agrees_with_its_dreams() -> None:
    details = judged_ring().gauges["value"].details
    assert details["against_dreams"].value == pytest.approx(1, abs=0.03)
    tripled = judged_ring(value_factor=3).gauges["value"].details
    assert tripled["deviation_dreams"].value >= tripled["bias_dreams"].value > 10 * abs(details["bias_dreams"].value)
    assert tripled["deviation_dreams"].value > 10 * details["deviation_dreams"].value


def test_that_wrong_rewards_in_dreams_fail_although_those_of_seen_frames_are_right(seen: list[Seen]) -> None:
    assert reward_gauge(seen, flat_curve(0.9), 15).measured.verdict == "holds"
    failing = reward_gauge(seen, flat_curve(-0.1), 15)
    assert failing.details["seen"].verdict == "holds"
    assert failing.measured.verdict == "fails"


def test_that_zero_is_no_prediction_of_sparse_rewards(seen: list[Seen]) -> None:
    assert best_constant(np.array([0.0] * 95 + [1.0] * 5)) == 0
    missed = reward_gauge(sparse(seen, 0.0), flat_curve(0.9), 15)
    assert missed.measured.verdict == "fails"
    assert missed.details["recall"].value == 0


def test_that_sparse_events_are_counted(seen: list[Seen]) -> None:
    found = reward_gauge(sparse(seen, 0.9), flat_curve(0.9), 15)
    assert found.measured.verdict == "holds"
    assert (found.details["precision"].value, found.details["recall"].value) == (1, 1)


def curve_of_lows(*low: float) -> Curve:
    level = np.array(low)
    return Curve(level, level, level, level, level, level, np.full(len(low), 5))


@pytest.mark.parametrize(
    ("low", "horizon", "dips", "words"),
    [
        ([1, 1, 1, 0, -1], 3, (), ""),
        ([1, -1, 1, 0, 0], 3, ((2, 2),), "not at step 2"),
        ([0, -1, 1, 0, 1], 5, ((1, 2), (4, 4)), "not at steps 1 to 2 and 4"),
        ([1, np.nan, 1, -1, 1], 5, ((4, 4),), "not at step 4"),
        ([1, -1, 1, -1, 1, -1, -1, 1], 8, ((2, 2), (4, 4), (6, 7)), "not at 4 of the steps, first at step 2"),
        ([-1, 1, 1], 3, (), ""),
        ([-1, -1], 0, (), ""),
        ([np.nan, np.nan], None, (), ""),
    ],
)
def test_that_a_horizon_names_the_steps_before_it_that_are_not_above_the_null(
    low: list[float], horizon: int | None, dips: tuple[Stretch, ...], words: str
) -> None:
    curve = curve_of_lows(*low)
    found, rewards = horizons_of(curve, flat_curve(1.0)), horizons_of(flat_curve(1.0), curve_of_lows(-1, 1))
    assert (found.picture, found.picture_dips, exceptions(found.picture_dips)) == (horizon, dips, words)
    assert (found.reward, found.reward_dips) == (DREAM_STEPS, ())
    assert rewards.reward_dips == ((1, 1),)
    if horizon:
        reason = horizon_gauge(curve, curve, flat_curve(1.0), 3).reason
        assert reason == (f"the image horizon; {words}" if words else "the image horizon")


def test_that_the_starts_are_spread_over_all_episodes(seen: list[Seen]) -> None:
    starts = choose_starts(seen)
    assert starts is not None
    assert len(starts) >= 32
    assert starts.there.all()
    assert len(set(np.bincount(starts.episode).tolist())) == 1
    for place in (0, len(starts) - 1):
        rows = seen[starts.episode[place]].held.rows
        assert np.array_equal(starts.kept[place], rows.image[starts.row[place]])
        assert np.array_equal(starts.image[0, place], rows.image[starts.row[place] + 1])


@pytest.mark.parametrize("length", [1, 2, 3, 6, 46, 50, 51, 200])
def test_that_every_start_has_a_row_after_it(length: int) -> None:
    rows = start_rows(length, 8)
    assert len(rows) == 0 if length < 2 else rows.max() <= length - 2
    if length >= 60:
        assert rows.max() + DREAM_STEPS <= length - 1


def actions(model: Model, held: list[HeldOut]) -> Gauge:
    noise = NoiseSource(0)
    starts = choose_starts([see(model, one, RING_CONFIG, noise) for one in held])
    assert starts is not None
    drawn = model.noise(noise, DREAM_STEPS, len(starts))
    return actions_gauge(model, starts, open_loops(model, starts, starts.action, drawn), drawn, 15)


def test_that_an_entry_of_the_action_without_effect_is_found() -> None:
    gauge = actions(SteeredRing(), [steered(one, seed) for seed, one in enumerate(ring_episodes())])
    verdicts = {name: found.verdict for name, found in gauge.details.items()}
    assert verdicts == {"no_action": "holds", "action 0": "holds", "action 1": "fails"}
    assert gauge.details["action 1"].value == 1
    assert (gauge.measured.verdict, gauge.reason) == ("holds", "without effect in the dream: action 1")


def test_that_every_choice_counts_for_an_oracle() -> None:
    gauge = actions(RingModel(), ring_episodes())
    assert list(gauge.details) == ["no_action", "action 0", "action 1", "action 2"]
    assert {found.verdict for found in gauge.details.values()} == {"holds"}
    assert gauge.reason == ""


def test_that_a_choice_that_was_never_taken_is_unknown() -> None:
    gauge = actions(RingModel(), [without_choice(one, 1) for one in ring_episodes()])
    assert gauge.details["action 1"].verdict == "cannot tell"
    assert gauge.details["action 0"].verdict == "holds"


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ([0, 2] * 40, 2.0),
        ([0] * 40 + [2] * 40, 0.025),
        (list(np.random.default_rng(0).integers(3, size=2_000)), 1.0),
    ],
)
def test_that_oscillation_tells_flips_from_a_smooth_policy(choices: list[int], expected: float) -> None:
    rows = made_episode(np.zeros((len(choices) + 1, 64, 64, 3), np.uint8), [0, *choices], np.arange(len(choices) + 1.0))
    seen = [see(RingModel(), HeldOut(rows, "sample"), RING_CONFIG, NoiseSource(0)) for _ in range(4)]
    found = policy_gauge(RingModel(), seen, RING_CONFIG, NoiseSource(0)).details["oscillation"]
    assert found.value == pytest.approx(expected, rel=0.05)


def test_that_a_policy_with_one_action_has_no_oscillation() -> None:
    rows = made_episode(np.zeros((9, 64, 64, 3), np.uint8), [0] * 9, np.arange(9.0))
    seen = [see(RingModel(), HeldOut(rows, "sample"), RING_CONFIG, NoiseSource(0)) for _ in range(4)]
    found = policy_gauge(RingModel(), seen, RING_CONFIG, NoiseSource(0)).details["oscillation"]
    assert found.as_dict()["value"] is None


def test_that_the_entropy_of_a_bounded_normal_is_compared_with_its_largest_deviation() -> None:
    config = replace(CONFIG, action_dist="bounded_normal")
    agent = GAUSSIAN_LATENTS.agent(config=config)
    with torch.no_grad():
        agent.actor.hout.weight.zero_()
        agent.actor.hout.bias[3:] = -1.0
    rows = made_episode(np.zeros((9, 64, 64, 3), np.uint8), [0] * 9, np.arange(9.0))
    seen = [see(agent, HeldOut(rows, "sample"), config, NoiseSource(0)) for _ in range(4)]
    entropy = policy_gauge(agent, seen, config, NoiseSource(0)).details["entropy"]
    assert entropy.value == pytest.approx(0.1 + 0.9 / (1 + math.exp(-1)), rel=1e-5)
