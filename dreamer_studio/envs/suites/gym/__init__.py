"""Gymnasium and the packages that register environments with it: tasks ``gym:<id>``."""

from collections.abc import Iterable
from typing import Final

from dreamer_studio.envs.simulator import LoadedTask
from dreamer_studio.envs.suites.gym.names import PREFIX, parse_gym_name, runs_chosen_code
from dreamer_studio.envs.suites.suite import BuiltInSuite, TaskInfo
from dreamer_studio.envs.wrappers import EnvOptions


def _load(task: str, options: EnvOptions) -> LoadedTask:
    from dreamer_studio.envs.suites.gym import simulator  # noqa: PLC0415  (heavy)

    return simulator.load(task, options.observe, render_small=options.render_small)


def _tasks() -> Iterable[TaskInfo]:
    from dreamer_studio.envs.suites.gym import registry  # noqa: PLC0415  (heavy)

    return (*registry.tasks(), *registry.installed_tasks())


SUITE: Final = BuiltInSuite(
    prefix=PREFIX,
    load=_load,
    list=_tasks,
    # Gymnasium's tasks reach a terminal state more often than a time limit, so the end is worth predicting.
    defaults={"pcont": True, "render_small": True},
    form="<id>",
    pattern=r"\S+-v\d+",
    check=parse_gym_name,
    runs_chosen_code=runs_chosen_code,
)
