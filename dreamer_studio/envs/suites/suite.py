"""A suite: a family of tasks with one prefix, described by one object."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from dreamer_studio.envs.simulator import LoadedTask
from dreamer_studio.envs.suites.suggestions import unknown_task
from dreamer_studio.envs.wrappers import EnvOptions

Setting = bool | int | float | str

_PLAIN_DEFAULTS: Final[Mapping[str, Setting]] = {"action_repeat": 1, "time_limit": 0}
"""For every suite that does not say otherwise: no repeat, and the task's own time limit."""

_PREFIX: Final = re.compile(r"[a-z][a-z0-9_-]{0,30}")


@dataclass(frozen=True)
class TaskInfo:
    """A task that is available.

    Attributes:
        task: Its name, e.g. ``gym:CartPole-v1``.
        note: Where it comes from, and what is missing if it cannot run yet.
        problem: Why it cannot run here; empty if no reason is known.
        install: The line that installs what is missing; empty if none is known.
    """

    task: str
    note: str
    problem: str = ""
    install: str = ""


@dataclass(frozen=True)
class Suite:
    """A family of tasks with one prefix.

    The object itself is cheap: `load` and `list` import the simulator when they are called, in the environment's
    process.

    Attributes:
        prefix: The part of its tasks before the colon: lower-case letters, digits, ``_`` and ``-``.
        load: Makes the simulator of a task, given its full name and the options for playing and drawing. Raises
            `UnknownTaskError` for a task that does not exist, `EnvUnavailableError` for one that cannot run here, and
            `GlError` if another OpenGL backend may render it.
        list: Lists the available tasks; may be incomplete.
        defaults: Settings of a new run that differ from its preset's, by their names in `Config`. Unless they say
            otherwise, ``action_repeat`` is 1 and ``time_limit`` is 0, which means the task's own.
        needs_gl: Whether `load` renders through OpenGL. A crash during `load` then counts as the backend's fault,
            and the next backend is tried.
        form: How a task is written behind the colon, for error messages.

    Raises:
        ValueError: If the prefix or a default is malformed.
    """

    prefix: str
    load: Callable[[str, EnvOptions], LoadedTask]
    list: Callable[[], Iterable[TaskInfo]]
    defaults: Mapping[str, Setting] = field(default_factory=dict)
    needs_gl: bool = False
    form: str = "<task>"

    def __post_init__(self) -> None:
        check_prefix(self.prefix)
        for name, value in self.defaults.items():
            if name in ("task", "preset") or not isinstance(value, bool | int | float | str):
                raise ValueError(f"{name}={value!r} is not a default that a suite can set")

    @classmethod
    def of_tasks(
        cls, prefix: str, tasks: Mapping[str, Callable[[], LoadedTask]], defaults: Mapping[str, Setting] | None = None
    ) -> Suite:
        """Make a suite of a few tasks that take no options.

        Args:
            prefix: As in `Suite`.
            tasks: For each name behind the colon, a function that loads the task. The first line of its docstring, if
                it has one, is the task's note in the list.
            defaults: As in `Suite`.

        Raises:
            ValueError: As `Suite`.
        """
        makers = {f"{prefix}:{name}": make for name, make in tasks.items()}

        def load(task: str, _: EnvOptions) -> LoadedTask:
            if task not in makers:
                raise unknown_task(task, makers)
            return makers[task]()

        infos = tuple(TaskInfo(task, (make.__doc__ or "").strip().partition("\n")[0]) for task, make in makers.items())
        return cls(prefix, load, lambda: infos, defaults or {})

    @property
    def settings(self) -> dict[str, Setting]:
        """Return the settings of a new run, before those of its preset."""
        return {**_PLAIN_DEFAULTS, **self.defaults}

    @property
    def action_repeat(self) -> int:
        """Simulator steps per agent step unless the user says otherwise."""
        return int(self.settings["action_repeat"])


def _accept(task: str) -> None:
    """Refuse nothing."""


def _runs_no_chosen_code(task: str) -> bool:
    return False


@dataclass(frozen=True)
class BuiltInSuite(Suite):
    """A suite that the program itself imports, and asks about a task before any process starts.

    Attributes:
        pattern: A regular expression for the part of a task behind the colon; serves to guess a missing prefix.
        check: Raises `UnknownTaskError` for a malformed task.
        runs_chosen_code: Says whether loading a task may run code that the writer of its name chose.
    """

    pattern: str = ""
    check: Callable[[str], object] = _accept
    runs_chosen_code: Callable[[str], bool] = _runs_no_chosen_code


def check_prefix(prefix: str) -> None:
    """Check the prefix of a suite.

    Raises:
        ValueError: If it is malformed.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(
            f"{prefix!r} is not a valid prefix of a suite: use at most 31 lower-case letters, digits, _ and -"
        )
