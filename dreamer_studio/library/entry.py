"""The facts about a run in the list."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dreamer_studio.config import Config
from dreamer_studio.runs.best import BestCheckpoint
from dreamer_studio.runs.counters import NO_PART_UPDATES, PartUpdates
from dreamer_studio.runs.lock import Holder
from dreamer_studio.texts import duration_words

SILENT_SECONDS = 120.0
"""After this time without a new row in its log, a run that is held counts as silent: paused, or between long steps."""


class RunState(StrEnum):
    """Whether a run trains, or how its training ended. ``dreamer-studio runs`` prints the value."""

    TRAINING_HERE = "training here"
    TRAINING_ELSEWHERE = "training elsewhere"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"
    DAMAGED = "damaged"
    EMPTY = "empty"

    @property
    def training(self) -> bool:
        """Return whether another process may be writing into the run."""
        return self in {RunState.TRAINING_HERE, RunState.TRAINING_ELSEWHERE}


@dataclass(frozen=True)
class RunEntry:
    """A run in the list.

    Attributes:
        path: the run's folder.
        name: its label; without one, the name of its folder, or "Example" with its task.
        task, preset: from its configuration; empty if that cannot be read.
        config: its configuration; None if that cannot be read.
        family: what it shares with the other seeds of the same task and settings; empty without a configuration.
        step: environment steps so far, as its log says, else its newest checkpoint.
        steps: environment steps in all; 0 if the configuration cannot be read.
        state: whether the run trains, or how its training ended.
        holder: the process that has the run open, or that ended without letting go of its lock; else None.
        last_test: mean return of the newest test; None before the first.
        tests: mean returns of the last tests, oldest first.
        best: its best checkpoint; None if no checkpoint has a test on record.
        last_return: return of the newest training episode; None before the first.
        steps_per_s: environment steps per second in the last minutes of its log; None if it has too few.
        size_bytes: size of all its files; None while it is not known.
        changed: time of the newest row of its log, in seconds since 1970, or of its configuration without a log.
        created: time of the first row of its log, or of its configuration.
        note: the user's note.
        example: whether this is the finished example, copied here when the user first opened it.
        problem: why the run is damaged or failed, or how its last process ended, in a line; usually empty.
        study: name of the study's folder that has the run; empty if the run is not in a study's folder.
        part_updates: the updates that trained only a single part, as its newest checkpoint says.
    """

    path: Path
    name: str
    task: str = ""
    preset: str = ""
    config: Config | None = None
    family: str = ""
    step: int = 0
    steps: int = 0
    state: RunState = RunState.EMPTY
    holder: Holder | None = None
    last_test: float | None = None
    tests: tuple[float, ...] = ()
    best: BestCheckpoint | None = None
    last_return: float | None = None
    steps_per_s: float | None = None
    size_bytes: int | None = None
    changed: float = 0.0
    created: float = 0.0
    note: str = ""
    example: bool = False
    problem: str = ""
    study: str = ""
    part_updates: PartUpdates = NO_PART_UPDATES

    @property
    def title(self) -> str:
        """Return the name as the lists show it: with its study, such as "first/Pendulum-v1-seed0"."""
        return f"{self.study}/{self.name}" if self.study else self.name

    @property
    def remark(self) -> str:
        """Return what to know about the run in a line: its problem, and its updates of single parts; usually empty."""
        return "; ".join(filter(None, (self.problem, str(self.part_updates))))

    @property
    def comparable(self) -> bool:
        """Return whether the run may have a checkpoint to compare."""
        return self.state not in {RunState.DAMAGED, RunState.EMPTY}

    @property
    def held(self) -> bool:
        """Return whether a process has the run open: in training, finished or failed."""
        return self.state.training or (self.holder is not None and self.holder.held is True)

    @property
    def best_test(self) -> float | None:
        """Return the highest mean return of the best checkpoint and the last tests; None before the first test."""
        best = () if self.best is None else (self.best.score.mean,)
        return max((*self.tests, *best), default=None)

    @property
    def seconds_left(self) -> float | None:
        """Return the time to the end of a running training at the speed of its last minutes; None if unknown."""
        if not self.state.training or not self.steps_per_s or self.step >= self.steps:
            return None
        return (self.steps - self.step) / self.steps_per_s

    def state_words(self, now: float) -> str:
        """Return the state in words, with the host of a training elsewhere and the silence of a held run.

        Args:
            now: seconds since 1970.
        """
        if not self.state.training:
            return str(self.state)
        elsewhere = self.state is RunState.TRAINING_ELSEWHERE and self.holder is not None and self.holder.host
        words = f"training on {elsewhere}" if elsewhere else str(self.state)
        silent = now - self.changed
        return f"{words}, silent for {duration_words(silent)}" if silent > SILENT_SECONDS else words

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as plain values for JSON."""
        trainer = self.holder if self.state.training else None
        best = self.best and {
            "step": self.best.step,
            "test": self.best.score.mean,
            "episodes": self.best.score.episodes,
        }
        return {
            "name": self.name,
            "path": str(self.path),
            "task": self.task,
            "preset": self.preset,
            "step": self.step,
            "state": str(self.state),
            "last_test": self.last_test,
            "steps": self.steps,
            "tests": list(self.tests),
            "best": best,
            "last_return": self.last_return,
            "size_bytes": self.size_bytes,
            "changed": self.changed,
            "created": self.created,
            "process": trainer.pid if trainer is not None else None,
            "host": trainer.host if trainer is not None else None,
            "note": self.note,
            "example": self.example,
            "problem": self.problem,
            "study": self.study,
            "part_updates": asdict(self.part_updates),
        }
