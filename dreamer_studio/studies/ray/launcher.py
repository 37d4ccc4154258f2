"""Trains the runs of a study in trials of Ray Tune."""

from __future__ import annotations

import dataclasses
import os
import platform
import signal
import threading
import time
from typing import Final, NoReturn

import ray

from dreamer_studio.library.entry import RunState
from dreamer_studio.studies.launching import Outcome, Tell
from dreamer_studio.studies.plan import Plan, PlannedRun
from dreamer_studio.studies.progress import RunProgress
from dreamer_studio.studies.progress_reader import ProgressReader
from dreamer_studio.studies.ray import tuning
from dreamer_studio.studies.ray.connecting import connected
from dreamer_studio.studies.ray.keeper import SAVE_SECONDS
from dreamer_studio.studies.ray.launch_file import hash_of, read_launch
from dreamer_studio.studies.ray.telling import Telling
from dreamer_studio.studies.ray.trainable import train_one
from dreamer_studio.studies.stopping import only_launcher
from dreamer_studio.studies.study_folder import StudyFolder
from dreamer_studio.system.ending import ending_in_order

ANSWER_SECONDS: Final = 30.0
"""How long Tune may take to stop its trials."""

_LOOK_SECONDS: Final = 0.5


class RayLauncher:
    """Trains the runs of a study on the machines of a Ray cluster, or on this machine.

    Args:
        address: address of the cluster; None to start Ray here.
        trainable: what each trial calls.
    """

    def __init__(self, address: str | None = None, trainable: tuning.Trainable = train_one) -> None:
        self._address, self._trainable = address, trainable

    def launch(self, plan: Plan, folder: StudyFolder, tell: Tell) -> Outcome:
        """Train the unfinished runs. On Ctrl+C, SIGTERM, SIGHUP and ``study stop``, the trainings save and end.

        Raises:
            StudyError: another process on this machine trains the study, or the cluster cannot be joined.
            OSError: the folder cannot be read or written.
        """
        with only_launcher(folder, platform.node()):
            work = _Work(plan, folder, tell, self._trainable)
            if not work.missing:
                return work.outcome(0)
            with (
                connected(plan, self._address) as machines,
                ending_in_order(work.begin_to_end, _end_at_once) as signals,
            ):
                tell(f"Ray: {machines}")
                work.do(signals)
            return work.outcome(signals[0] if signals else 0)


class _Work:
    """The trials of one launch."""

    def __init__(self, plan: Plan, folder: StudyFolder, tell: Tell, trainable: tuning.Trainable) -> None:
        self._plan, self._folder, self._tell, self._trainable = plan, folder, tell, trainable
        self._reader, self._launch = ProgressReader(folder), read_launch(folder)
        self._failed: dict[str, str] = {}
        self._stopped, self._signals, self._fitted = False, list[int](), threading.Event()
        self._early = self._launch.early if plan.study.ray.asha_grace is not None else frozenset[str]()
        self._finished, self.missing = self._look()

    def _look(self) -> tuple[set[str], list[PlannedRun]]:
        """Return the names of the finished runs, and the runs to train.

        Runs with trainers on other machines come last. Their trials find out whether these trainers are alive.
        """
        finished, missing, begun = set[str](), list[PlannedRun](), self._folder.begun()
        elsewhere = list[PlannedRun]()
        for run in self._plan:
            progress = self._reader.run(run) if run.name in begun else RunProgress(run)
            if progress.finished:
                finished.add(run.name)
            elif run.name in self._early:
                continue
            elif progress.state == RunState.TRAINING_ELSEWHERE:
                elsewhere.append(run)
            elif progress.training:
                self._tell(f"{run.name} is left alone: another process trains it on {progress.host}")
            else:
                missing.append(run)
        counts = f"{len(self._plan):,} runs, {len(finished):,} of them finished"
        early = f", {len(self._early):,} stopped early by ASHA" if self._early else ""
        self._tell(f"{self._plan.study.name}: {counts}{early}")
        return finished, missing + elsewhere

    def do(self, signals: list[int]) -> None:
        """Train until Tune has ended all trials, or until the study is to stop.

        Args:
            signals: numbers of the signals so far that asked the launch to end.
        """
        self._signals = signals

        def keep_early() -> None:
            dataclasses.replace(self._launch, early=self._early | telling.early).write()

        count = len(self._plan)
        telling = Telling(self._folder, self._finished, count, self._tell, lambda: bool(signals), keep_early)
        hashed = hash_of(self._plan, ray.__version__)
        if tuning.can_go_on(self._folder, self._launch, hashed):
            self._tell("continues the trials of the interrupted launch")
            tuner = tuning.restored(self._folder, self._plan, self._trainable, telling)
        else:
            tuner = tuning.new(self._folder, self._plan, self.missing, self._trainable, telling)
        self._launch = dataclasses.replace(self._launch, plan=hashed, done=False, early=self._early)
        self._launch.write()
        tuner.fit()
        self._fitted.set()
        self._failed, self._stopped = telling.failed, telling.stopped
        self._early |= telling.early
        interrupted = bool(signals) or telling.stopped
        dataclasses.replace(self._launch, done=not interrupted, early=self._early).write()
        self._wait_for_trainings(telling.training)

    def begin_to_end(self) -> None:
        """Begin to end. `Telling` checks for signals at each event of Tune; if no event comes, end without Tune.

        A signal to the whole process group, as `timeout` sends it, also ends Ray's own processes.
        """
        threading.Thread(target=self._end_without_tune, name="end without Tune", daemon=True).start()

    def _end_without_tune(self) -> None:
        if not self._fitted.wait(ANSWER_SECONDS):
            self._tell("Ray does not answer; the trainings save and end without it")
            self._wait_for_trainings({run.name for run in self._plan})
            os._exit(128 + self._signals[0])

    def outcome(self, ended_by: int) -> Outcome:
        """Return how the runs ended.

        Args:
            ended_by: number of the signal that ended the launch; 0 if none did.
        """
        runs = self._reader.study(self._plan).runs
        rest = [run for run in runs if not run.finished and run.run.name not in self._early]
        failed = [dataclasses.replace(run, problem=self._failed[run.run.name]) for run in rest if self._has_failed(run)]
        left = [run for run in rest if not self._has_failed(run)]
        return Outcome(
            len(self._plan),
            sum(run.finished for run in runs),
            tuple(failed),
            tuple(run for run in left if not run.training),
            tuple(run for run in left if run.training),
            ended_by or (signal.SIGTERM if self._stopped else 0),
        )

    def _has_failed(self, run: RunProgress) -> bool:
        return run.run.name in self._failed

    def _wait_for_trainings(self, names: set[str]) -> None:
        """Wait until the trainings of ended trials have saved."""
        reader = ProgressReader(self._folder)
        runs = [run for run in self._plan if run.name in names]
        deadline = time.monotonic() + SAVE_SECONDS
        while time.monotonic() < deadline and any(reader.run(run).training for run in runs):
            time.sleep(_LOOK_SECONDS)


def _end_at_once(number: int) -> NoReturn:
    os._exit(128 + number)
