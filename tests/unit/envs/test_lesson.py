"""The lesson's world: its physics and images in this process, and one real process."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from dreamer_studio.envs import EnvProcess, UnknownTaskError, check_task_name
from dreamer_studio.envs.simulator import LoadedTask
from dreamer_studio.envs.suites.lesson.drawing import DISC_COLOR, TABLE, TARGET_COLOR, draw
from dreamer_studio.envs.suites.lesson.simulator import CONTINUOUS, DISCRETE, STEPS, load
from dreamer_studio.envs.suites.lesson.world import (
    APART,
    FASTEST,
    FRICTION,
    HIGHEST,
    LOWEST,
    MASS,
    TARGETS,
    World,
    new_world,
    pushed,
)

SOLVED = 80
BOTH = pytest.mark.parametrize("task", [CONTINUOUS, DISCRETE])
Numbers = NDArray[np.floating]
Policy = Callable[[World], Numbers]


def world(place: tuple[float, float], speed: tuple[float, float] = (0, 0)) -> World:
    return World(np.array(place, float), np.array(speed, float), np.array([32.0, 32.0]))


def steering(task: str) -> Policy:
    """Return a policy that knows the world: it pushes where the disc would come to rest too far from the target."""

    def policy(now: World) -> Numbers:
        rest = now.place + now.speed * (MASS - FRICTION) / FRICTION
        push: Numbers = np.clip((now.target - rest) / FASTEST, -1, 1)
        if task == CONTINUOUS:
            return push
        axis = int(np.abs(push).argmax())
        choice: Numbers = np.eye(5)[0 if abs(push[axis]) < 0.5 else 1 + 2 * axis + int(push[axis] > 0)]
        return choice

    return policy


def play(loaded: LoadedTask, seed: int, policy: Policy) -> list[float]:
    """Play an episode to its end; return its rewards."""
    simulator, rewards, end = loaded.simulator, [], None
    simulator.reset(seed)
    while end is None:
        now = simulator._world  # type: ignore[attr-defined]
        tick = simulator.step(loaded.actions.executed(policy(now).astype(np.float32)))
        rewards.append(tick.reward)
        end = tick.end
    assert end == "truncated"
    return rewards


@BOTH
def test_that_random_play_is_far_from_solving_the_task_and_steering_solves_it(task: str) -> None:
    loaded, chance = load(task), np.random.default_rng(0)
    size = len(loaded.actions.names)
    random = [play(loaded, seed, lambda _: chance.uniform(-1, 1, size)) for seed in range(20)]
    steered = [play(loaded, seed, steering(task)) for seed in range(20)]
    assert {len(rewards) for rewards in random + steered} == {STEPS} == {100}
    assert np.mean([sum(rewards) for rewards in random]) < SOLVED / 2
    assert min(sum(rewards) for rewards in steered) > SOLVED + 5
    assert all(0 <= reward <= 1 for rewards in random + steered for reward in rewards)


def test_that_a_push_speeds_the_disc_up_friction_brakes_it_and_walls_throw_it_back() -> None:
    first = pushed(world((32, 32)), np.array([1.0, -1.0]))
    assert first.place[0] > 32 > first.place[1]
    second = pushed(first, np.zeros(2))
    assert 0 < second.speed[0] < first.speed[0] and second.place[0] > first.place[0]
    bounced = pushed(world((HIGHEST - 1, 32), (4, 0)), np.zeros(2))
    assert bounced.place[0] == HIGHEST and -4 < bounced.speed[0] < 0
    fast = world((32, 32))
    for _ in range(100):
        fast = pushed(World(np.array([32.0, 32.0]), fast.speed, fast.target), np.ones(2))
    assert FASTEST - 0.01 < fast.speed[0] <= FASTEST


def test_that_the_reward_is_1_on_the_target_and_falls_with_the_distance() -> None:
    rewards = [world((32 + distance, 32)).reward for distance in (0, 4, 10, 20, 32)]
    assert rewards[:2] == [1, 1] and rewards == sorted(rewards, reverse=True)
    assert rewards[3] < 0.5 and rewards[4] == 0


def test_that_seeds_place_the_disc_all_over_the_table_apart_from_a_target_in_each_place() -> None:
    worlds = [new_world(seed) for seed in range(200)]
    places = np.stack([each.place for each in worlds])
    assert min(each.distance for each in worlds) >= APART
    assert LOWEST <= places.min() < LOWEST + 4 and HIGHEST - 4 < places.max() <= HIGHEST
    assert {tuple(each.target.tolist()) for each in worlds} == set(TARGETS)


def test_that_the_image_shows_disc_and_target_where_they_are_and_moves_with_parts_of_a_pixel() -> None:
    now = World(np.array([16.0, 48.0]), np.zeros(2), np.array([44.0, 20.0]))
    small, large = draw(now, 64, 64), draw(now, 320, 200)
    assert small.shape == (64, 64, 3) and large.shape == (200, 320, 3)
    for image in (small, large):
        height, width, _ = image.shape
        at = [
            image[int(height * (1 - y / 64)), int(width * x / 64)].tolist() for x, y in ((16, 48), (44, 20), (44, 48))
        ]
        assert at == [list(DISC_COLOR), list(TARGET_COLOR), list(TABLE)]
    moved = World(now.place + 0.3, now.speed, now.target)
    assert not np.array_equal(draw(moved, 64, 64), small)


@BOTH
def test_that_a_process_plays_the_task_as_it_is_described(task: str) -> None:
    with EnvProcess(task) as env:
        spec = env.spec
        assert (spec.action_repeat, spec.time_limit, spec.limit_source) == (1, STEPS, "task")
        assert spec.action_kind == ("continuous" if task == CONTINUOUS else "discrete")
        assert spec.state_names == ("", "disc x", "disc y", "disc x velocity", "disc y velocity")
        right = np.eye(spec.action_size, dtype=np.float32)[spec.action_names.index("push right")]
        rows = [env.reset(3), *(env.step(right) for _ in range(STEPS))]
        assert rows[-1].end == "truncated" and rows[-1].discount == 1 and rows[-2].end is None
        numbers = np.stack([row.state for row in rows if row.state is not None])
        assert numbers[10, 1] > numbers[0, 1] and numbers[10, 2] == numbers[0, 2]
        assert not np.array_equal(env.reset(4).image, rows[0].image)
        assert np.array_equal(env.reset(3).image, rows[0].image)


def test_that_a_name_without_prefix_or_with_a_wrong_letter_is_refused_with_the_right_one() -> None:
    with pytest.raises(UnknownTaskError, match="did you mean lesson:disc-discrete"):
        check_task_name("disc-discrete")
    with pytest.raises(UnknownTaskError, match="lesson:disc"):
        load("lesson:disk")
