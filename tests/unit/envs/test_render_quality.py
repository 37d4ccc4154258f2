"""Rendered frames: dm_control's own pixels, or cheaper ones that barely differ."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from dreamer_studio.envs import EnvProcess, build_config, open_env
from dreamer_studio.envs.gl import use_backend
from dreamer_studio.envs.worker import ask

TASK = "dmc:walker-walk"
SEED = 5
STEPS = 4
LARGE = (320, 200)
NOTICEABLE = 0.6  # of 255, in the mean over a frame; the agent's next frame differs by 8


@pytest.fixture(scope="module")
def full(no_process_left: None) -> Iterator[EnvProcess]:
    with EnvProcess(TASK) as env:
        yield env


@pytest.fixture(scope="module")
def fast(no_process_left: None) -> Iterator[EnvProcess]:
    with open_env(build_config(TASK, "laptop")) as env:
        yield env


def frames(env: EnvProcess) -> NDArray[np.uint8]:
    push = np.ones(env.spec.action_size, np.float32)
    return np.stack([env.reset(SEED).image, *(env.step(push).image for _ in range(STEPS))])


def plain_pictures(backend: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draws the frames of `frames`, and the last state at the larger size, with nothing but dm_control."""
    use_backend(backend)
    from dm_control import suite

    env = suite.load("walker", "walk", task_kwargs={"random": SEED})
    env.reset()
    drawn = [env.physics.render(64, 64, camera_id=0)]
    for _ in range(STEPS):
        env.step(env.action_spec().maximum)
        env.step(env.action_spec().maximum)
        drawn.append(env.physics.render(64, 64, camera_id=0))
    width, height = LARGE
    return np.stack(drawn), env.physics.render(height, width, camera_id=0)


def test_that_full_frames_are_dm_controls_own_before_and_after_a_larger_image(full: EnvProcess) -> None:
    expected, expected_large = ask("plain dm_control", 60.0, plain_pictures, full.spec.gl_backend)
    np.testing.assert_array_equal(frames(full), expected)
    np.testing.assert_array_equal(full.render(*LARGE), expected_large)
    np.testing.assert_array_equal(full.render(64, 64), expected[-1])
    np.testing.assert_array_equal(frames(full), expected)


def test_that_fast_rendering_reaches_the_environment_and_barely_changes_its_frames(
    full: EnvProcess, fast: EnvProcess
) -> None:
    differences = np.abs(frames(full).astype(int) - frames(fast)).mean(axis=(1, 2, 3))
    assert (differences > 0.0).all()
    assert (differences < NOTICEABLE).all()
