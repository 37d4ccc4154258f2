"""Search over the tasks of this machine, and tasks that are typed by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from dreamer_studio.envs import TaskInfo, UnknownTaskError, check_task_name
from dreamer_studio.envs.suites.suggestions import nearest_names

_PARTS = re.compile(r"[\W_]+")

ALL = ""
"""The name of the group with all tasks."""


def group_of(info: TaskInfo) -> str:
    """Return the family of a task, such as "gymnasium Box2D": its note without what is missing."""
    return info.note.removesuffix(info.problem).rstrip("; ").partition(", ")[0] or info.task.partition(":")[0]


def groups(tasks: Iterable[TaskInfo]) -> dict[str, int]:
    """Count the tasks of each family, in the order of the list."""
    return dict(Counter(map(group_of, tasks)))


def search(tasks: Sequence[TaskInfo], text: str, group: str = ALL) -> tuple[TaskInfo, ...]:
    """Return the tasks whose name or note has all words of a text; the best first.

    If there is none, return the tasks with the most similar names.
    """
    inside = [info for info in tasks if group in (ALL, group_of(info))]
    words = text.casefold().split()
    found = [info for info in inside if all(word in f"{info.task} {info.note}".casefold() for word in words)]
    if not found and words:
        by_name = {info.task: info for info in inside}
        return tuple(by_name[name] for name in nearest_names(text.strip(), by_name))
    return tuple(sorted(found, key=lambda info: _rank(info, words)))


def typed_task(text: str, tasks: Iterable[TaskInfo]) -> str:
    """Return a text as the name of a task that is not in the list, such as ``gym:module:Name``; else "".

    Raises:
        UnknownTaskError: the text looks like a task, and is not written as one.
    """
    task = text.strip()
    if ":" not in task or any(info.task == task for info in tasks):
        return ""
    check_task_name(task)
    return task


def problem_of(text: str, tasks: Iterable[TaskInfo]) -> str:
    """Return why a text is not a task; empty if it is a task, or an ordinary search."""
    try:
        typed_task(text, tasks)
    except UnknownTaskError as error:
        return str(error)
    return ""


def _rank(info: TaskInfo, words: Sequence[str]) -> tuple[bool, ...]:
    """Return a sort key: this very name first, then what can run.

    Of these, names that begin with the text come first, then names with its words as parts, then with its letters.
    """
    _, _, name = info.task.casefold().partition(":")
    begins = bool(words) and not name.startswith(words[0])
    whole = not set(words) <= set(_PARTS.split(info.task.casefold()))
    has = not all(word in info.task.casefold() for word in words)
    return info.task.casefold() != " ".join(words), bool(info.problem), begins, whole, has
