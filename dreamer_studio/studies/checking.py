"""Refuses a folder whose runs do not belong to the study, or began with other settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from dreamer_studio.config import Config, ConfigError, read_config, setting_text
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studies.plan import Plan, PlannedRun
from dreamer_studio.studies.study import StudyError, settings_text
from dreamer_studio.studies.study_folder import FoundStudy, StudyFolder

MAY_CHANGE = frozenset(
    {
        "checkpoint_every",
        "checkpoint_tests",
        "env_memory_mb",
        "env_timeout",
        "keep_each",
        "keep_newest",
        "replay_ram_mb",
        "spare_cores",
    }
)
"""Settings that change nothing about what a run learns; a study may change them for runs that have begun."""


def check_folder(found: FoundStudy, plan: Plan) -> None:
    """Refuse the folder of another study, and a study that changed the settings of runs that have begun.

    Raises:
        StudyError: with the change and the remedy.
        OSError: the folder cannot be read.
    """
    folder, name = found.folder, found.study.name
    kept = folder.kept()
    if kept is not None and kept.name != name:
        raise StudyError(
            f"{folder.path} has the runs of the study {kept.name}, not of {name}: choose another folder with --folder"
        )
    begun = folder.begun()
    planned = {run.name: run for run in plan if run.name in begun} if begun else {}
    foreign = None if kept is not None or planned else next(folder.foreign(), None)
    if foreign is not None:
        raise StudyError(
            f"{folder.path} is not the folder of a study (it has {foreign}): choose another folder with --folder"
        )
    for run in sorted(begun):
        changed = _change_of(folder, run, planned.get(run), plan)
        if changed:
            raise StudyError(
                f"{found.file.name} changed: {run} in {folder.path} {changed}; "
                "undo the change, or give the study another name"
            )


def _change_of(folder: StudyFolder, name: str, planned: PlannedRun | None, plan: Plan) -> str:
    """Return how a run that has begun differs from the study; empty if it does not, or cannot be read."""
    try:
        config = read_config(RunFolder(folder.run(name)).config_file)
    except ConfigError:
        return ""  # the list of runs reports damage
    if planned is None:
        return _unplanned(config, plan)
    if config.steps > planned.steps:
        return f"has {config.steps:,} steps, and the study {planned.steps:,}: steps can only increase"
    return _difference(dataclasses.asdict(config), dataclasses.asdict(planned.config))


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    for name, value in before.items():
        if name not in MAY_CHANGE | {"steps"} and value != after[name]:
            return f"began with {name} = {setting_text(value)}, and the study has {setting_text(after[name])}"
    return ""


def _unplanned(config: Config, plan: Plan) -> str:
    """Return why the study does not have a run with this configuration."""
    study = plan.study
    if config.task not in study.tasks:
        return f"has the task {config.task}, which the study does not have"
    if config.preset != study.preset:
        return f"began with preset = {config.preset}, and the study has {study.preset}"
    if config.seed not in study.all_seeds:
        return f"has the seed {config.seed}, which the study does not have"
    base = dataclasses.asdict(plan.bases[config.task])
    values = dataclasses.asdict(config)
    settings = {name: value for name, value in values.items() if value != base[name] and name not in {"seed", "steps"}}
    return f"has {settings_text(settings) or 'the usual settings'}, which is not a combination of the study"
