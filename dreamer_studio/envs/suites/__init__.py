"""Suites of tasks. This module is what a package imports to offer a suite of its own; see docs/tasks.md.

Importing it imports no simulator.
"""

from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.envs.actions import Actions, BoxActions, DiscreteActions
from dreamer_studio.envs.errors import EnvError, EnvUnavailableError, GlError, UnknownTaskError
from dreamer_studio.envs.gl import check_backend, failures_are_the_backends
from dreamer_studio.envs.simulator import BaseSimulator, LoadedTask, Simulator, Tick
from dreamer_studio.envs.spec import End
from dreamer_studio.envs.suites.suggestions import unknown_task
from dreamer_studio.envs.suites.suite import Suite, TaskInfo
from dreamer_studio.envs.wrappers import EnvOptions

__all__ = [
    "FRAME_SIZE",
    "Actions",
    "BaseSimulator",
    "BoxActions",
    "DiscreteActions",
    "End",
    "EnvError",
    "EnvOptions",
    "EnvUnavailableError",
    "GlError",
    "LoadedTask",
    "Simulator",
    "Suite",
    "TaskInfo",
    "Tick",
    "UnknownTaskError",
    "check_backend",
    "failures_are_the_backends",
    "unknown_task",
]
