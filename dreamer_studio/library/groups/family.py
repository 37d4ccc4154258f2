"""Finds the runs that differ only by their seeds, and the settings in which groups of runs differ."""

from __future__ import annotations

import functools
import itertools
import string
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from dreamer_studio.config import Config, options, setting_text

Item = TypeVar("Item")

_ENDS: Final = "-_ .("


def family_of(config: Config) -> str:
    """Return all settings of a run as text, except those of the section "run", such as the seed; the task stays.

    Runs with the same text repeat one experiment and differ only by chance.
    """
    return repr([getattr(config, name) for name in _family_settings()])


def group_by_family(items: Iterable[Item], family: Callable[[Item], str]) -> list[tuple[Item, ...]]:
    """Return the items with the same family together, in the order of their first items.

    Args:
        items: runs of any kind.
        family: returns the family of a run; empty if unknown, which leaves out the run.
    """
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if name := family(item):
            found[name].append(item)
    return [tuple(group) for group in found.values()]


def shared_name(names: Sequence[str]) -> str:
    """Return the common beginning of some names, without the number of a seed; without one, that of the first name."""
    columns = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    shared = "".join(letters[0] for letters in columns)
    return _without_seed(shared) or _without_seed(names[0]) or names[0]


def _without_seed(name: str) -> str:
    return name.rstrip(_ENDS + string.digits).removesuffix("seed").rstrip(_ENDS)


def differing_settings(configs: Sequence[Config]) -> list[dict[str, str]]:
    """Return for each configuration, as text, the settings in which the configurations differ, except seeds."""
    names = [name for name in _family_settings() if len({getattr(config, name) for config in configs}) > 1]
    return [{name: setting_text(getattr(config, name)) for name in names} for config in configs]


@functools.cache
def _family_settings() -> tuple[str, ...]:
    """Return the names of the settings that distinguish families. Listing the options takes milliseconds."""
    return tuple(option.name for option in options() if option.name == "task" or option.section != "run")
