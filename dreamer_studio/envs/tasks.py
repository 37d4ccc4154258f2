"""Names of tasks: how they are written, and which one was probably meant."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dreamer_studio.envs.errors import UnknownTaskError

DMC_PREFIX: Final = "dmc:"
GYM_PREFIX: Final = "gym:"


@dataclass(frozen=True)
class TaskInfo:
    """One task that can be asked for.

    Attributes:
        task: Its name, e.g. ``gym:CartPole-v1``.
        note: Where it comes from, and what is missing if it cannot run yet.
    """

    task: str
    note: str


def check_task_name(task: str) -> None:
    """Checks how a task name is written, without asking whether the task exists.

    Raises:
        UnknownTaskError: If it is not written ``dmc:<domain>-<task>`` or ``gym:<id>``.
    """
    prefix, _, rest = task.partition(":")
    if f"{prefix}:" in (DMC_PREFIX, GYM_PREFIX) and rest and not re.search(r"\s", task):
        return
    guess = _with_prefix(rest or prefix)
    hint = f"; did you mean {guess}?" if guess else ""
    raise UnknownTaskError(f'"{task}" is not a task name: tasks are written dmc:<domain>-<task> or gym:<id>{hint}')


def imports_a_module(task: str) -> bool:
    """Whether making the task's environment imports a module that its name gives: ``gym:<module>:<id>``."""
    return task.startswith(GYM_PREFIX) and ":" in task.removeprefix(GYM_PREFIX)


def unknown_task(task: str, valid: Iterable[str]) -> UnknownTaskError:
    """Builds the error for a task that does not exist, with the nearest of the valid names."""
    near = nearest_names(task, valid)
    hint = f"; did you mean {' or '.join(near)}?" if near else '; "dreamer-studio tasks" lists them all'
    return UnknownTaskError(f'unknown task "{task}"{hint}')


def nearest_names(name: str, valid: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Finds the valid names most like `name`, best first; case and underscores do not count."""
    by_plain = {_plain(candidate): candidate for candidate in valid}
    near = difflib.get_close_matches(_plain(name), by_plain, n=count, cutoff=0.6)
    return tuple(by_plain[plain] for plain in near)


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _with_prefix(name: str) -> str:
    """Guesses the suite of a name written without one or with another prefix; empty if it tells nothing."""
    if re.fullmatch(r"\S+-v\d+", name):
        return GYM_PREFIX + name
    if re.fullmatch(r"\w+-\w+", name):
        return DMC_PREFIX + name
    return ""
