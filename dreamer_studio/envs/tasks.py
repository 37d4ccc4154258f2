"""Names of tasks: their form, and whether a stranger's name needs trust."""

import difflib
import re

from dreamer_studio.envs.errors import EnvUnavailableError, UnknownTaskError
from dreamer_studio.envs.suites.registry import BUILT_IN, prefix_of, prefixes


def check_task_name(task: str, package: str = "") -> None:
    """Check how a task's name is written, without asking whether the task exists.

    Args:
        task: The name.
        package: The package and version that its suite came from when its run began, e.g. ``toy-suite 0.1``.

    Raises:
        UnknownTaskError: If it is not written ``<prefix>:<task>`` with the prefix of a suite that is here.
        EnvUnavailableError: If the suite came from a package that is not installed.
    """
    prefix, _, rest = task.partition(":")
    if rest and not re.search(r"\s", task):
        if prefix in BUILT_IN:
            BUILT_IN[prefix].check(task)
            return
        if prefix in prefixes():
            return
        if package:
            raise _missing(task, package)
    *others, last = (f"{suite.prefix}:{suite.form}" for suite in BUILT_IN.values())
    forms = f"{', '.join([*others, *_offered_forms()])} or {last}"
    guess = _guess(task)
    hint = f"; did you mean {guess}?" if guess else ""
    raise UnknownTaskError(f'"{task}" is not a task name here: tasks are written {forms}{hint}')


def needs_trust(task: str) -> bool:
    """Return whether making the task's environment may run code that the writer of its name chose.

    The program cannot know what a package's suite does with a name, so its tasks need trust.
    """
    suite = BUILT_IN.get(prefix_of(task))
    return suite is None or suite.runs_chosen_code(task)


def _missing(task: str, package: str) -> EnvUnavailableError:
    name = package.partition(" ")[0]
    mend = f": pip install {name}" if re.fullmatch(r"\w[\w.-]*", name, re.ASCII) else ""
    return EnvUnavailableError(f"{task} needs the package {package}, which is not installed{mend}")


def _offered_forms() -> list[str]:
    return [f"{prefix}:<task>" for prefix in prefixes() if prefix not in BUILT_IN]


def _guess(task: str) -> str:
    """Guess the task that a name with another prefix, or without one, means; empty if nothing is similar."""
    prefix, _, rest = task.partition(":")
    near = difflib.get_close_matches(prefix, prefixes(), n=1, cutoff=0.6) if rest else []
    if near and near[0] != prefix and not re.search(r"\s", rest):
        return f"{near[0]}:{rest}"
    name = rest or prefix
    suites = BUILT_IN.values()
    return next((f"{suite.prefix}:{name}" for suite in suites if re.fullmatch(suite.pattern, name)), "")
