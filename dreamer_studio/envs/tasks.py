"""Names of tasks: how they are written, and which one was probably meant."""

import ast
import difflib
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

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


@dataclass(frozen=True)
class GymName:
    """The parts of a task ``gym:[<module or file.py>:]<id>[?<name>=<value>&...]``.

    Attributes:
        module: A module to import, or the path of a Python file to run, which registers the environment; or empty.
        env_id: The environment's id, e.g. ``ALE/Pong-v5``.
        arguments: The given arguments of the environment: numbers, booleans, None, tuples, or text.
    """

    module: str
    env_id: str
    arguments: Mapping[str, object]

    @property
    def is_file(self) -> bool:
        """Whether `module` is a Python file rather than the name of a module."""
        return self.module.endswith(".py")


def gym_task(module: str, env_id: str) -> str:
    """Writes a ``gym:`` task without arguments; the module may be empty."""
    return GYM_PREFIX + (f"{quote(module, safe='/.:~')}:" if module else "") + env_id


def parse_gym_name(task: str) -> GymName:
    """Takes a ``gym:`` task apart.

    A value is a Python literal (``8``, ``0.5``, ``False``, ``(3,3)``), ``true``, ``false`` or ``none`` in any case,
    or else text. ``%26`` stands for &, and ``%20`` for a space, also in a file's path, as in web addresses.

    Raises:
        UnknownTaskError: If an argument is not written ``name=value`` or given twice, or a file has no id.
    """
    body, _, query = task.removeprefix(GYM_PREFIX).partition("?")
    module, _, env_id = body.rpartition(":")
    arguments: dict[str, object] = {}
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if not (equals and name.isidentifier()) or name in arguments:
            raise UnknownTaskError(f'"{task}": arguments are written gym:<id>?name=value&name=value, not "{part}"')
        arguments[name] = _typed(unquote(value))
    if module.startswith((".", "/")) and not module.endswith(".py"):
        raise UnknownTaskError(f'"{task}": a file is written gym:./FILE.py:ID')
    if not module and env_id.endswith(".py"):
        raise UnknownTaskError(f'"{task}": the id of an environment is missing: gym:{env_id}:ID')
    return GymName(unquote(module), env_id, arguments)


def _typed(text: str) -> object:
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # for instance of "1if"
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def check_task_name(task: str) -> None:
    """Checks how a task name is written, without asking whether the task exists.

    Raises:
        UnknownTaskError: If it is not written ``dmc:<domain>-<task>`` or ``gym:<id>``.
    """
    prefix, _, rest = task.partition(":")
    if f"{prefix}:" in (DMC_PREFIX, GYM_PREFIX) and rest and not re.search(r"\s", task):
        if f"{prefix}:" == GYM_PREFIX:
            parse_gym_name(task)
        return
    guess = _with_prefix(rest or prefix)
    hint = f"; did you mean {guess}?" if guess else ""
    raise UnknownTaskError(f'"{task}" is not a task name: tasks are written dmc:<domain>-<task> or gym:<id>{hint}')


def needs_trust(task: str) -> bool:
    """Says whether making the task's environment may run code that the writer of its name chose.

    This is the case if the name has a module or a file to run, or an argument that may name a file.
    """
    if not task.startswith(GYM_PREFIX):
        return False
    name = parse_gym_name(task)
    harmless = all(value is None or isinstance(value, bool | int | float) for value in name.arguments.values())
    return bool(name.module) or not harmless


def unknown_task(task: str, valid: Iterable[str]) -> UnknownTaskError:
    """Builds the error for a task that does not exist, with the nearest of the valid names."""
    near = nearest_names(task, valid)
    hint = f"; did you mean {' or '.join(near)}?" if near else '; "dreamer-studio tasks" lists them all'
    return UnknownTaskError(f'unknown task "{task}"{hint}')


def nearest_names(name: str, valid: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Finds the valid names most like `name`, best first; case, underscores and modules do not count.

    Of names that differ only in the module, the last is returned.
    """
    by_plain = {_plain(candidate): candidate for candidate in valid}
    near = difflib.get_close_matches(_plain(name), by_plain, n=count, cutoff=0.6)
    return tuple(by_plain[plain] for plain in near)


def _plain(name: str) -> str:
    return re.sub(r"^gym:.*:", GYM_PREFIX, name).lower().replace("_", "-")


def _with_prefix(name: str) -> str:
    """Guesses the suite of a name written without one or with another prefix; empty if it tells nothing."""
    if re.fullmatch(r"\S+-v\d+", name):
        return GYM_PREFIX + name
    if re.fullmatch(r"\w+-\w+", name):
        return DMC_PREFIX + name
    return ""
