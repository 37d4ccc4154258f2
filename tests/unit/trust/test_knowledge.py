"""What the features tell of the simulator's state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.knowing.gauge import knows_gauge
from dreamer_studio.trust.knowing.ridge import held_out_errors
from dreamer_studio.trust.knowing.world import WorldState, world_state
from dreamer_studio.trust.seen import HeldOut, see
from tests.support.ring_world import RING_CONFIG, RingModel, play_ring

Arrays = list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]


def knows(held: list[HeldOut]) -> Gauge:
    model = RingModel()
    seen = [see(model, one, RING_CONFIG, NoiseSource(0)) for one in held]
    return knows_gauge(model, seen, RING_CONFIG, NoiseSource(0))


def with_luck(held: HeldOut, seed: int) -> HeldOut:
    """Add a variable that no frame shows, and a variable that never changes."""
    assert held.world is not None
    luck = np.random.default_rng(seed).normal(size=(len(held.rows), 1))
    numbers = np.concatenate([held.world.numbers, luck, np.full_like(luck, 3.0)], 1)
    world = WorldState(numbers, (*held.world.names, "luck", "height"), np.array([True, False, False]))
    return replace(held, world=world)


def in_another_order(held: HeldOut) -> HeldOut:
    """Give each row the state of another row."""
    assert held.world is not None
    numbers = np.random.default_rng(0).permutation(held.world.numbers)
    return replace(held, world=replace(held.world, numbers=numbers))


@pytest.fixture(scope="module")
def played() -> list[HeldOut]:
    return [with_luck(play_ring("sample", seed, rows=80), seed) for seed in range(6)]


def made(noise: float, rows: int = 60) -> tuple[Arrays, Arrays]:
    """Make inputs of five episodes, and targets that depend on the first input alone."""
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(rows, 20)) for _ in range(5)]
    return inputs, [each[:, :1] * 2 + 7 + noise * rng.normal(size=(rows, 1)) for each in inputs]


def test_that_a_linear_target_is_predicted_on_other_episodes() -> None:
    errors, nulls = held_out_errors(*made(noise=0.0))
    assert (errors / nulls).max() < 1e-6


def test_that_noise_is_not_learned_by_heart() -> None:
    inputs, _ = made(noise=0.0, rows=8)
    rng = np.random.default_rng(1)
    errors, nulls = held_out_errors(inputs, [rng.normal(size=(8, 1)) for _ in inputs])
    assert errors.sum() / nulls.sum() < 1.1  # without a penalty, 20 inputs on 32 rows double the error


def test_that_an_episode_never_helps_to_predict_itself() -> None:
    inputs, targets = made(noise=1.0)
    before, _ = held_out_errors(inputs, targets)
    changed = [*targets[:-1], targets[-1] + 50 * inputs[-1][:, 5:6]]
    after, _ = held_out_errors(inputs, changed)
    assert after[-1] > 100 * before[-1]


def test_that_the_least_known_variable_stands_first(played: list[HeldOut]) -> None:
    gauge = knows(played)
    assert [name for name in gauge.details if name.startswith("R2 ")] == ["R2 luck", "R2 place"]
    assert gauge.details["R2 luck"].value == pytest.approx(0, abs=0.1)
    assert gauge.details["R2 place"].value == pytest.approx(1, abs=1e-6)
    assert gauge.reason.startswith("least known: luck, R2 ")
    assert gauge.measured.n == 6


def test_that_features_without_the_state_know_nothing(played: list[HeldOut]) -> None:
    gauge = knows([in_another_order(one) for one in played])
    assert gauge.details["R2 place"].high < 0.1
    assert gauge.measured.verdict != "holds"


def test_that_episodes_without_a_state_cannot_tell(played: list[HeldOut]) -> None:
    without = [replace(one, world=None) for one in played]
    assert knows(without).measured.verdict == "cannot tell"
    assert knows(without).reason == "the simulator's state is not on record"
    three = knows([*played[:3], *without[3:]])
    assert (three.measured.n, three.reason) == (3, "fewer than 4 episodes with the simulator's state")


def test_that_named_numbers_are_chosen() -> None:
    states = np.arange(12.0).reshape(3, 4)
    found = world_state(states, ("", "angle", "speed"), (1,))
    assert found is not None
    assert found.numbers.tolist() == [[1, 2], [5, 6], [9, 10]]
    assert (found.names, found.angle.tolist()) == (("angle", "speed"), [True, False])
    assert world_state(None, ("angle",), ()) is None
    assert world_state(states, (), ()) is None
    assert world_state(states, ("a", "b", "c", "d", "e"), ()) is None
