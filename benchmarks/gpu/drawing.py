"""Times the environment: a step with its frame, and the frame alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.gpu.order import Clock, Order
from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.bench.measuring import median_of
from dreamer_studio.envs import EnvProcess, open_env

MOST_FRAMES = 300


def measure(order: Order) -> Mapping[str, Any]:
    """Return the OpenGL backend, and median milliseconds of a frame and of an agent step."""
    config, clock = order.config(), Clock(order.seconds)
    with open_env(config) as env:
        env.reset(0)
        frame = median_of(lambda: env.render(FRAME_SIZE, FRAME_SIZE), MOST_FRAMES, clock.left / 2)
        step = median_of(lambda: _step(env), MOST_FRAMES, clock.left)
        spec = env.spec
    return {
        "task": config.task,
        "gl_backend": spec.gl_backend,
        "frame_ms": 1000 * frame,
        "agent_step_ms": 1000 * step,
        "action_repeat": config.action_repeat,
    }


def _step(env: EnvProcess) -> None:
    if env.spec.action_kind == "discrete":
        action = np.eye(env.spec.action_size, dtype=np.float32)[0]
    else:
        action = np.zeros(env.spec.action_size, np.float32)
    if env.step(action).is_last:
        env.reset(0)
