"""The progress of a study and its runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dreamer_studio.library.entry import RunState
from dreamer_studio.runs.counters import NO_PART_UPDATES, PartUpdates
from dreamer_studio.studies.plan import PlannedRun

NOT_STARTED = "not started"
"""State of a run without a folder; all other states are those of the list of runs."""


@dataclass(frozen=True)
class RunProgress:
    """The progress of a run of a study.

    Attributes:
        run: the run.
        state: "not started", or a value of `RunState`.
        step: environment steps so far.
        last_test: mean return of the newest test; None before the first.
        host: machine that trains the run; None if none does.
        problem: why the run failed, is damaged or waits; usually empty.
        part_updates: the updates that trained only a single part.
    """

    run: PlannedRun
    state: str = NOT_STARTED
    step: int = 0
    last_test: float | None = None
    host: str | None = None
    problem: str = ""
    part_updates: PartUpdates = NO_PART_UPDATES

    @property
    def remark(self) -> str:
        """Return what to know about the run in a line: its problem, and its updates of single parts; usually empty."""
        return "; ".join(filter(None, (self.problem, str(self.part_updates))))

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
            "part_updates": asdict(self.part_updates),
        }


@dataclass(frozen=True)
class StudyProgress:
    """The progress of a study.

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


def counts_text(runs: Mapping[str, int]) -> str:
    """Return the number of runs in each state, such as "3 finished, 1 training here"."""
    return ", ".join(f"{count:,} {state}" for state, count in runs.items() if count)


def count_states(progress: StudyProgress) -> Counter[str]:
    """Count the runs of each state."""
    return Counter(str(run.state) for run in progress.runs)
