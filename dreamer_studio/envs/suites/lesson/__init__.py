"""The lesson's world: tasks ``lesson:disc`` and ``lesson:disc-discrete``, which an agent learns in minutes."""

from collections.abc import Iterable
from typing import Final

from dreamer_studio.envs.simulator import LoadedTask
from dreamer_studio.envs.suites.suite import BuiltInSuite, TaskInfo
from dreamer_studio.envs.wrappers import EnvOptions

PREFIX: Final = "lesson"


def _load(task: str, _: EnvOptions) -> LoadedTask:
    from dreamer_studio.envs.suites.lesson import simulator  # noqa: PLC0415  (in environment processes only)

    return simulator.load(task)


def _tasks() -> Iterable[TaskInfo]:
    from dreamer_studio.envs.suites.lesson import simulator  # noqa: PLC0415  (in environment processes only)

    return simulator.TASKS


SUITE: Final = BuiltInSuite(prefix=PREFIX, load=_load, list=_tasks, form="<name>", pattern=r"disc(-discrete)?")
