"""Tasks of the DeepMind Control Suite. Importing this binds OpenGL: in environment processes only."""

import inspect
import logging
import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs import gl
from dreamer_studio.envs.actions import BoxActions
from dreamer_studio.envs.errors import EnvError
from dreamer_studio.envs.simulator import LoadedTask, Tick, count_in_state, end_of, foreign_state
from dreamer_studio.envs.spec import RenderQuality
from dreamer_studio.envs.suites.dmc.names import dmc_task, parse_dmc_name
from dreamer_studio.envs.suites.suggestions import unknown_task
from dreamer_studio.envs.suites.suite import TaskInfo

with gl.failures_are_the_backends("dm_control"):  # this import loads the chosen backend
    import mujoco
    from dm_control import suite

    from dreamer_studio.envs.suites.dmc.state import state_angles, state_names
    from dreamer_studio.envs.suites.dmc.view import DmcView

logging.getLogger("absl").setLevel(logging.ERROR)  # MuJoCo gives advice there to the authors of its models

# Some tasks draw their model, not only their episodes, at random. It must be the same one in every process.
MODEL_SEED: Final = 0
CAMERAS: Final = {"quadruped": 2}

# All that a step reads, the warm start of the constraint solver included: without it the last bits would differ.
_STATE: Final = mujoco.mjtState.mjSTATE_INTEGRATION


class DmcSimulator:
    """One task of the suite, seen through one of its cameras."""

    def __init__(self, env: Any, actions: BoxActions, view: DmcView) -> None:
        self._env = env
        self._actions = actions
        self._view = view
        self._state_size = mujoco.mj_stateSize(env.physics.model.ptr, _STATE)

    def reset(self, seed: int) -> None:
        """Start an episode; all its randomness comes from `seed`."""
        self._env.task.random.seed(seed)
        self._env.reset()

    def step(self, executed: NDArray[np.float32]) -> Tick:
        """Take one control step; the suite's own time-out keeps its discount at 1 and is not terminal."""
        time_step = self._env.step(self._actions.native(executed))
        ended = bool(time_step.last())
        terminated = ended and time_step.discount == 0.0
        return Tick(float(time_step.reward or 0.0), end_of(terminated=terminated, truncated=ended))

    def image(self) -> NDArray[np.uint8]:
        """Render the camera, uint8 (64, 64, 3)."""
        return self._view.frame()

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Render the camera, uint8 (height, width, 3); an image with a side over 1024 pixels is enlarged."""
        return self._view.render(width, height)

    def state(self) -> NDArray[np.float64]:
        """Return MuJoCo's state, followed by the suite's count of steps."""
        state = np.empty(self._state_size + 1)
        mujoco.mj_getState(self._env.physics.model.ptr, self._env.physics.data.ptr, state[:-1], _STATE)
        state[-1] = self._env._step_count
        return state

    def restore(self, state: NDArray[np.float64]) -> None:
        """Set MuJoCo's state and the suite's clock, after a reset that has randomized the model."""
        if len(state) != self._state_size + 1:
            raise foreign_state(len(state), self._state_size + 1)
        if np.abs(state).max() > mujoco.mjMAXVAL:
            raise EnvError("the state has numbers that MuJoCo treats as an unstable simulation")
        physics = self._env.physics
        self._env._step_count = count_in_state(state[-1], self._env._step_limit)
        with physics.check_invalid_state():
            mujoco.mj_setState(physics.model.ptr, physics.data.ptr, state[:-1], _STATE)
            mujoco.mj_step1(physics.model.ptr, physics.data.ptr)  # the suite's steps begin behind this half

    def close(self) -> None:
        """Release the model and OpenGL's context."""
        self._env.close()


def load(task: str, quality: RenderQuality) -> LoadedTask:
    """Load a task and render a first frame.

    Args:
        task: ``dmc:<domain>-<task>``.
        quality: How its frames are drawn.

    Raises:
        UnknownTaskError: If the suite has no such task.
        GlError: If the chosen backend cannot render.
    """
    domain, name = parse_dmc_name(task)
    if (domain, name) not in suite.ALL_TASKS:
        raise unknown_task(task, (info.task for info in tasks()))
    env = suite.load(domain, name, task_kwargs={"random": MODEL_SEED})
    actions = _actions(env)
    with gl.failures_are_the_backends("dm_control"):
        view = DmcView(env.physics, CAMERAS.get(domain, 0), quality)
    simulator = DmcSimulator(env, actions, view)
    simulator.reset(0)
    with gl.failures_are_the_backends("dm_control"):
        simulator.image()
    return LoadedTask(
        simulator=simulator,
        actions=actions,
        own_time_limit=_own_time_limit(domain, name, env),
        uses_gl=True,
        action_space=_in_words(actions),
        state_names=state_names(env.physics.model),
        state_angles=state_angles(env.physics.model),
    )


def tasks() -> list[TaskInfo]:
    """List every task of the suite."""
    return [TaskInfo(dmc_task(domain, name), _note((domain, name))) for domain, name in suite.ALL_TASKS]


def _note(task: tuple[str, str]) -> str:
    return "DeepMind Control Suite, benchmark" if task in suite.BENCHMARKING else "DeepMind Control Suite"


def _actions(env: Any) -> BoxActions:
    spec = env.action_spec()
    low, high = np.broadcast_to(spec.minimum, spec.shape), np.broadcast_to(spec.maximum, spec.shape)
    physics = env.physics
    named = (physics.model.id2name(index, "actuator") for index in range(physics.model.nu))
    return BoxActions(
        # MuJoCo writes "unlimited" as a huge number.
        low=np.where(low <= -mujoco.mjMAXVAL, -np.inf, low),
        high=np.where(high >= mujoco.mjMAXVAL, np.inf, high),
        names=tuple(name or f"action {index}" for index, name in enumerate(named)),
    )


def _in_words(actions: BoxActions) -> str:
    """Return how many numbers an action has, and their bounds."""
    low, high = np.unique(actions.low), np.unique(actions.high)
    bounds = (
        f"from {low[0]:g} to {high[0]:g}" if len(low) == len(high) == 1 else f"from {actions.low} to {actions.high}"
    )
    return f"{len(actions.names)} numbers {bounds}"


def _own_time_limit(domain: str, name: str, env: Any) -> int | None:
    """Read the task's time limit, which the suite keeps in seconds, as simulator steps."""
    constructor = getattr(suite, domain).SUITE[name]
    seconds = inspect.signature(constructor).parameters["time_limit"].default
    return None if math.isinf(seconds) else round(seconds / env.control_timestep())
