"""Studies with made runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dreamer_studio.config import write_config
from dreamer_studio.files import write_json
from dreamer_studio.runs.folder import STATUS_FILE, RunFolder
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lease.status import RunStatus, TrainerState, as_json
from dreamer_studio.studies.plan import Plan, PlannedRun
from dreamer_studio.studies.study_folder import FoundStudy, find_study
from tests.support.listed_runs import write_run

STUDY = """\
name = "try"
tasks = ["gym:Pendulum-v1"]
preset = "tiny"
seeds = 2
steps = 300
[common]
prefill = 60
[grid]
horizon = [5, 10]
"""
"""Four runs of a few seconds each."""


def write_study(folder: Path, text: str = STUDY, name: str = "file.toml") -> FoundStudy:
    """Write a study file, and return the study."""
    (folder / name).write_text(text)
    return find_study(folder / name)


def planned(found: FoundStudy) -> dict[str, PlannedRun]:
    """Return the runs of a study by name."""
    return {run.name: run for run in Plan(found.study)}


def train_elsewhere(run: Path, host: str) -> None:
    """Write the report of a trainer on another machine: at step 140, paused."""
    said = RunStatus(Owner(host, 7), 1, TrainerState.PAUSED, True, 140, 300, 9, "", 0.0, 0.0, 0.0)
    write_json(run / STATUS_FILE, as_json(said))


def begin(found: FoundStudy, name: str, *, step: int = 0, tests: Sequence[float] = ()) -> Path:
    """Write a run of a study as its training leaves it."""
    path = write_run(found.folder.run(name), step=step, tests=tests)
    write_config(planned(found)[name].config, RunFolder(path).config_file)
    return path
