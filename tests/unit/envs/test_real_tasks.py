"""Real tasks in real processes."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from dreamer_studio.envs import (
    EnvProcess,
    EnvUnavailableError,
    TimeStep,
    UnknownTaskError,
    list_tasks,
    probe_gl,
)
from dreamer_studio.envs.gl import candidates
from tests.support.installed import install_mujoco_4

BALANCE = "dmc:cartpole-balance"


@pytest.fixture(scope="module")
def balance(no_process_left: None) -> Iterator[EnvProcess]:
    with EnvProcess(BALANCE) as env:
        yield env


@pytest.fixture(scope="module")
def cartpole(no_process_left: None) -> Iterator[EnvProcess]:
    with EnvProcess("gym:CartPole-v1") as env:
        yield env


@pytest.fixture(scope="module")
def pendulum(no_process_left: None) -> Iterator[EnvProcess]:
    with EnvProcess("gym:Pendulum-v1", time_limit=7, action_repeat=3) as env:
        yield env


def play(env: EnvProcess, seed: int, length: int = 4) -> list[TimeStep]:
    noise = np.random.default_rng(1).uniform(-1, 1, (length, env.spec.action_size)).astype(np.float32)
    return [env.reset(seed), *(env.step(action) for action in noise)]


def same(one: list[TimeStep], other: list[TimeStep]) -> bool:
    return all(
        np.array_equal(mine, theirs)
        for a, b in zip(one, other, strict=True)
        for mine, theirs in zip(astuple(a), astuple(b), strict=True)
    )


def test_that_the_spec_of_a_control_suite_task_describes_it(balance: EnvProcess) -> None:
    spec = balance.spec
    assert (spec.task, spec.action_kind, spec.action_size, spec.action_names) == (BALANCE, "continuous", 1, ("slide",))
    assert (spec.action_repeat, spec.time_limit, spec.limit_source) == (2, 1000, "task")
    assert spec.gl_backend in ("egl", "osmesa", "glfw")
    assert spec.pid != os.getpid()


def test_that_a_control_suite_task_shows_frames_and_sums_two_rewards(balance: EnvProcess) -> None:
    first, second = play(balance, seed=0, length=1)
    assert first.image.shape == (64, 64, 3) and first.image.dtype == np.uint8 and first.image.std() > 5
    assert first.is_first and first.reward == 0.0 and first.steps == 0
    assert not np.array_equal(first.image, second.image)
    assert second.steps == 2 and 1.0 < second.reward <= 2.0


def test_that_a_seed_gives_the_same_episode_whatever_came_before_and_in_another_process(balance: EnvProcess) -> None:
    here = play(balance, seed=5)
    assert not same(here, play(balance, seed=6))
    assert same(here, play(balance, seed=5))
    with EnvProcess(BALANCE) as other:
        assert same(here, play(other, seed=5))


def test_that_a_larger_image_can_be_rendered_without_changing_the_episode(balance: EnvProcess) -> None:
    undisturbed = play(balance, seed=5)
    balance.reset(5)
    picture = balance.render(320, 200)
    assert picture.shape == (200, 320, 3) and picture.dtype == np.uint8 and picture.std() > 5
    assert np.array_equal(picture, balance.render(320, 200))
    assert balance.render(1600, 1200).shape == (1200, 1600, 3)
    watched = [balance.reset(5)]
    for step in undisturbed[1:]:
        balance.render(100, 100)
        watched.append(balance.step(step.action))
    assert same(undisturbed, watched)


def test_that_a_control_suite_episode_cut_by_the_time_limit_is_not_terminal() -> None:
    with EnvProcess(BALANCE, time_limit=5) as env:
        *_, middle, last = play(env, seed=0, length=3)
    assert not middle.is_last
    assert last.steps == 1 and last.end == "cut" and last.discount == 1.0


def test_that_cartpole_is_discrete_and_falls_over_terminally(cartpole: EnvProcess) -> None:
    spec = cartpole.spec
    assert (spec.action_kind, spec.action_names, spec.gl_backend) == ("discrete", ("push left", "push right"), "")
    assert (spec.action_repeat, spec.time_limit) == (1, 500)
    step, length = cartpole.reset(0), 0
    assert step.image.shape == (64, 64, 3) and step.image.std() > 5
    while not step.is_last:
        step, length = cartpole.step(np.array([-0.5, 0.5], np.float32)), length + 1
        assert step.action.tolist() == [0.0, 1.0] and step.reward == 1.0
    assert 5 < length < 20
    assert step.end == "terminated" and step.discount == 0.0


def test_that_a_gymnasium_seed_gives_the_same_episode(cartpole: EnvProcess) -> None:
    here = play(cartpole, seed=5)
    assert not same(here, play(cartpole, seed=6))
    assert same(here, play(cartpole, seed=5))


def test_that_pendulum_is_continuous_clipped_repeated_and_cut(pendulum: EnvProcess) -> None:
    spec = pendulum.spec
    assert (spec.action_kind, spec.action_names) == ("continuous", ("torque",))
    assert (spec.action_repeat, spec.time_limit) == (3, 7)
    pendulum.reset(0)
    steps = [pendulum.step(np.array([2.0], np.float32)) for _ in range(3)]
    assert [step.steps for step in steps] == [3, 3, 1]
    assert [step.action.tolist() for step in steps] == [[1.0]] * 3
    assert steps[-1].end == "cut" and steps[-1].discount == 1.0
    assert pendulum.render(100, 50).shape == (50, 100, 3)


def test_that_gymnasiums_own_time_limit_is_not_terminal() -> None:
    with EnvProcess("gym:Pendulum-v1", action_repeat=150, time_limit=100_000) as env:
        assert env.spec.time_limit == 200
        *_, last = play(env, seed=0, length=2)
    assert last.steps == 50 and last.end == "truncated" and last.discount == 1.0


@pytest.mark.parametrize(
    ("task", "nearest"),
    [("dmc:walker-wlak", "dmc:walker-walk"), ("dmc:walker", "dmc:walker-walk"), ("gym:CartPole-v9", "gym:CartPole-v1")],
)
def test_that_an_unknown_task_is_refused_with_the_nearest_names(task: str, nearest: str) -> None:
    with pytest.raises(UnknownTaskError, match=nearest):
        EnvProcess(task)


def test_that_a_missing_module_is_named() -> None:
    with pytest.raises(EnvUnavailableError, match=r'no module "no_such_package\.envs"'):
        EnvProcess("gym:no_such_package.envs:Thing-v0")


def test_that_every_suite_lists_its_tasks() -> None:
    notes = {info.task: info.note for info in list_tasks()}
    assert "Control Suite" in notes["dmc:walker-walk"]
    assert {"dmc:quadruped-run", "gym:CartPole-v1", "gym:Pendulum-v1"} <= set(notes)
    assert list(notes)[:2] == ["lesson:disc", "lesson:disc-discrete"]
    assert "gym:CartPole-v0" not in notes and "gym:Ant-v2" not in notes


def test_that_a_task_whose_package_is_missing_names_the_command_that_installs_it() -> None:
    missing = {info.task: info.note for info in list_tasks() if "not installed" in info.note}
    if "gym:CarRacing-v3" not in missing:
        pytest.skip("Box2D is installed here")
    with pytest.raises(EnvUnavailableError, match=r'pip install "dreamer-studio\[box2d\]"'):
        EnvProcess("gym:CarRacing-v3")
    assert "dreamer-studio[box2d]" in missing["gym:CarRacing-v3"]


def test_that_a_wrong_version_of_a_package_is_named_by_the_task_that_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_mujoco_4(monkeypatch, tmp_path)
    with pytest.raises(EnvUnavailableError, match=r'mujoco 4\.0\.0 is installed, but mujoco<4.* pip install "mujoco<4'):
        EnvProcess(BALANCE)
    notes = {info.task: info.note for info in list_tasks()}
    assert "mujoco 4.0.0" in notes["dmc:<domain>-<task>"] and "gym:CartPole-v1" in notes


def test_that_the_probe_finds_the_opengl_backend_that_environments_use(balance: EnvProcess) -> None:
    report = probe_gl()
    assert report.backend == balance.spec.gl_backend
    assert report.render_ms > 0.0


def test_that_a_backend_that_cannot_render_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    if candidates()[:2] != ("egl", "osmesa"):
        pytest.skip("there is no second backend to fall back to")
    with monkeypatch.context() as patch:
        patch.setenv("MUJOCO_GL", "osmesa")
        if not probe_gl().backend:
            pytest.skip("the OSMesa library is not installed here")
    monkeypatch.setenv("MUJOCO_EGL_DEVICE_ID", "99")  # no such device
    report = probe_gl()
    assert [backend for backend, _ in report.tried] == ["egl"] and report.backend == "osmesa"
    with EnvProcess(BALANCE) as env:
        assert env.spec.gl_backend == "osmesa"
        assert env.reset(0).image.std() > 5


@pytest.mark.skipif(sys.platform != "linux", reason="a display is always there")
def test_that_the_users_backend_is_the_only_one_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJOCO_GL", "glfw")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(EnvUnavailableError, match="MUJOCO_GL=glfw cannot render a frame"):
        EnvProcess(BALANCE)


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {}, ("egl", "osmesa")),
        ("linux", {"DISPLAY": ":0"}, ("egl", "osmesa", "glfw")),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, ("egl", "osmesa", "glfw")),
        ("linux", {"MUJOCO_GL": "OSMesa", "DISPLAY": ":0"}, ("osmesa",)),
        ("darwin", {}, ("glfw",)),
        ("win32", {"MUJOCO_GL": ""}, ("glfw",)),
    ],
)
def test_that_backends_are_tried_in_the_order_of_the_platform(
    platform: str, environ: dict[str, str], expected: tuple[str, ...]
) -> None:
    assert candidates(platform, environ) == expected


PARENT = """
import sys
from dreamer_studio.envs import EnvProcess, list_tasks
if __name__ == "__main__":
    with EnvProcess("dmc:cartpole-balance") as env:
        env.reset(0)
    list_tasks()
    heavy = {"dm_control", "mujoco", "gymnasium", "OpenGL", "glfw", "pygame", "torch", "PySide6"}
    sys.stdout.write(" ".join(["imported:", *sorted(heavy & set(sys.modules))]))
"""


def test_that_the_parent_never_imports_a_simulator(run_script: Callable[[str], str]) -> None:
    assert run_script(PARENT) == "imported:"


def test_that_what_an_environments_process_imports_first_knows_neither_configuration_nor_packages(
    run_script: Callable[[str], str],
) -> None:
    heavy = {"pydantic", "packaging", "torch", "PySide6"}
    script = f"import sys, dreamer_studio.envs.child\nprint('imported:', *sorted({heavy} & set(sys.modules)))"
    assert run_script(script) == "imported:\n"
