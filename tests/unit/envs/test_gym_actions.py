"""What an action vector means in each kind of action space."""

from typing import Any

import numpy as np
import pytest
from gymnasium import spaces

from dreamer_studio.envs.suites.gym.actions import UnsupportedSpaceError, actions_of

MIXED = spaces.Dict(
    {"aim": spaces.Box(0.0, 90.0, (2,), np.float64), "keys": spaces.MultiBinary(2), "weapon": spaces.Discrete(3)}
)


def native(space: spaces.Space[Any], asked: list[float]) -> Any:
    actions, _ = actions_of(space, lambda size: tuple(f"action {n}" for n in range(size)))
    value = actions.native(actions.executed(np.array(asked, np.float32)))
    assert space.contains(value), value
    return value


def one_hot(size: int, index: int) -> list[float]:
    return [float(n == index) for n in range(size)]


@pytest.mark.parametrize(
    ("space", "asked", "expected"),
    [
        (spaces.Discrete(3, start=-1), one_hot(3, 2), 1),
        (spaces.MultiDiscrete([5, 2]), one_hot(10, 7), [3, 1]),
        (spaces.MultiDiscrete([2, 2], start=[4, 6]), one_hot(4, 1), [4, 7]),
        (spaces.MultiBinary(3), one_hot(8, 6), [1, 1, 0]),
        (spaces.Box(0, 4, (2,), np.int32), one_hot(25, 11), [2, 1]),
        (spaces.Tuple((spaces.Discrete(5), spaces.Discrete(2, start=3))), one_hot(10, 5), (2, 4)),
        (spaces.Dict({"b": spaces.Discrete(3), "a": spaces.Discrete(2)}), one_hot(6, 4), {"a": 1, "b": 1}),
        (spaces.Box(-1.0, 3.0, (2, 1), np.float32), [-1.0, 0.5], [[-1.0], [2.0]]),
        (spaces.Box(np.array([0.0], np.float32), np.array([np.inf], np.float32)), [-1.0], [0.0]),
        (spaces.Box(-3e38, 3e38, (1,), np.float32), [0.5], [0.5]),
        (spaces.MultiBinary(7), [1, -1, 0.1, -0.1, 0, 1, -1], [1, 0, 1, 0, 0, 1, 0]),
        (spaces.MultiDiscrete([9, 9]), [*one_hot(9, 4), *one_hot(9, 8)], [4, 8]),
        (spaces.Box(-100, 100, (3,), np.int16), [-1.0, 0.0, 1.0], [-100, 0, 100]),
        (MIXED, [-1.0, 0.0, 1.0, -1.0, -0.2, 0.3, 0.1], {"aim": [0.0, 45.0], "keys": [1, 0], "weapon": 1}),
    ],
)
def test_that_a_vector_becomes_the_native_action_that_it_represents(
    space: spaces.Space[Any], asked: list[float], expected: Any
) -> None:
    found = native(space, asked)
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        assert all(np.array_equal(found[key], value) for key, value in expected.items())
    else:
        assert np.array_equal(found, expected)


def test_that_the_executed_action_shows_the_choices_that_were_made() -> None:
    actions, _ = actions_of(MIXED, lambda size: ())
    assert actions.names == ("aim 0", "aim 1", "keys 0", "keys 1", "weapon=0", "weapon=1", "weapon=2")
    asked = np.array([2.0, 0.25, 0.1, -0.1, -0.5, -0.2, -0.3], np.float32)
    assert actions.executed(asked).tolist() == [1.0, 0.25, 1.0, -1.0, -1.0, 1.0, -1.0]


def test_that_an_action_is_a_copy_that_the_environment_may_change() -> None:
    actions, _ = actions_of(spaces.MultiDiscrete([2, 2]), lambda size: ())
    first = np.array(one_hot(4, 0), np.float32)
    actions.native(first)[0] = 1
    assert actions.native(first).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("space", "words"),
    [
        (spaces.Text(5), "no choice and no bounded array"),
        (spaces.Box(-np.inf, np.inf, (2,), np.int64), "no choice and no bounded array"),
        (spaces.Box(-(2**62), 2**62, (2,), np.int64), "without useful bounds"),
        (spaces.Discrete(5000), "takes 5,000 entries"),
        (spaces.Tuple((spaces.Discrete(2), spaces.Text(3))), "Text"),
    ],
)
def test_that_a_space_that_no_vector_can_represent_is_refused(space: spaces.Space[Any], words: str) -> None:
    with pytest.raises(UnsupportedSpaceError, match=words):
        actions_of(space, lambda size: ("name",) * size)
