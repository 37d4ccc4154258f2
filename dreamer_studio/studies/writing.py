"""Writes the study file of many seeds of one task and its settings."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from dreamer_studio.config import setting_text
from dreamer_studio.files import write_whole
from dreamer_studio.studies.study import Study, StudyError
from dreamer_studio.studies.study_file import make_study, read_study
from dreamer_studio.studies.study_folder import FoundStudy, StudyFolder

SUFFIX: Final = ".toml"

_MOST_TASK = 40
_RUN: Final = "# Train the runs:  dreamer-studio study run THIS-FILE"


def seeds_study(
    name: str,
    *,
    task: str,
    preset: str,
    seeds: Sequence[int],
    settings: Mapping[str, Any],
    cpus: int = 1,
    gpus: float = 0.0,
) -> Study:
    """Return the study of several seeds of one task.

    Args:
        name: name of the study.
        task: the task.
        preset: a key of `PRESETS`.
        seeds: the seeds.
        settings: settings of all runs, also `steps`.
        cpus: processor cores of a run.
        gpus: part of a GPU for a run.

    Raises:
        StudyError: a value is wrong.
    """
    common = dict(settings)
    values: dict[str, Any] = {"name": name, "tasks": [task], "preset": preset, "cpus": cpus, "gpus": gpus}
    if "steps" in common:
        values["steps"] = common.pop("steps")
    from_zero = list(seeds) == list(range(len(seeds)))
    return make_study({**values, "seeds": len(seeds) if from_zero else list(seeds), "common": common})


def fits_name(name: str) -> bool:
    """Return whether a text can be the name of a study."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.=,+-]{0,59}", name) is not None


def free_name(root: Path, task: str, preset: str) -> str:
    """Return the first name such as "walker-walk-laptop-3" that neither a folder nor a study file in `root` has."""
    words = re.sub(r"[^A-Za-z0-9.=,+]+", "-", task.partition(":")[2]).strip("-.=,+")[:_MOST_TASK]
    names = (f"{words or 'task'}-{preset}-{number}" for number in itertools.count(1))
    return next(name for name in names if not (root / name).exists() and not (root / f"{name}{SUFFIX}").exists())


def study_text(study: Study) -> str:
    """Return the text of the file of a study without a grid."""
    seeds = str(study.seeds) if isinstance(study.seeds, int) else f"[{', '.join(map(str, study.seeds))}]"
    lines = [_RUN, f"name = {_toml(study.name)}", f"tasks = [{', '.join(map(_toml, study.tasks))}]"]
    lines += [f"preset = {_toml(study.preset)}", f"seeds = {seeds}"]
    lines += [f"steps = {study.steps}"] if study.steps is not None else []
    lines += [f"cpus = {study.cpus}", f"gpus = {study.gpus:g}"]
    if study.common:
        lines += ["[common]", *(f"{name} = {_toml(value)}" for name, value in study.common.items())]
    return "\n".join(lines) + "\n"


def refusal(root: Path, study: Study) -> str:
    """Return why a study cannot be in a folder of runs, in one line; empty if it is new there, or there already.

    Raises:
        OSError: the folder cannot be read.
    """
    file, folder = root / f"{study.name}{SUFFIX}", StudyFolder(root / study.name)
    try:
        there = read_study(file) if file.exists() else folder.kept()
    except StudyError as error:
        return str(error)
    if there is not None:
        other = f"there is another study {there.name} here, with other seeds or settings: choose another name"
        return "" if _is_same(there, study) else other
    if folder.path.exists() and not folder.path.is_dir():
        return f"{folder.path} is a file: choose another name"
    foreign = next(iter([*folder.begun(), *folder.foreign()]), None)
    return "" if foreign is None else f"the folder {study.name} has {foreign}: choose another name"


def write_study(root: Path, study: Study) -> FoundStudy:
    """Write the file of a study into a folder of runs, or leave it if it is there already.

    Returns:
        the study, with a folder of its name beside the file.

    Raises:
        StudyError: the name is taken.
        OSError: the file cannot be written; then no part of it is left.
    """
    refused = refusal(root, study)
    if refused:
        raise StudyError(refused)
    file, text = root / f"{study.name}{SUFFIX}", study_text(study)
    if not file.exists():
        root.mkdir(parents=True, exist_ok=True)
        write_whole(file, text.encode())
    return FoundStudy(study, text, file, StudyFolder(root.absolute() / study.name))


def _is_same(one: Study, other: Study) -> bool:
    """Return whether two studies train the same runs. Cores and GPUs may differ: they depend on the machine."""

    def identity(study: Study) -> tuple[Any, ...]:
        runs = (study.grid, study.settings, study.common, sorted(study.all_seeds))
        return study.name, study.tasks, study.preset, study.steps, *runs

    return identity(one) == identity(other)


def _toml(value: Any) -> str:
    """Return a value as TOML. DEL is the only character that JSON keeps and TOML refuses."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return setting_text(value)
