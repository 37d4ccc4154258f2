"""Two models by one quantity: better, worse, equal, or cannot tell."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable

import numpy as np
import pytest

from dreamer_studio.dreamer.fast import make_agent
from dreamer_studio.parts import result_of
from dreamer_studio.trust.comparing.difference import Difference, paired_difference, unpaired_difference, value_of
from dreamer_studio.trust.comparing.quantities import OWN, SHARED
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.judging import judging
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.measured import UNKNOWN, Measured
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.open_loops import ROUNDING
from tests.support.ring_world import ACTIONS, RING_CONFIG, RingModel, ring_episodes
from tests.support.small_runs import CPU

GAUGES = {name: quantity.gauge for name, quantity in {**SHARED, **OWN}.items()}
BETTER_THAN_RANDOM_WEIGHTS = ("picture", "one step", "rollout", "image horizon", "reward horizon", "reward")
episodes = functools.cache(ring_episodes)


def judged_by(model: Model, gauges: Iterable[str]) -> Judgment:
    return result_of(judging(model, episodes(), RING_CONFIG, CPU, only=set(gauges)))


@functools.cache
def judged() -> Judgment:
    return judged_by(RingModel(), GAUGES.values())


@functools.cache
def untrained() -> Judgment:
    agent = make_agent(RING_CONFIG, ACTIONS, "discrete")
    agent.initialize(0)
    return judged_by(agent, [GAUGES[name] for name in BETTER_THAN_RANDOM_WEIGHTS])


def difference(name: str, first: Judgment, second: Judgment) -> Difference:
    if name in SHARED:
        quantity, measure = SHARED[name], paired_difference
    else:
        quantity, measure = OWN[name], unpaired_difference
    return measure(quantity, first.gauges[quantity.gauge], second.gauges[quantity.gauge])


def errors(numbers: list[float], first: int = 0) -> Gauge:
    episode = np.arange(first, first + len(numbers), dtype=np.float64)
    return Gauge(UNKNOWN, by_episode={"episode": episode, "error": np.array(numbers), "starts": np.ones(len(numbers))})


@pytest.mark.parametrize(
    ("name", "worse"),
    [
        ("rollout", {"obeys": False}),
        ("actions", {"obeys": False}),
        ("reward", {"reward_factor": 0}),
        ("reward horizon", {"reward_factor": 0}),
        ("gap", {"reward_factor": 2}),
        ("gap", {"reward_factor": 0.5}),
        ("value", {"value_factor": 3}),
    ],
)
def test_that_the_oracle_is_better_than_a_model_with_a_fault(name: str, worse: dict[str, float]) -> None:
    faulty = judged_by(RingModel(**worse), [GAUGES[name]])  # type: ignore[arg-type]
    assert difference(name, judged(), faulty).outcome == "better"
    assert difference(name, faulty, judged()).outcome == "worse"


def test_that_the_numbers_of_a_model_alone_are_in_their_units() -> None:
    gauges = judged().gauges
    found = {name: value_of(quantity, gauges[quantity.gauge]) for name, quantity in {**SHARED, **OWN}.items()}
    exact = -10 * math.log10(ROUNDING)  # the oracle's only error is rounding
    for name in ("picture", "one step", "rollout"):
        assert found[name].value == pytest.approx(exact)
    assert (found["image horizon"].value, found["reward horizon"].value) == (45, 45)
    assert found["reward"].value == pytest.approx(1)
    assert -0.5 < found["gap"].value <= 0
    assert found["policy"].value == pytest.approx(
        np.mean([one.rows.total_reward for one in episodes() if one.by_policy])
    )


@pytest.mark.parametrize("name", BETTER_THAN_RANDOM_WEIGHTS)
def test_that_the_oracle_is_better_than_random_weights(name: str) -> None:
    assert difference(name, judged(), untrained()).outcome == "better"


@pytest.mark.parametrize("name", SHARED)
def test_that_a_model_is_equal_to_itself_on_the_same_episodes(name: str) -> None:
    found = difference(name, judged(), judged())
    assert (found.outcome, found.measured.value, found.measured.low, found.measured.high) == ("equal", 0, 0, 0)
    assert found.as_text().startswith("equal")


@pytest.mark.parametrize("name", OWN)
def test_that_a_model_is_no_better_than_itself_on_its_own_episodes(name: str) -> None:
    found = difference(name, judged(), judged())
    assert found.measured.value == 0
    assert found.outcome in ("equal", "cannot tell")
    assert found.measured.low < 0 < found.measured.high


def test_that_pairs_leave_a_narrower_interval_than_episodes_apart() -> None:
    rng = np.random.default_rng(0)
    hard = np.exp(rng.normal(0, 1.5, 12))  # episodes differ far more than the models
    better, worse = errors(list(hard * 0.7 * np.exp(rng.normal(0, 0.05, 12)))), errors(list(hard))
    pairs = paired_difference(SHARED["picture"], better, worse)
    apart = unpaired_difference(SHARED["picture"], better, worse)
    assert pairs.measured.value == pytest.approx(apart.measured.value)
    width = [one.measured.high - one.measured.low for one in (pairs, apart)]
    assert width[0] < width[1] / 5
    assert (pairs.outcome, apart.outcome) == ("better", "cannot tell")


def test_that_episodes_are_resampled_in_pairs() -> None:
    second = [1.0, 10.0, 100.0, 1000.0]
    found = paired_difference(SHARED["picture"], errors([number / 2 for number in second]), errors(second))
    assert found.measured.low == pytest.approx(found.measured.high) == pytest.approx(3.0103, abs=1e-4)
    assert found.as_text() == "better by 3.01 dB (3.01 to 3.01)"


def test_that_only_episodes_of_both_are_compared() -> None:
    found = paired_difference(SHARED["picture"], errors([1.0] * 6), errors([1.0] * 6, first=4))
    assert (found.measured.n, found.outcome) == (2, "cannot tell")
    assert found.as_text() == "cannot tell: +0 dB, 2 episodes"


def test_that_too_few_own_episodes_cannot_tell() -> None:
    found = unpaired_difference(SHARED["picture"], errors([1.0] * 6), errors([2.0] * 3))
    assert (found.measured.n, found.outcome) == (9, "cannot tell")


@pytest.mark.parametrize(
    ("low", "value", "high", "negligible", "text"),
    [
        (-1.2, -0.8, -0.3, 0.97, "worse by 0.8 dB (0.3 to 1.2)"),
        (0.3, 0.8, 1.2, 0.97, "better by 0.8 dB (0.3 to 1.2)"),
        (0.1, 0.2, 0.3, 0.97, "better by 0.2 dB (0.1 to 0.3), negligible"),
        (-0.3, 0.2, 0.7, 0.97, "equal within 0.97 dB: +0.2 dB (-0.3 to +0.7)"),
        (-0.3, 0.2, 1.7, 0.97, "cannot tell: +0.2 dB (-0.3 to +1.7)"),
        (-0.3, 0.2, 0.7, 0.0, "cannot tell: +0.2 dB (-0.3 to +0.7)"),
        (0.0, 0.0, 0.0, 0.0, "equal: +0 dB (+0 to +0)"),
        (1000.4, 1234.6, 2345.6, 0.0, "better by 1,235 dB (1,000 to 2,346)"),
    ],
)
def test_that_a_difference_is_said_with_its_interval(
    low: float, value: float, high: float, negligible: float, text: str
) -> None:
    assert Difference(Measured(value, low, high, 8, "cannot tell"), "dB", negligible).as_text() == text


def test_that_an_unmeasured_gauge_cannot_tell() -> None:
    for found in (
        paired_difference(SHARED["knows"], Gauge(UNKNOWN), Gauge(UNKNOWN)),
        unpaired_difference(OWN["gap"], Gauge(UNKNOWN), None),
    ):
        assert (found.outcome, found.as_text()) == ("cannot tell", "cannot tell")
