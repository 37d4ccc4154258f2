"""Made values for the page of a new run."""

from __future__ import annotations

import numpy as np

from dreamer_studio.config import offered_presets
from dreamer_studio.envs import EnvSpec, TaskInfo, build_config
from dreamer_studio.viewing.new_run.messages import Measurement, Preview, TaskDefaults, TaskSurvey

TASK = "gym:CartPole-v1"
WALKER = "dmc:walker-walk"
INSTALL = 'pip install "dreamer-studio[box2d]"'
PROBLEM = f"needs Box2D, which is not installed: {INSTALL}"

TASKS = (
    TaskInfo("dmc:cartpole-swingup", "DeepMind Control Suite, benchmark"),
    TaskInfo(WALKER, "DeepMind Control Suite, benchmark"),
    TaskInfo("gym:BipedalWalker-v3", f"gymnasium Box2D; {PROBLEM}", PROBLEM, INSTALL),
    TaskInfo(TASK, "gymnasium classic control"),
    TaskInfo("gym:Pendulum-v1", "gymnasium classic control"),
)
SURVEY = TaskSurvey(TASKS)

SPEC = EnvSpec(
    TASK,
    "discrete",
    2,
    ("push left", "push right"),
    action_repeat=1,
    time_limit=500,
    gl_backend="",
    pid=0,
    limit_source="task",
    sees="render, uint8 (400, 600, 3)",
    acts="one of 2, one-hot",
)

MEASURED = Measurement(
    task=TASK,
    device="cpu",
    updates=5,
    fastest_s=0.1,
    slowest_s=0.2,
    step_s=0.01,
    memory_bytes=500 * 2**20,
    checkpoint_bytes=10 * 2**20,
    row_bytes=1000.0,
    at=0.0,
)


def defaults(task: str = TASK) -> TaskDefaults:
    """The configurations of a task's new runs."""
    return TaskDefaults(task, {preset: build_config(task, preset) for preset in offered_presets(task)})


def preview(frames: int = 30) -> Preview:
    """A preview whose frames grow brighter."""
    brightness = np.arange(frames, dtype=np.uint8)[:, None, None, None]
    return Preview(SPEC, np.broadcast_to(brightness, (frames, 64, 64, 3)).copy(), first_length=21, first_return=21.0)
