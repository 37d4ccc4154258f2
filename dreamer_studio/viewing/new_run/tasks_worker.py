"""Lists the tasks of this machine, and the settings that a task begins with."""

from __future__ import annotations

from collections.abc import Callable

from dreamer_studio.config import ConfigError, offered_presets
from dreamer_studio.envs import (
    EnvError,
    Interruption,
    Package,
    TaskInfo,
    build_config,
    list_tasks,
    missing_packages,
)
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.new_run.messages import TaskDefaults, TaskSurvey
from dreamer_studio.viewing.new_run.waits import ProcessWorker
from dreamer_studio.viewing.worker import CannotAnswerError


class TasksWorker(ProcessWorker[None, TaskSurvey]):
    """Asks all suites for their tasks, in separate processes."""

    def find(self, request: None, interruption: Interruption, tell: Callable[[TaskSurvey], None]) -> TaskSurvey:
        """List the tasks, and the known packages that are not installed."""
        tasks = list_tasks(interruption=interruption)
        return TaskSurvey((*tasks, *map(entry_of, missing_packages())))


def entry_of(package: Package) -> TaskInfo:
    """Return the entry of the list for a known package that is not installed."""
    tried = f" (tried: {package.refused})" if package.refused else ""
    problem = f"needs {package.module}, which is not installed: {package.install}{tried}"
    return TaskInfo(package.task(package.ids[0]), f"not installed; {problem}", problem, package.install)


class DefaultsWorker:
    """Makes the configurations that a new run of a task begins with. A package's suite is asked in a process."""

    def __init__(self, channel: Channel[str, TaskDefaults]) -> None:
        self.channel = channel

    def turn(self) -> bool:
        """Make the configurations of the task, one for each preset."""
        taken = self.channel.take()
        if taken is None:
            return False
        generation, task = taken
        try:
            configs = {preset: build_config(task, preset) for preset in offered_presets(task)}
        except (EnvError, ConfigError) as error:
            raise CannotAnswerError(str(error)) from error
        self.channel.answer(generation, TaskDefaults(task, configs))
        return True

    def give_up(self) -> None:
        """Do nothing: the answer comes within seconds."""

    def close(self) -> None:
        """Do nothing: each question has its own process, which has ended."""
