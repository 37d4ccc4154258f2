"""Reads a study from a TOML file. Every mistake is one line that names the file and says what to do."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dreamer_studio.config import PRESETS, Config, ConfigError, nearest, setting_text, with_values
from dreamer_studio.envs import EnvError, check_task_name
from dreamer_studio.files import UnfitFileError, read_small
from dreamer_studio.studies.study import MOST_SEED, RayOptions, Settings, Study, StudyError, settings_text
from dreamer_studio.texts import one_line, reason_of

MOST_BYTES = 2**20
LEAST_GPU = 0.01

_ADAPTER: TypeAdapter[Study] = TypeAdapter(Study)
_FIELDS = tuple(field.name for field in dataclasses.fields(Study))
_RAY_FIELDS = tuple(field.name for field in dataclasses.fields(RayOptions))
_OWN_KEYS = {
    "task": "tasks = [...]",
    "preset": 'preset = "..."',
    "seed": "seeds = ...",
    "steps": "steps = ...",
    "suite_package": "tasks = [...]",
}
"""Settings for which a study has keys of its own, and those keys."""

NAME_RULE = "use letters, digits and . _ = , + -, at most 60, and begin with a letter or digit"
"""What the name of a study must be."""

_REASONS = {
    "name": NAME_RULE,
    "tasks": 'write a list, such as ["dmc:walker-walk"]',
    "seeds": "write a number of seeds, or a list such as [0, 1, 2]",
    "preset": f"write one of {', '.join(PRESETS)}",
    "grid": "write a list of values for each setting",
    "settings": "write a table [[settings]] for each combination",
}
"""What to write in place of a value of a wrong type."""


def read_study(path: Path) -> Study:
    """Read a study file.

    Raises:
        StudyError: the file cannot be read, or does not describe a study.
    """
    return parse_study(read_study_text(path), str(path))


def read_study_text(path: Path) -> str:
    """Return the text of a study file. The path may be a link.

    Raises:
        StudyError: the file cannot be read.
    """
    try:
        return read_small(path.resolve(), MOST_BYTES).decode("utf-8-sig")  # some editors mark UTF-8
    except FileNotFoundError as error:
        raise StudyError(f"there is no study {path}: dreamer-studio study new {path} writes an example") from error
    except (UnfitFileError, RuntimeError) as error:  # RuntimeError: a link to itself, before Python 3.13
        raise StudyError(f"{path} cannot be read: {error}") from error
    except UnicodeDecodeError as error:
        raise StudyError(f"{path} is not UTF-8 text") from error
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror or error}") from error


def parse_study(text: str, source: str) -> Study:
    """Return the study that a TOML text describes, with checked tasks and settings.

    Args:
        text: the text.
        source: names the text in error messages.

    Raises:
        StudyError: the text does not describe a study.
    """
    try:
        return make_study(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{source} is not TOML: {one_line(str(error))}") from error
    except RecursionError as error:
        raise StudyError(f"{source} is not a study: its values are nested too deeply") from error
    except StudyError as error:
        raise StudyError(f"{source}: {error}") from error
    except ValueError as error:  # Python converts no number of thousands of digits
        raise StudyError(f"{source} is not a study: {reason_of(error)}") from error


def make_study(values: Mapping[str, Any]) -> Study:
    """Return the study with the values of a study file, with checked tasks and settings.

    Raises:
        StudyError: the values do not describe a study.
    """
    try:
        return _checked(_validated(values))
    except (ConfigError, EnvError) as error:
        raise StudyError(str(error)) from error


def _validated(values: Mapping[str, Any]) -> Study:
    for key in values:
        if key not in _FIELDS:
            raise StudyError(f"unknown key {key!r}{nearest(key, _FIELDS)}")
    for key, example in (("name", 'name = "first"'), ("tasks", 'tasks = ["dmc:walker-walk"]'), ("seeds", "seeds = 3")):
        if key not in values:
            raise StudyError(f"{key} is missing: write, for example, {example}")
    for name, listed in _table(values, "grid").items():
        if not isinstance(listed, list):
            raise StudyError(f"grid: {name} needs a list of values, such as {name} = [{setting_text(listed)}]")
    _table(values, "common")
    for key in _table(values, "ray"):
        if key not in _RAY_FIELDS:
            raise StudyError(f"ray: unknown key {key!r}{nearest(key, _RAY_FIELDS)}")
    try:
        return _ADAPTER.validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        key, *inner = map(str, first["loc"])
        reason = _REASONS.get(key, first["msg"].lower())
        if key == "ray" and inner:
            raise StudyError(f"ray: {inner[0]} = {_quoted(values[key][inner[0]])}: {reason}") from error
        raise StudyError(f"{key} = {_quoted(values[key])}: {reason}") from error


def _table(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = values.get(name, {})
    if not isinstance(table, dict):
        raise StudyError(f"{name} is a table: begin it with a line [{name}]")
    return table


def _checked(study: Study) -> Study:
    """Check tasks, preset, seeds and settings. Return the study with settings of their proper types."""
    if not study.tasks:
        raise StudyError('tasks is empty: write, for example, tasks = ["dmc:walker-walk"]')
    _refuse_twice(study.tasks, "tasks")
    for task in study.tasks:
        check_task_name(task)
    if study.preset not in PRESETS:
        raise StudyError(f"unknown preset {study.preset!r}{nearest(study.preset, PRESETS)}")
    _check_seeds(study)
    if 0 < study.gpus < LEAST_GPU:
        raise StudyError(f"gpus = {study.gpus:g}: write 0, or a part from {LEAST_GPU} to 1")
    common = _typed(study.common, "common")
    if study.grid is not None and study.settings is not None:
        raise StudyError("a study has [grid] or [[settings]], not both")
    if study.grid is not None:
        return dataclasses.replace(study, common=common, grid=_typed_grid(study.grid, common))
    if study.settings is not None:
        return dataclasses.replace(study, common=common, settings=_typed_list(study.settings, common))
    return dataclasses.replace(study, common=common)


def _check_seeds(study: Study) -> None:
    seeds = study.all_seeds
    if not seeds:
        raise StudyError("there are no seeds: write seeds = 3, or a list such as seeds = [0, 1, 2]")
    if isinstance(seeds, tuple):
        _refuse_twice(seeds, "seeds")
    ends = (seeds[0], seeds[-1]) if isinstance(seeds, range) else seeds
    if min(ends) < 0 or max(ends) > MOST_SEED:
        raise StudyError(f"seeds are whole numbers from 0 to {MOST_SEED:,}")


def _typed_grid(grid: Mapping[str, Sequence[Any]], common: Settings) -> dict[str, tuple[Any, ...]]:
    if not grid:
        raise StudyError("grid is empty: give it a setting with values, such as horizon = [10, 15], or remove it")
    typed = {}
    for name, values in grid.items():
        if not values:
            raise StudyError(f"grid: {name} has no values")
        _refuse_common(name, common, "grid")
        typed[name] = tuple(_typed({name: value}, "grid")[name] for value in values)
        _refuse_twice(typed[name], f"grid: {name}")
    return typed


def _typed_list(settings: Sequence[Settings], common: Settings) -> tuple[Settings, ...]:
    if not settings:
        raise StudyError("settings is empty: add a table [[settings]], or remove it")
    typed: list[Settings] = []
    for each in settings:
        for name in each:
            _refuse_common(name, common, "settings")
        found = _typed(each, "settings")
        if found in typed:
            raise StudyError(f"settings: {settings_text(found) or 'an empty table'} appears twice")
        typed.append(found)
    return tuple(typed)


def _typed(settings: Mapping[str, Any], where: str) -> Settings:
    for name in settings:
        if name in _OWN_KEYS:
            raise StudyError(f"{where}: {name} cannot be set here; write {_OWN_KEYS[name]} at the top of the file")
    try:
        config = with_values(Config(), settings)
    except ConfigError as error:
        raise StudyError(f"{where}: {error}") from error
    return {name: getattr(config, name) for name in settings}


def _refuse_common(name: str, common: Settings, where: str) -> None:
    if name in common:
        raise StudyError(f"{name} is in [common] and in {where}: remove one")


def _refuse_twice(values: Sequence[Any], where: str) -> None:
    seen = set()
    for value in values:
        if value in seen:
            raise StudyError(f"{where}: {_quoted(value)} appears twice")
        seen.add(value)


def _quoted(value: object) -> str:
    return reason_of(ValueError(repr(value)))
