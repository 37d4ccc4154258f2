"""Reports the changes of trials, and interrupts Tune when the study is to stop."""

from __future__ import annotations

import contextlib
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ray.tune import Callback
from ray.tune.result import EXPR_ERROR_FILE

from dreamer_studio.files import UnfitFileError, read_end
from dreamer_studio.library.entry import RunState
from dreamer_studio.studies.launching import Tell
from dreamer_studio.studies.stopping import stop_word
from dreamer_studio.studies.study_folder import StudyFolder
from dreamer_studio.texts import one_line

LOOK_SECONDS: Final = 2.0

_MOST_ERROR: Final = 2**16
_FAILURE: Final = "Failure # "
"""Begins each error in the text of a trial."""

_INTERRUPT: Final = getattr(signal, "SIGUSR1", signal.SIGINT)
"""The signal at which Tune stops all trials and keeps its state."""


class Telling(Callback):
    """Receives all events of Tune, in the driver.

    Args:
        folder: the study's folder.
        finished: names of the runs that are finished already.
        count: number of all runs.
        tell: called with a line for the user.
        ended: returns whether the user asked to end.
        keep: called whenever ASHA has stopped a run.

    Attributes:
        finished: names of the finished runs.
        early: names of the runs that ASHA stopped.
        failed: names of the runs that failed too often, with their problems.
        stopped: whether ``study stop`` ended the study.
        training: names of the runs whose trials have begun and not ended, also after an interruption.
    """

    def __init__(
        self,
        folder: StudyFolder,
        finished: set[str],
        count: int,
        tell: Tell,
        ended: Callable[[], bool],
        keep: Callable[[], None],
    ) -> None:
        self.finished, self.early, self.failed, self.stopped = finished, set[str](), dict[str, str](), False
        self._folder, self._count, self._tell_line, self._ended, self._keep = folder, count, tell, ended, keep
        self.training: set[str] = set()
        self._word, self._looked, self._interrupted = stop_word(folder), 0.0, False

    def __getstate__(self) -> dict[str, Any]:
        """Leave Tune's stored copy of this object empty: a restored launch has its own object."""
        return {}

    def get_state(self) -> None:
        """Keep nothing: the run folders are the truth."""
        return

    def on_step_end(self, iteration: int, trials: list[Any], **info: Any) -> None:
        """Check whether the study is to stop."""
        if not self._interrupted and time.monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = time.monotonic()
            self.stopped = stop_word(self._folder) not in {"", self._word}
        if not self._interrupted and (self.stopped or self._ended()):
            self._interrupted = True
            self._tell_line("the trainings save and end; a second Ctrl+C does not wait for them")
            signal.raise_signal(_INTERRUPT)

    def on_trial_start(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Report that a trial begins."""
        self.training.add(run_of(trial))
        self._tell(trial, "starts")

    def on_trial_complete(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Report how a trial ended."""
        result, name = trial.last_result, run_of(trial)
        self.training.discard(name)
        at = f"at step {result.get('step', 0):,}"
        if result.get("state") == RunState.FINISHED:
            self.finished.add(name)
            test = f", last test {result['return']:,.1f}" if "return" in result else ""
            self._tell(trial, f"is finished on {result['host']}{test}")
        elif not result.get("over"):
            if not self._interrupted:
                self.early.add(name)
                self._keep()
                self._tell(trial, f"was stopped by ASHA {at}")
        elif result.get("state") in {RunState.TRAINING_HERE, RunState.TRAINING_ELSEWHERE}:
            self._tell(trial, f"is left alone {at}: another process trains it")
        else:
            self._tell(trial, f"ended {at}")

    def on_trial_recover(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Report that a trial starts again."""
        self.training.discard(run_of(trial))
        self._tell(trial, f"starts again: {_problem(trial)}")

    def on_trial_error(self, iteration: int, trials: list[Any], trial: Any, **info: Any) -> None:
        """Report that a trial failed too often."""
        self.training.discard(run_of(trial))
        self.failed[run_of(trial)] = _problem(trial)
        self._tell(trial, f"failed: {_problem(trial)}")

    def _tell(self, trial: Any, what: str) -> None:
        counts = f"{len(self.finished):,} of {self._count:,} finished, {len(self.training):,} training"
        self._tell_line(f"{time.strftime('%H:%M:%S')} {counts}: {run_of(trial)} {what}")


def run_of(trial: Any) -> str:
    """Return the name of the run that a trial trains."""
    return str(trial.config["trial"]["run"])


def _problem(trial: Any) -> str:
    """Return in one line why a trial last failed, from the text that Tune keeps on this machine."""
    text = ""
    with contextlib.suppress(OSError, UnfitFileError, TypeError):
        text = read_end(Path(trial.local_path, EXPR_ERROR_FILE), _MOST_ERROR).decode(errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return "for an unknown reason"
    before, ours, problem = lines[-1].rpartition("TrialError: ")
    if ours:
        return problem
    return (
        "its machine or its process was lost" if _is_lost(text.rpartition(_FAILURE)[2]) else one_line(before + problem)
    )


def _is_lost(text: str) -> bool:
    """Return whether a text says that an actor, the process of a trial, is gone."""
    return bool(re.search(r"\bactor\b.*\b(died|dead|unavailable|unexpectedly)\b", text, re.IGNORECASE | re.DOTALL))
