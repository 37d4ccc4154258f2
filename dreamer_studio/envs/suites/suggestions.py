"""Suggests the valid task that a misspelled name probably means."""

import difflib
import re
from collections.abc import Iterable

from dreamer_studio.envs.errors import UnknownTaskError


def unknown_task(task: str, valid: Iterable[str]) -> UnknownTaskError:
    """Build the error for a task that does not exist, with the nearest of the valid names."""
    near = nearest_names(task, valid)
    hint = f"; did you mean {' or '.join(near)}?" if near else '; "dreamer-studio tasks" lists them all'
    return UnknownTaskError(f'unknown task "{task}"{hint}')


def nearest_names(name: str, valid: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Find the valid names most like `name`, best first.

    The comparison ignores case, underscores and the module of a gymnasium task. Of names that differ only in these,
    the last one is returned.
    """
    by_plain = {_plain(candidate): candidate for candidate in valid}
    near = difflib.get_close_matches(_plain(name), by_plain, n=count, cutoff=0.6)
    return tuple(by_plain[plain] for plain in near)


def _plain(name: str) -> str:
    return re.sub(r"^([\w-]+:).*:", r"\1", name).lower().replace("_", "-")
