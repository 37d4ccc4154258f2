"""Reads the progress of a study's runs from the end of each log and the last report of each trainer."""

from __future__ import annotations

import contextlib
import dataclasses
import platform
from dataclasses import dataclass

from dreamer_studio.files import UnfitFileError
from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.library.log_facts import newest_test
from dreamer_studio.library.reading import Known, read_run
from dreamer_studio.library.trainings import last_line
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.clock import FileSystemClocks
from dreamer_studio.runs.lease.status import RunStatus, TrainerState, read_status
from dreamer_studio.studies.plan import Plan, PlannedRun
from dreamer_studio.studies.progress import RunProgress, StudyProgress
from dreamer_studio.studies.study_folder import StudyFolder
from dreamer_studio.texts import duration_words

FEWEST_WHOLE_TESTS = 2
"""The first of the tests at the end of a log may be cut off, so a second one is needed."""

PREFIX = "dreamer-studio: "
"""The beginning of the last line that a failed command writes."""


@dataclass(frozen=True)
class _Read:
    """What the last look read of a run."""

    known: Known
    last_test: float | None


class ProgressReader:
    """Reads runs, and keeps the results: a later look reads only what has changed. One thread uses the object.

    Args:
        folder: the folder of the study.
    """

    def __init__(self, folder: StudyFolder) -> None:
        self._folder = folder
        self._read: dict[str, _Read] = {}
        self._clocks = FileSystemClocks()

    def study(self, plan: Plan) -> StudyProgress:
        """Read all runs.

        Raises:
            OSError: the study's folder cannot be read.
        """
        begun = self._folder.begun()
        runs = (self.run(run) if run.name in begun else self._not_begun(run) for run in plan)
        return StudyProgress(plan.study.name, self._folder.path, tuple(runs))

    def run(self, run: PlannedRun) -> RunProgress:
        """Read a run. A run that cannot be read counts as damaged and raises no error."""
        path = self._folder.run(run.name)
        if not RunFolder(path).config_file.is_file():
            return self._not_begun(run)
        before = self._read.get(run.name)
        entry, known = read_run(path, None if before is None else before.known, pace=False)
        unchanged = before is not None and before.known is known
        last_test = before.last_test if before is not None and unchanged else _last_test(run, entry, known)
        self._read[run.name] = _Read(known, last_test)
        said = read_status(path, self._clocks)
        return _with_trainer(_of_entry(run, entry, last_test), entry, said)

    def _not_begun(self, run: PlannedRun) -> RunProgress:
        """Return the progress of a run without a folder, with the error if its training could not begin."""
        output = self._folder.output_of(run.name)
        line = last_line(output) if output.is_file() else ""
        return RunProgress(run, problem=line.removeprefix(PREFIX) if line.startswith(PREFIX) else "")


def _last_test(run: PlannedRun, entry: RunEntry, known: Known) -> float | None:
    log = known.log
    unsure = log is not None and not log.complete and len(log.tests) < FEWEST_WHOLE_TESTS
    if unsure and run.settings.get("eval_every", run.base.eval_every):
        with contextlib.suppress(UnfitFileError, OSError):  # the log is gone by now
            test = newest_test(RunFolder(entry.path).metrics_file)
            return None if test is None else test.mean
    return entry.last_test


def _of_entry(run: PlannedRun, entry: RunEntry, last_test: float | None) -> RunProgress:
    host = None
    if entry.state.training and entry.holder is not None:
        host = entry.holder.host or platform.node()
    state = _state(entry.state, entry.step, run.steps)
    return RunProgress(run, state, entry.step, last_test, host, entry.problem, entry.part_updates)


def _state(state: RunState, step: int, steps: int) -> RunState:
    """Return the state by the steps of the study, which may have grown since the run was started."""
    if state in {RunState.FINISHED, RunState.STOPPED}:
        return RunState.FINISHED if step >= steps else RunState.STOPPED
    return state


def _with_trainer(progress: RunProgress, entry: RunEntry, said: RunStatus | None) -> RunProgress:
    """Add the trainer's last report. A lock that this machine sees outweighs the report."""
    if said is None or entry.state in {RunState.DAMAGED, RunState.FINISHED}:
        return progress
    works = said.held and not said.state.over
    killed_here = said.owner.here and not entry.state.training
    if works and said.alive and not killed_here:
        state = RunState.TRAINING_HERE if said.owner.here else RunState.TRAINING_ELSEWHERE
        host, step = said.owner.host or platform.node(), max(entry.step, said.step)
        return dataclasses.replace(progress, state=state, step=step, host=host, problem=_holds(said))
    if entry.state is RunState.TRAINING_ELSEWHERE or (works and not said.owner.here):
        silent = f"{said.owner} has been silent for {duration_words(said.silent_for)}" if works else ""
        state = _state(RunState.STOPPED, entry.step, progress.run.steps)
        return dataclasses.replace(progress, state=state, host=None, problem=silent)
    return progress


def _holds(said: RunStatus) -> str:
    """Return why a training waits; empty if it does not."""
    words = {TrainerState.PAUSED: "paused", TrainerState.WAITING: "waits for the disk"}.get(said.state, "")
    return ": ".join(filter(None, (words, said.error)))
