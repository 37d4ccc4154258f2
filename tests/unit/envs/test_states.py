"""An episode continued from a recorded state equals the recorded episode, bit for bit."""

from collections.abc import Iterator
from dataclasses import astuple
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dreamer_studio.envs import EnvError, EnvProcess, TimeStep

SEED = 5


@pytest.fixture(
    scope="module",
    params=[
        "dmc:walker-walk",  # contacts, so that the solver's warm start counts
        "dmc:cartpole-swingup",  # integrated in another way
        "dmc:reacher-easy",  # the target is drawn into the model at each reset
        "gym:Pendulum-v1",
        "gym:CartPole-v1",
        "gym:Acrobot-v1",  # would turn an absurd angle back for hours
        "gym:MountainCarContinuous-v0",  # rounds to float32, but not at the reset
        "lesson:disc",  # the target comes from the seed
    ],
)
def env(no_process_left: None, request: pytest.FixtureRequest) -> Iterator[EnvProcess]:
    with EnvProcess(request.param, time_limit=61, action_repeat=2) as env:
        yield env


def play(env: EnvProcess, seed: int) -> list[TimeStep]:
    """Play a whole episode of random actions, and return its steps."""
    chance = np.random.default_rng(seed)
    rows = [env.reset(seed)]
    while not rows[-1].is_last:
        rows.append(env.step(chance.uniform(-1, 1, env.spec.action_size).astype(np.float32)))
    return rows


def state_of(row: TimeStep) -> NDArray[np.float64]:
    assert row.state is not None
    return row.state


def assert_same(found: TimeStep, row: TimeStep) -> None:
    for mine, theirs in zip(astuple(found), astuple(row), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_that_a_step_from_any_recorded_state_is_the_recorded_step(env: EnvProcess) -> None:
    rows = play(env, SEED)
    assert len(rows) > 8
    for before, row in pairwise(rows):
        env.reset(SEED + 1)  # another episode, and another model
        assert_same(env.step_from(SEED, state_of(before), row.action), row)


def test_that_an_episode_continued_from_a_state_ends_where_it_did(env: EnvProcess) -> None:
    rows = play(env, SEED)
    for start in (0, len(rows) // 2, len(rows) - 2):
        again = [env.step_from(SEED, state_of(rows[start]), rows[start + 1].action)]
        again += [env.step(row.action) for row in rows[start + 2 :]]
        for found, row in zip(again, rows[start + 1 :], strict=True):
            assert_same(found, row)
        with pytest.raises(EnvError, match="no episode is running"):
            env.step(rows[1].action)


def test_that_an_environment_without_states_reports_none_and_can_be_replayed(faulty: EnvProcess) -> None:
    nothing = np.eye(14, dtype=np.float32)[0]
    rows = [faulty.reset(SEED), *(faulty.step(nothing) for _ in range(3))]
    assert [row.state for row in rows] == [None] * 4
    np.testing.assert_array_equal(faulty.replay(SEED, np.array([nothing] * 3)).image, rows[-1].image)
    with pytest.raises(EnvError, match="cannot restore a state"):
        faulty.step_from(SEED, np.zeros(2), nothing)


STRANGE: dict[str, Any] = {
    "not a number": lambda state: np.full_like(state, np.nan),
    "infinite": lambda state: np.full_like(state, np.inf),
    "absurd": lambda state: np.concatenate([np.full(len(state) - 2, 1e300), state[-2:]]),
    "too short": lambda state: state[1:],
    "too long": lambda state: np.append(state, 0.0),
    "nothing": lambda state: state[:0],
    "a table": lambda state: state[None],
    "beyond its end": lambda state: np.append(state[:-1], 1e6),
    "half a step": lambda state: np.append(state[:-1], 1.5),
}


@pytest.mark.parametrize("what", STRANGE)
def test_that_an_invalid_state_is_refused_and_a_reset_recovers_from_it(env: EnvProcess, what: str) -> None:
    first = env.reset(SEED)
    step = env.step(first.action)
    with pytest.raises(EnvError, match="the state"):
        env.step_from(SEED, STRANGE[what](state_of(step)), first.action)
    assert env.is_alive()
    np.testing.assert_array_equal(env.reset(SEED).image, first.image)


def test_that_a_state_that_only_a_simulator_can_refuse_does_no_harm(env: EnvProcess) -> None:
    state = state_of(env.reset(SEED))
    strange = np.concatenate([[state[0]], np.full(len(state) - 3, 9e3), state[-2:]])
    try:
        env.step_from(SEED, strange, np.zeros(env.spec.action_size, np.float32))
    except EnvError as error:
        assert str(error)
    assert env.is_alive()
    np.testing.assert_array_equal(state_of(env.reset(SEED)), state)


def test_that_the_numbers_of_a_state_have_names(env: EnvProcess) -> None:
    names, angles = env.spec.state_names, env.spec.state_angles
    assert names[0] == "" and all(names[1:])
    assert len(names) <= len(state_of(env.reset(SEED)))
    expected = {
        "dmc:cartpole-swingup": (("slider", "hinge_1", "slider velocity", "hinge_1 velocity"), ("hinge_1",)),
        "dmc:reacher-easy": (("shoulder", "wrist", "shoulder velocity", "wrist velocity"), ("shoulder",)),
        "gym:Pendulum-v1": (("angle", "angular velocity"), ("angle",)),
        "gym:CartPole-v1": (("cart position", "cart velocity", "pole angle", "pole angular velocity"), ()),
        "lesson:disc": (("disc x", "disc y", "disc x velocity", "disc y velocity"), ()),
    }
    if env.spec.task in expected:
        assert (names[1:], tuple(names[place] for place in angles)) == expected[env.spec.task]
    if "rootz" in names:  # the walker: its height changes by its vertical speed
        numbers = np.array([state_of(row) for row in play(env, SEED)])
        height, speed = numbers[:, names.index("rootz")], numbers[:, names.index("rootz velocity")]
        assert np.corrcoef(np.diff(height), speed[1:])[0, 1] > 0.9
