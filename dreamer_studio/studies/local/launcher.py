"""Trains the runs of a study in child processes, several at once, and reports each change."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import time
from collections.abc import Sequence
from typing import NoReturn

from dreamer_studio.files import UnfitFileError
from dreamer_studio.library.trainings import last_line
from dreamer_studio.runs.lock import find_holder
from dreamer_studio.studies.exit_codes import SIGNALS_FROM, problem_of
from dreamer_studio.studies.jobs import job_of
from dreamer_studio.studies.launching import Outcome, Tell
from dreamer_studio.studies.local.capacity import Capacity, capacity
from dreamer_studio.studies.local.children import PROGRAM, Child, start_child
from dreamer_studio.studies.plan import Plan, PlannedRun
from dreamer_studio.studies.progress import RunProgress
from dreamer_studio.studies.progress_reader import PREFIX, ProgressReader
from dreamer_studio.studies.stopping import only_launcher, stop_word
from dreamer_studio.studies.study_folder import StudyFolder
from dreamer_studio.system.ending import ending_in_order
from dreamer_studio.texts import reason_of

POLL_SECONDS = 0.5


class LocalLauncher:
    """Trains the runs of a study on this machine.

    Args:
        at_once: number of runs that train at once; None to choose it from cores, memory and GPUs.
        program: the command that takes the words of a job.
    """

    def __init__(self, at_once: int | None = None, program: Sequence[str] = PROGRAM) -> None:
        self._at_once, self._program = at_once, program

    def launch(self, plan: Plan, folder: StudyFolder, tell: Tell) -> Outcome:
        """Train the unfinished runs. On Ctrl+C, SIGTERM, SIGHUP and ``study stop``, the trainings save and end.

        Raises:
            StudyError: another process on this machine trains the study, or the study needs GPUs and there are none.
            OSError: the folder cannot be read or written.
        """
        room = capacity(plan, self._at_once)
        with only_launcher(folder, platform.node()):
            work = _Work(plan, folder, room, tell, self._program)
            with ending_in_order(work.begin_to_end, work.end_at_once) as signals:
                try:
                    work.do()
                except BaseException:
                    work.begin_to_end()
                    raise
            return work.outcome(signals[0] if signals else 0)


class _Work:
    """The trainings of one launch."""

    def __init__(self, plan: Plan, folder: StudyFolder, room: Capacity, tell: Tell, program: Sequence[str]) -> None:
        self._plan, self._folder, self._room, self._tell_line = plan, folder, room, tell
        self._program, self._reader = program, ProgressReader(folder)
        self._children: list[Child] = []
        self._ending = self._told_ending = False
        self._stop_word = stop_word(folder)
        self._stopped = False
        self._trouble = ""
        self._finished: set[str] = set()
        self._others: dict[str, RunProgress] = {}
        self._failed: list[RunProgress] = []
        self._unfinished: list[RunProgress] = []

    def do(self) -> None:
        """Train until every run was started once or left alone, or until the launch is ended."""
        self._look_at_begun_runs()
        self._tell_line(
            f"{self._plan.study.name}: {len(self._plan):,} runs, {len(self._finished):,} of them finished; at most "
            f"{self._room.at_once} at once ({self._room.reason})"
        )
        waiting = iter(self._plan)
        run = next(waiting, None)
        while self._children or (run is not None and not self._ending):
            self._reap()
            if not self._stopped and stop_word(self._folder) not in {"", self._stop_word}:
                self._stopped = True
                self.begin_to_end()
            if self._ending and self._children and not self._told_ending:
                self._told_ending = True
                self._tell_line("the trainings save and end; a second Ctrl+C ends them at once")
            while run is not None and self._may_start() and self._try(run):
                run = next(waiting, None)
            if self._children or run is not None:
                time.sleep(POLL_SECONDS)

    def begin_to_end(self) -> None:
        """Ask all trainings to save and end, and start no more."""
        self._ending = True
        for child in self._children:
            child.ask_to_end()

    def end_at_once(self, number: int) -> NoReturn:
        """End all trainings without saving, and this process."""
        for child in self._children:
            child.urge_to_end()
        os._exit(128 + number)

    def outcome(self, ended_by: int) -> Outcome:
        """Return how the runs ended.

        Args:
            ended_by: number of the signal that ended the work; 0 if none did.
        """
        left = [self._reader.run(each.run) for each in self._others.values()]
        unfinished = [*self._unfinished, *(each for each in left if not each.training and not each.finished)]
        ended_by = ended_by or (signal.SIGTERM if self._stopped else 0)
        elsewhere = [each for each in left if each.training]
        return Outcome(
            len(self._plan),
            len(self._finished) + sum(each.finished for each in left),
            tuple(self._failed),
            tuple(unfinished),
            tuple(elsewhere),
            ended_by,
        )

    def _look_at_begun_runs(self) -> None:
        begun = self._folder.begun()
        for run in self._plan if begun else ():
            if run.name in begun:
                progress = self._reader.run(run)
                if progress.finished:
                    self._finished.add(run.name)
                elif progress.training:
                    self._leave(progress)

    def _may_start(self) -> bool:
        return not self._ending and len(self._children) + self._others_here() < self._room.at_once

    def _others_here(self) -> int:
        """Count the runs that other processes train on this machine, since they use cores too."""
        return sum(map(self._is_held_here, self._others.values()))

    def _is_held_here(self, progress: RunProgress) -> bool:
        if progress.host != platform.node():  # do not read the locks of other machines' runs over and over
            return False
        with contextlib.suppress(UnfitFileError, OSError):
            holder = find_holder(self._folder.run(progress.run.name))
            return holder is not None and holder.here and holder.held is True
        return False

    def _try(self, run: PlannedRun) -> bool:
        """Start a run, unless it is finished or another process trains it. Return False to try again later."""
        if not self._folder.path.is_dir():
            return self._in_trouble(f"{self._folder.path} is gone: put it back")
        progress = self._reader.run(run)
        if progress.training:
            self._leave(progress)
        else:
            self._others.pop(run.name, None)
        if progress.finished:
            self._finished.add(run.name)
        elif not progress.training:
            try:
                self._start(run)
            except OSError as error:
                return self._in_trouble(f"{run.name} cannot be started: {reason_of(error)}")
        if self._trouble:
            self._tell_line("runs start again")
        self._trouble = ""
        return True

    def _in_trouble(self, text: str) -> bool:
        if text != self._trouble:
            self._tell_line(f"{text} (no runs start until then; Ctrl+C ends)")
        self._trouble = text
        return False

    def _start(self, run: PlannedRun) -> None:
        taken = {child.place for child in self._children}
        place = next(place for place in range(len(taken) + 1) if place not in taken)
        device = self._room.devices[place % len(self._room.devices)] if self._room.devices else ""
        job = job_of(run, self._plan.study, self._folder)
        child = start_child(job, self._folder.output_of(run.name), place, device, self._program)
        self._children.append(child)
        if self._ending:  # since the process was started
            child.ask_to_end()
        self._tell(run, "starts")

    def _reap(self) -> None:
        for child in [each for each in self._children if each.process.poll() is not None]:
            self._children.remove(child)
            self._judge(child)

    def _judge(self, child: Child) -> None:
        """Report how a training ended."""
        run, code = child.job.run, child.process.returncode
        progress = self._reader.run(run)
        at = f"at step {progress.step:,} of {run.steps:,}"
        if progress.finished:
            self._finished.add(run.name)
            test = "" if progress.last_test is None else f", last test {progress.last_test:,.1f}"
            self._tell(run, f"is finished{test}")
        elif progress.training:  # it was faster
            self._leave(progress)
        elif code == 0:
            self._unfinished.append(progress)
            self._tell(run, f"ended {at}: {self._last_words(run)}")
        elif code > SIGNALS_FROM or (code < 0 and self._ending):
            self._unfinished.append(progress)
            self._tell(run, f"stopped {at}")
        else:
            problem = problem_of(code, progress, self._folder.output_of(run.name))
            failed = RunProgress(run, progress.state, progress.step, progress.last_test, problem=problem)
            self._failed.append(failed)
            self._tell(run, f"failed {at}: {problem}")

    def _leave(self, progress: RunProgress) -> None:
        if progress.run.name not in self._others:
            self._tell(progress.run, f"is left alone: another process trains it on {progress.host}")
        self._others[progress.run.name] = progress

    def _last_words(self, run: PlannedRun) -> str:
        return last_line(self._folder.output_of(run.name)).removeprefix(PREFIX)

    def _tell(self, run: PlannedRun, what: str) -> None:
        counts = f"{len(self._finished):,} of {len(self._plan):,} finished, {len(self._children)} training"
        self._tell_line(f"{time.strftime('%H:%M:%S')} {counts}: {run.name} {what}")
