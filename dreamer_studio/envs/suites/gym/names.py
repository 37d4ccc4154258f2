"""How gymnasium's tasks are written."""

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from dreamer_studio.envs.errors import UnknownTaskError

PREFIX: Final = "gym"


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
        """Return whether `module` is a Python file rather than the name of a module."""
        return self.module.endswith(".py")


def gym_task(module: str, env_id: str) -> str:
    """Write a ``gym:`` task without arguments; the module may be empty."""
    return f"{PREFIX}:" + (f"{quote(module, safe='/.:~')}:" if module else "") + env_id


def parse_gym_name(task: str) -> GymName:
    """Split a ``gym:`` task into its parts.

    A value is a Python literal (``8``, ``0.5``, ``False``, ``(3,3)``), ``true``, ``false`` or ``none`` in any case;
    anything else is text. ``%26`` stands for & and ``%20`` for a space, as in web addresses, also in a file's path.

    Raises:
        UnknownTaskError: If an argument is not written ``name=value`` or is given twice, or if a file has no id.
    """
    body, _, query = task.removeprefix(f"{PREFIX}:").partition("?")
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


def runs_chosen_code(task: str) -> bool:
    """Return whether making the environment may run code that the writer of the task's name chose.

    This is the case if the name has a module or a file to run, or an argument that may name a file.
    """
    name = parse_gym_name(task)
    harmless = all(value is None or isinstance(value, bool | int | float) for value in name.arguments.values())
    return bool(name.module) or not harmless


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
