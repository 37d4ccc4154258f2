"""The interface of everything that trains the runs of a study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.progress import RunProgress
from dreamer_studio.studies.study_folder import StudyFolder

Tell = Callable[[str], None]
"""Writes a line for the user."""


@dataclass(frozen=True)
class Outcome:
    """How a launch ended.

    Attributes:
        count: number of runs in the study.
        finished: number of finished runs, from this launch and earlier ones.
        failed: the runs that failed, with their problems.
        unfinished: the runs that ended before all their steps were done, without a failure.
        elsewhere: the runs that were left alone, because other processes train them.
        ended_by: number of the signal that ended the launcher; 0 if it worked through all runs.
    """

    count: int
    finished: int
    failed: Sequence[RunProgress] = ()
    unfinished: Sequence[RunProgress] = ()
    elsewhere: Sequence[RunProgress] = ()
    ended_by: int = 0

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        if self.ended_by:
            return 128 + self.ended_by
        return 1 if self.failed or self.unfinished else 0


class Launcher(Protocol):
    """Trains the runs of a study: in processes of this machine, or on others.

    A launcher starts the command of `job_of` for each run that is neither finished nor trained by another process. The
    run folders are the only record of progress, so a launcher keeps nothing that a later one needs.
    """

    def launch(self, plan: Plan, folder: StudyFolder, tell: Tell) -> Outcome:
        """Train the unfinished runs. Return after the last one, or when a signal asks the launcher to end.

        Args:
            plan: the runs.
            folder: their folder, which has a copy of the study file.
            tell: called with a line for each change of a run.
        """
