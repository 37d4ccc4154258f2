"""What a policy earns that sees only every k-th frame."""

from __future__ import annotations

import numpy as np
import pytest

from dreamer_studio.trust.blind import BlindReturns, blind_gauge, drive, drive_all
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.players import EVERY
from tests.support.ring_world import RingEnv, RingModel
from tests.support.small_runs import CPU

SEEDS = range(8)


def driven(model: RingModel) -> Gauge:
    return blind_gauge(drive_all(model, RingEnv(), SEEDS, CPU))


def made(shares: list[float], full: float = 100.0) -> Gauge:
    """Return the gauge of eight episodes that keep these shares of a return of `full` above random ones around 10."""
    chance = 10 + np.linspace(-1, 1, 8)
    more = full * np.linspace(0.95, 1.05, 8)
    return blind_gauge(BlindReturns(np.array([chance + share * more for share in (1, *shares)]), chance))


def test_that_an_oracle_drives_as_well_with_every_45th_frame() -> None:
    gauge = driven(RingModel())
    assert (gauge.measured.value, gauge.measured.verdict, gauge.measured.n) == (45, "holds", 8)
    assert gauge.details["every_45"].value == pytest.approx(1)
    assert gauge.reason == "keeps 100% (100 to 100%) of its return above chance seeing every 45th frame"


def test_that_a_wrong_dream_earns_less_the_longer_it_lasts() -> None:
    gauge = driven(RingModel(obeys=False))
    assert gauge.details["every_45"].high < 0.8 < gauge.details["every_2"].low
    assert gauge.measured.verdict == "holds"
    assert 2 <= gauge.measured.value < 45


def test_that_every_frame_seen_is_the_usual_policy_and_each_seed_has_one_return() -> None:
    model = RingModel()
    returns = drive_all(model, RingEnv(), SEEDS, CPU)
    assert returns.seen.shape == (len(EVERY), 8)
    assert returns.random.shape == (8,)
    assert drive(model, RingEnv(), 3, CPU, 1) == returns.seen[0, 3]
    assert (returns.random < returns.seen[0]).all()


@pytest.mark.parametrize(
    ("shares", "value", "high", "verdict", "reason"),
    [
        (
            [1.0, 0.95, 0.9, 0.3, 0.1],
            8,
            8,
            "holds",
            "keeps 90% (90 to 90%) of its return above chance seeing every 8th",
        ),
        (
            [1.0, 0.5, 0.9, 0.3, 0.1],
            2,
            2,
            "holds",
            "keeps 100% (100 to 100%) of its return above chance seeing every 2nd",
        ),
        (
            [0.4, 0.3, 0.2, 0.1, 0.0],
            1,
            1,
            "fails",
            "needs every frame: seeing every 2nd frame it keeps 40% (40 to 40%)",
        ),
    ],
)
def test_that_the_number_is_the_last_k_before_the_return_falls(
    shares: list[float], value: int, high: int, verdict: str, reason: str
) -> None:
    gauge = made(shares)
    assert (gauge.measured.low, gauge.measured.high) == (value, high)
    assert gauge.measured.value == value
    assert gauge.measured.verdict == verdict
    assert gauge.reason.startswith(reason)


def test_that_a_policy_no_better_than_chance_cannot_tell() -> None:
    gauge = made([1.0, 0.9, 0.8, 0.3, 0.1], full=0.0)
    assert gauge.measured.verdict == "cannot tell"
    assert gauge.reason == "the policy does not surely earn more than random actions"


def test_that_three_episodes_cannot_tell() -> None:
    gauge = blind_gauge(BlindReturns(np.full((6, 3), 100.0), np.zeros(3)))
    assert (gauge.measured.verdict, gauge.measured.n) == ("cannot tell", 3)
