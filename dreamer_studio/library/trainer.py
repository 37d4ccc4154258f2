"""The trainer of a run that this process only watches: what it does, or how long it has been silent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from dreamer_studio.files import UnfitFileError
from dreamer_studio.library.reading import GONE_SECONDS
from dreamer_studio.runs.lease.clock import FileSystemClocks
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lease.status import LEASE_SECONDS, RunStatus, TrainerState, read_status
from dreamer_studio.runs.lock import Holder, find_holder
from dreamer_studio.texts import duration_words

STILL_SECONDS: Final = 120.0
"""A trainer that gives signs of life, but has done nothing for this long, may hang."""

GAP_SECONDS: Final = 3.0
"""After a longer gap between two looks, as in a minimized window, the time of the last sign of life is unknown."""

_WORKS = (TrainerState.STARTING, TrainerState.TRAINING, TrainerState.TESTING)


class Life(StrEnum):
    """Whether a trainer is alive, according to its files."""

    ALIVE = "alive"
    STILL = "still"
    """Gives signs of life, but does nothing."""
    SILENT = "silent"
    LOST = "lost"
    """Silent for too long, or no longer holding its lock on this machine."""
    ENDED = "ended"


@dataclass(frozen=True)
class OtherTrainer:
    """The process that trains a run, or last trained it.

    Attributes:
        owner: the process.
        life: whether it is alive.
        state: its state in the last report.
        step, update, steps: environment steps, updates, and environment steps to reach, as last reported; 0 if unknown.
        error: why the training waits or ended, in one line; usually empty.
        seconds: how long it has been silent; of a still trainer, how long it has done nothing.
    """

    owner: Owner
    life: Life
    state: TrainerState = TrainerState.TRAINING
    step: int = 0
    update: int = 0
    steps: int = 0
    error: str = ""
    seconds: float = 0.0

    @property
    def away(self) -> bool:
        """Return whether the process no longer has the run open, so that another one may train it."""
        return self.life in {Life.ENDED, Life.LOST}

    @property
    def well(self) -> bool:
        """Return whether the training finished or was stopped on request."""
        return self.life is not Life.LOST and self.state in {TrainerState.FINISHED, TrainerState.STOPPED}

    @property
    def over(self) -> bool:
        """Return whether the training has finished, has failed, was stopped or is lost, so that nobody continues it."""
        return self.away or self.state.over

    def in_words(self) -> str:
        """Return a sentence without its period, such as "Process 12 on far trains this run at step 400 of 1,000"."""
        who, place = str(self.owner), self._place()
        name = f"{who[0].upper()}{who[1:]}"
        at, since = (f" at {place}", f", since {place}") if place else ("", "")
        match self.life:
            case Life.LOST if self.seconds < GONE_SECONDS:
                return f"{name} is lost{at}: it no longer has this run open"
            case Life.LOST | Life.SILENT:
                lost = " is lost: it" if self.life is Life.LOST else ""
                return f"{name}{lost} has been silent for {duration_words(self.seconds)}{since}"
            case Life.STILL:
                return f"{name} is alive, but has done nothing for {duration_words(self.seconds)}{since}"
        return f"{name} {self._does(at)}"

    def _does(self, at: str) -> str:
        match self.state:
            case TrainerState.STARTING:
                return "is starting to train this run"
            case TrainerState.TESTING:
                return f"tests this run{at}"
            case TrainerState.PAUSED:
                return f"has paused this run{at}{self._why()}"
            case TrainerState.WAITING:
                return f"waits for the disk{at}{self._why()}"
            case TrainerState.FINISHED:
                return f"has finished this run: all {self.steps:,} steps are done"
            case TrainerState.FAILED:
                return f"has failed{at}{self._why()}"
            case TrainerState.STOPPED:
                return f"has stopped this run{at}"
            case TrainerState.TRAINING:
                return f"trains this run{at}"

    def _place(self) -> str:
        if not self.step:
            return ""
        return f"step {self.step:,} of {self.steps:,}" + (f", update {self.update:,}" if self.update else "")

    def _why(self) -> str:
        return f": {self.error}" if self.error else ""


class TrainerWatch:
    """Looks at the trainer of one run. One thread uses the object.

    Args:
        folder: the run.
        clock: the monotonic clock of this process, in seconds.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._clocks = FileSystemClocks()
        self._sign: tuple[int, float] | None = None
        self._came: float | None = None
        self._looked = self._since = clock()

    def look(self) -> OtherTrainer | None:
        """Return the trainer of the run, or None if none is known."""
        status, holder = read_status(self._folder, self._clocks), self._holder()
        if holder is not None and holder.held and (status is None or status.owner.process != holder.pid):
            return OtherTrainer(holder.owner, Life.ALIVE)  # an earlier version, which gives no signs
        if status is None:
            return None
        silent = self._silence(status)
        still = status.still_for + silent
        life = _life_of(status, holder, silent, still)
        return OtherTrainer(
            status.owner,
            life,
            status.state,
            status.step,
            status.update,
            status.steps,
            status.error,
            still if life is Life.STILL else silent,
        )

    def _holder(self) -> Holder | None:
        try:
            return find_holder(self._folder)
        except (UnfitFileError, OSError):
            return None

    def _silence(self, status: RunStatus) -> float:
        """Return the seconds since the last sign of life.

        After a sign of life between two looks, only the clock of this process counts, because the clock of a file
        system is unknown in a folder that cannot be written.
        """
        now, sign = self._clock(), (status.fence, status.time)
        if now - self._looked > GAP_SECONDS:
            self._came, self._since = None, now
        elif self._sign not in (None, sign):
            self._came = now
        self._looked, self._sign = now, sign
        return max(status.silent_for, now - self._since) if self._came is None else now - self._came


def _life_of(status: RunStatus, holder: Holder | None, silent: float, still: float) -> Life:
    if not status.held:
        return Life.ENDED
    if silent >= GONE_SECONDS or (status.owner.here and holder is not None and holder.held is False):
        return Life.LOST
    if silent >= LEASE_SECONDS:
        return Life.SILENT
    return Life.STILL if status.state in _WORKS and still >= STILL_SECONDS else Life.ALIVE
