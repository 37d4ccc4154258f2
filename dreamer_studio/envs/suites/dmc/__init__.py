"""The DeepMind Control Suite: tasks ``dmc:<domain>-<task>``."""

from collections.abc import Iterable
from typing import Final

from dreamer_studio.envs.simulator import LoadedTask
from dreamer_studio.envs.suites.dmc.names import PREFIX
from dreamer_studio.envs.suites.suite import BuiltInSuite, TaskInfo
from dreamer_studio.envs.wrappers import EnvOptions


def _load(task: str, options: EnvOptions) -> LoadedTask:
    from dreamer_studio.envs.suites.dmc import simulator  # noqa: PLC0415  (heavy, and binds OpenGL)

    return simulator.load(task, options.render_quality)


def _tasks() -> Iterable[TaskInfo]:
    from dreamer_studio.envs.suites.dmc import simulator  # noqa: PLC0415  (heavy, and binds OpenGL)

    return simulator.tasks()


SUITE: Final = BuiltInSuite(
    prefix=PREFIX,
    load=_load,
    list=_tasks,
    defaults={"action_repeat": 2, "time_limit": 1000},
    needs_gl=True,
    form="<domain>-<task>",
    pattern=r"\w+-(?!v\d+$)\w+",
)
