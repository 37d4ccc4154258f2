"""How far the runs of a study are, read from their folders without reading whole logs."""

from __future__ import annotations

import contextlib
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreamer_studio.files import UnfitFileError
from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.library.log_facts import newest_test
from dreamer_studio.library.reading import read_run
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studies.plan import Plan, PlannedRun
from dreamer_studio.studies.study_folder import StudyFolder

NOT_STARTED = "not started"
"""State of a run without a folder; all other states are those of the list of runs."""

FEWEST_WHOLE_TESTS = 2
"""Of the tests at the end of a log, the first may be cut."""


@dataclass(frozen=True)
class RunProgress:
    """How far a run of a study is.

    Attributes:
        run: the run.
        state: "not started", or a value of `RunState`.
        step: environment steps so far.
        last_test: mean return of the newest test; None before the first.
        host: machine that trains the run; None if none does.
        problem: why the run failed or is damaged; usually empty.
    """

    run: PlannedRun
    state: str = NOT_STARTED
    step: int = 0
    last_test: float | None = None
    host: str | None = None
    problem: str = ""

    @property
    def finished(self) -> bool:
        """Return whether all steps are done."""
        return self.state == RunState.FINISHED

    @property
    def training(self) -> bool:
        """Return whether a process trains the run."""
        return self.host is not None

    def as_dict(self) -> dict[str, Any]:
        """Return the progress as plain values for JSON."""
        return {
            "name": self.run.name,
            "task": self.run.task,
            "seed": self.run.seed,
            "settings": dict(self.run.settings),
            "state": str(self.state),
            "step": self.step,
            "steps": self.run.steps,
            "last_test": self.last_test,
            "host": self.host,
        }


@dataclass(frozen=True)
class StudyProgress:
    """How far a study is.

    Attributes:
        name: name of the study.
        folder: its folder.
        runs: its runs, in the order of the study.
    """

    name: str
    folder: Path
    runs: tuple[RunProgress, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the progress as plain values for JSON."""
        return {"name": self.name, "folder": str(self.folder), "runs": [run.as_dict() for run in self.runs]}


def read_progress(plan: Plan, folder: StudyFolder) -> StudyProgress:
    """Read how far the runs of a study are.

    Raises:
        OSError: the study's folder cannot be read.
    """
    begun = folder.begun()
    runs = (read_run_progress(run, folder) if run.name in begun else RunProgress(run) for run in plan)
    return StudyProgress(plan.study.name, folder.path, tuple(runs))


def read_run_progress(run: PlannedRun, folder: StudyFolder) -> RunProgress:
    """Read how far a run is. A run that cannot be read is damaged, never an error."""
    path = folder.run(run.name)
    if not RunFolder(path).config_file.is_file():
        return RunProgress(run)
    entry, known = read_run(path, quick=True)
    last_test = entry.last_test
    if known.quick and len(entry.tests) < FEWEST_WHOLE_TESTS and _has_tests(run):
        with contextlib.suppress(UnfitFileError, OSError):  # the log has gone since
            test = newest_test(RunFolder(path).metrics_file)
            last_test = None if test is None else test.mean
    return RunProgress(run, _state(entry, run.steps), entry.step, last_test, _host(entry), entry.problem)


def counts_text(runs: Mapping[str, int]) -> str:
    """Return how many runs have each state, such as "3 finished, 1 training here"."""
    return ", ".join(f"{count:,} {state}" for state, count in runs.items() if count)


def count_states(progress: StudyProgress) -> Counter[str]:
    """Count the runs of each state."""
    return Counter(str(run.state) for run in progress.runs)


def _has_tests(run: PlannedRun) -> bool:
    return bool(run.settings.get("eval_every", run.base.eval_every))


def _state(entry: RunEntry, steps: int) -> str:
    """Return the state by the steps of the study, which may have grown since the run was started."""
    if entry.state in {RunState.FINISHED, RunState.STOPPED}:
        return RunState.FINISHED if entry.step >= steps else RunState.STOPPED
    return entry.state


def _host(entry: RunEntry) -> str | None:
    if not (entry.state.training and entry.holder is not None):
        return None
    return entry.holder.host or platform.node()
