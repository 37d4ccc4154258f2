"""Tasks as processes: a real environment, its images at 64 x 64, its crashes and its OpenGL kept apart.

Nothing here imports a simulator: only the spawned process does. The first use of `build_config` imports the
configuration, because the spawned process needs none, and importing pydantic takes a third of its start.
"""

from typing import TYPE_CHECKING, Any

from dreamer_studio.envs.errors import (
    EnvDiedError,
    EnvError,
    EnvTimeoutError,
    EnvUnavailableError,
    UnknownTaskError,
    WaitInterruptedError,
)
from dreamer_studio.envs.gl import GlReport, probe_gl
from dreamer_studio.envs.interruption import Interruption
from dreamer_studio.envs.opening import open_env
from dreamer_studio.envs.process import EnvProcess
from dreamer_studio.envs.seeding import episode_seed
from dreamer_studio.envs.spec import (
    ENDS,
    End,
    EnvSpec,
    LimitSource,
    RenderQuality,
    TimeStep,
    known_end,
    random_action,
)
from dreamer_studio.envs.suites.asking import broken_suites, list_tasks, missing_packages
from dreamer_studio.envs.suites.gym.known import Package
from dreamer_studio.envs.suites.registry import package_of
from dreamer_studio.envs.suites.suite import TaskInfo
from dreamer_studio.envs.tasks import check_task_name, needs_trust

if TYPE_CHECKING:
    from dreamer_studio.envs.new_config import build_config

__all__ = [
    "ENDS",
    "End",
    "EnvDiedError",
    "EnvError",
    "EnvProcess",
    "EnvSpec",
    "EnvTimeoutError",
    "EnvUnavailableError",
    "GlReport",
    "Interruption",
    "LimitSource",
    "Package",
    "RenderQuality",
    "TaskInfo",
    "TimeStep",
    "UnknownTaskError",
    "WaitInterruptedError",
    "broken_suites",
    "build_config",
    "check_task_name",
    "episode_seed",
    "known_end",
    "list_tasks",
    "missing_packages",
    "needs_trust",
    "open_env",
    "package_of",
    "probe_gl",
    "random_action",
]


def __getattr__(name: str) -> Any:
    if name == "build_config":
        from dreamer_studio.envs.new_config import build_config  # noqa: PLC0415  (needs pydantic)

        return build_config
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
