"""The function that Ray calls for each trial, on any machine."""

from __future__ import annotations

import json
import platform
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from ray import tune

from dreamer_studio.studies.plan import Plan, PlannedRun
from dreamer_studio.studies.ray.trial import Pointer, Report, Times, Trial, TrialError
from dreamer_studio.studies.study import Study
from dreamer_studio.studies.study_folder import StudyFolder, find_study

MOST_REPORTS: Final = 16.0
"""Most reports per second from all trials of a study together."""

POINTER_FILE: Final = "pointer.json"


def settings_of(run: PlannedRun, folder: StudyFolder, directory: Path) -> dict[str, Any]:
    """Return what a trial needs to know, as plain values.

    Args:
        run: its run.
        folder: the study's folder, which all machines see under this path.
        directory: working directory of the trainings, on machines that have this folder.
    """
    return {
        "run": run.name,
        "task": run.task,
        "seed": run.seed,
        "settings": dict(run.settings),
        "folder": str(folder.path),
        "directory": str(directory),
    }


def run_from(settings: Mapping[str, Any], study: Study) -> PlannedRun:
    """Return the run from whose values `settings_of` made the settings."""
    task = settings["task"]
    base = Plan(study).bases[task]
    return PlannedRun(settings["run"], task, settings["seed"], base.steps, settings["settings"], base)


def train_one(config: dict[str, Any]) -> None:
    """Train the run of a trial. Ray stops the trial by raising an exception out of a report.

    Args:
        config: the values from `settings_of`.

    Raises:
        TrialError: this machine cannot see the study, or the training failed.
    """
    given = config["trial"]
    folder, directory = StudyFolder(Path(given["folder"])), Path(given["directory"])
    if not folder.kept_file.is_file():
        raise TrialError(f"{platform.node()} cannot see {folder.kept_file}: put the study on shared storage")
    study = find_study(folder.path).study
    reporter = Reporter(tune.report)
    directory = directory if directory.is_dir() else folder.path
    times = Times(report=max(Times.report, study.run_count / MOST_REPORTS))
    Trial(run_from(given, study), study, folder, reporter.report, directory, times=times).train()


class Reporter:
    """Passes reports on to Ray, and a pointer whenever there is a newer checkpoint.

    Args:
        send: Ray's function ``report``.
    """

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send
        self._pointer: Pointer | None = None

    def report(self, report: Report) -> None:
        """Pass a report on. If the trial is to stop, raise an exception that must not be caught."""
        progress = report.progress
        values = {"step": progress.step, "state": str(progress.state), "host": platform.node(), "over": report.over}
        if progress.last_test is not None:
            values["return"] = progress.last_test
        if report.pointer in {None, self._pointer}:
            self._send(values)
            return
        assert report.pointer is not None
        self._pointer = report.pointer
        with tempfile.TemporaryDirectory() as made:
            (Path(made) / POINTER_FILE).write_text(json.dumps(asdict(report.pointer)), encoding="utf-8")
            self._send(values, checkpoint=tune.Checkpoint.from_directory(made))
