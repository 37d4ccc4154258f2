"""Held keys and how they become actions."""

from __future__ import annotations

import numpy as np
import pytest

from dreamer_studio.viewing.scene.steering import Steering

NAN = np.nan


def steps(steering: Steering, count: int) -> list[list[float]]:
    return [[round(float(value), 3) for value in steering.next()] for _ in range(count)]


def test_that_a_held_dimension_ramps_up_and_decays_before_the_policy_has_it_again() -> None:
    steering = Steering(2, discrete=False)
    steering.ramp, steering.decay = 2, 3
    np.testing.assert_equal(steps(steering, 1), [[NAN, NAN]])
    steering.hold(1, -1.0)
    np.testing.assert_equal(steps(steering, 3), [[NAN, -0.5], [NAN, -1.0], [NAN, -1.0]])
    steering.let_go(1)
    np.testing.assert_equal(steps(steering, 3), [[NAN, -0.667], [NAN, -0.333], [NAN, NAN]])
    steering.hold(0, 1.0)
    assert steering.next(at_once=True)[0] == 1.0


def test_that_the_rest_can_be_zero_while_something_is_held() -> None:
    steering = Steering(3, discrete=False)
    steering.ramp = steering.decay = 1
    steering.rest = "zero"
    steering.hold(0, 0.5)
    np.testing.assert_equal(steps(steering, 1), [[0.5, 0.0, 0.0]])
    steering.let_go(0)
    np.testing.assert_equal(steps(steering, 1), [[NAN, NAN, NAN]])


def test_that_the_latch_keeps_the_held_action_until_everything_is_released() -> None:
    steering = Steering(1, discrete=False)
    steering.ramp = 1
    steering.latched = True
    steering.hold(0, 1.0)
    steering.next()
    steering.let_go(0)
    np.testing.assert_equal(steps(steering, 2), [[1.0], [1.0]])
    steering.release()
    np.testing.assert_equal(steps(steering, 1), [[NAN]])
    assert not steering.latched


@pytest.mark.parametrize("latched", [False, True])
def test_that_the_latest_of_several_held_choices_counts(latched: bool) -> None:
    steering = Steering(3, discrete=True)
    steering.latched = latched
    steering.hold(0)
    steering.hold(2)
    np.testing.assert_equal(steps(steering, 1), [[0, 0, 1]])
    steering.let_go(2)
    np.testing.assert_equal(steps(steering, 1), [[1, 0, 0]])
    steering.let_go(0)
    np.testing.assert_equal(steps(steering, 1), [[1, 0, 0] if latched else [NAN] * 3])


@pytest.mark.parametrize("discrete", [False, True])
def test_that_a_tap_between_two_steps_acts_for_one_step(discrete: bool) -> None:
    steering = Steering(1, discrete=discrete)
    steering.ramp = steering.decay = 1
    steering.hold(0)
    steering.let_go(0)
    assert not steering.holds(0)
    np.testing.assert_equal(steps(steering, 2), [[1.0], [NAN]])
    steering.let_go(0)  # of nothing
    steering.hold(0)
    np.testing.assert_equal(steps(steering, 2), [[1.0], [1.0]])
