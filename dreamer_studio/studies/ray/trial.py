"""Trains a run of a study in a trial: starts its training, follows it, and reports. Knows nothing of Ray.

The run folder is the only record of the run, so a trial may start on any machine, at any time and repeatedly.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dreamer_studio.runs.checkpoint_names import list_checkpoints, progress_of
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.clock import FileSystemClocks
from dreamer_studio.runs.lease.status import BEAT_SECONDS, LEASE_SECONDS, read_status
from dreamer_studio.studies.exit_codes import REFUSED, SIGNALS_FROM, problem_of
from dreamer_studio.studies.jobs import job_of
from dreamer_studio.studies.local.children import PROGRAM
from dreamer_studio.studies.plan import PlannedRun
from dreamer_studio.studies.progress import RunProgress
from dreamer_studio.studies.progress_reader import ProgressReader
from dreamer_studio.studies.ray.kept import LOST, keep
from dreamer_studio.studies.study import Study
from dreamer_studio.studies.study_folder import StudyFolder


class TrialError(Exception):
    """A training that failed. The message is one line."""


@dataclass(frozen=True)
class Pointer:
    """Where the newest checkpoint of a run is. The run folder keeps the checkpoint itself.

    Attributes:
        run: the run folder.
        checkpoint: name of the checkpoint's folder.
        step: environment steps at the checkpoint.
        fence: number of the trainer that has the run, or had it last.
    """

    run: str
    checkpoint: str
    step: int
    fence: int


@dataclass(frozen=True)
class Report:
    """The progress of a run and its newest checkpoint.

    Attributes:
        progress: the progress.
        pointer: the newest checkpoint; None before the first.
        over: whether this is the trial's last report.
    """

    progress: RunProgress
    pointer: Pointer | None
    over: bool = False


@dataclass(frozen=True)
class Times:
    """The waits of a trial, in seconds.

    Attributes:
        report: between two reports.
        patience: how long another trainer of the run may continue before the trial leaves the run to it. By then, a
            trainer on a dead machine is silent, and a training that was asked to end has usually ended.
        again: between two looks at a run that another trainer has.
    """

    report: float = 15.0
    patience: float = LEASE_SECONDS + 3 * BEAT_SECONDS
    again: float = 2.0


@dataclass(frozen=True)
class Trial:
    """Trains a run in this process's children.

    Attributes:
        run: the run.
        study, folder: the study and its folder.
        report: takes each report. If it raises anything, such as `SystemExit`, the training saves and ends.
        directory: working directory of the training.
        program: the command that takes the words of a job.
        times: how long the trial waits.
        clocks: save creating a file in the run folder at each report.
    """

    run: PlannedRun
    study: Study
    folder: StudyFolder
    report: Callable[[Report], None]
    directory: Path
    program: Sequence[str] = PROGRAM
    times: Times = Times()
    clocks: FileSystemClocks = field(default_factory=FileSystemClocks)

    def train(self) -> None:
        """Train the run to its end, or leave it to a trainer that has it.

        Raises:
            TrialError: the training failed.
            OSError: its process cannot be started.
        """
        reader, began_to_wait = ProgressReader(self.folder), time.monotonic()
        while True:
            progress = reader.run(self.run)
            left_alone = progress.training and time.monotonic() - began_to_wait > self.times.patience
            if progress.finished or left_alone:
                return self.report(self._report(progress, over=True))
            if progress.training:
                time.sleep(self.times.again)
                continue
            code, began_to_wait = self._train_once(reader), time.monotonic()
            progress = reader.run(self.run)
            if progress.finished or progress.training:
                continue
            if code == REFUSED and self._is_held():
                time.sleep(self.times.again)
            elif code is LOST:
                raise TrialError("the process above the training was killed")
            elif code == 0 or code > SIGNALS_FROM:
                return self.report(self._report(progress, over=True))  # stopped from outside
            else:
                raise TrialError(problem_of(code, progress, self.folder.output_of(self.run.name)))

    def _train_once(self, reader: ProgressReader) -> int | None:
        """Train until the training ends. Return its exit code."""
        job, output = job_of(self.run, self.study, self.folder), self.folder.output_of(self.run.name)
        with keep([*self.program, *job.words], job.environment, self.directory, output) as kept:
            while not kept.ended(self.times.report):
                self.report(self._report(reader.run(self.run)))
            return kept.code()

    def _report(self, progress: RunProgress, *, over: bool = False) -> Report:
        run = RunFolder(self.folder.run(self.run.name))
        checkpoints = list_checkpoints(run.checkpoints)
        if not checkpoints:
            return Report(progress, None, over)
        newest, said = checkpoints[-1], read_status(run.path, self.clocks)
        fence = 0 if said is None else said.fence
        return Report(progress, Pointer(str(run.path), newest.name, progress_of(newest)[0], fence), over)

    def _is_held(self) -> bool:
        """Return whether the last trainer of the run has not released it, and may have caused the refusal.

        After a longer silence, the run is free to take, so the refusal has another reason.
        """
        said = read_status(self.folder.run(self.run.name), self.clocks)
        return said is not None and said.held and said.silent_for < Times.patience
