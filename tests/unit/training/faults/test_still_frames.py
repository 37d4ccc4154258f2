import numpy as np
import pytest

from dreamer_studio.envs import TimeStep
from dreamer_studio.training.faults.still_frames import MOST_ALIKE, MOST_ALIKE_IN_ALL, StillFrames


def rows(brightness: list[int], *, ends: bool = True) -> list[TimeStep]:
    return [
        TimeStep(
            image=np.full((64, 64, 3), value, np.uint8),
            action=np.zeros(1, np.float32),
            reward=0.0,
            discount=1.0,
            is_first=index == 0,
            end="truncated" if ends and index == len(brightness) - 1 else None,
            steps=int(index > 0),
        )
        for index, value in enumerate(brightness)
    ]


def told(*episodes: list[TimeStep]) -> list[str]:
    stillness = StillFrames()
    return [words for episode in episodes for row in episode if (words := stillness.look(row))]


STILL = rows([0] * MOST_ALIKE_IN_ALL)
MOVING = rows([0] * 20 + [1, 2, 3])


def test_that_a_still_episode_is_reported_once() -> None:
    (words,) = told(STILL, STILL, STILL)
    assert words.startswith(f"The first {MOST_ALIKE_IN_ALL} frames of an episode are the same, all black: ")
    assert "xvfb-run -a" in words and "--set observe=render" in words
    assert "black" not in told(rows([7] * MOST_ALIKE_IN_ALL))[0]


def test_that_a_long_still_beginning_is_reported_before_its_episode_ends() -> None:
    assert told(rows([0] * (MOST_ALIKE - 1), ends=False)) == []
    assert len(told(rows([0] * MOST_ALIKE, ends=False))) == 1


@pytest.mark.parametrize(
    "episodes",
    [
        [MOVING],
        [rows([0] * (MOST_ALIKE - 1) + [1])],
        [rows([5] * (MOST_ALIKE_IN_ALL - 1))] * 5,  # short
        [MOVING, rows([5] * MOST_ALIKE)],  # an agent that stands still
        [rows([5] * MOST_ALIKE)[1:]],  # its beginning was not seen
    ],
)
def test_that_still_beginnings_short_episodes_and_agents_that_stand_still_are_not_reported(
    episodes: list[list[TimeStep]],
) -> None:
    assert told(*episodes) == []


def test_that_a_screen_that_goes_black_is_reported_again_after_it_came_back() -> None:
    assert len(told(MOVING, STILL, STILL, MOVING, STILL)) == 2
