"""The status of a session, as one value that is replaced as a whole."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dreamer_studio.config import Config
from dreamer_studio.envs import End, EnvSpec
from dreamer_studio.library.trainer import OtherTrainer
from dreamer_studio.runs.counters import NO_PART_UPDATES, PartUpdates
from dreamer_studio.session.pause_rules import PauseRule, RuleFired
from dreamer_studio.training.events import Phase


class State(enum.Enum):
    """What the session is doing; the value is the word shown to people."""

    OPENING = "Starting"
    RUNNING = "Training"
    PAUSED = "Paused"
    WAITING = "Waiting for the disk"
    STOPPED = "Stopped"
    FINISHED = "Finished"
    FAILED = "Failed"
    CLOSED = "Closed"


@dataclass(frozen=True)
class TrainingFailure:
    """Why a training holds: one line, a traceback or nothing, and the error."""

    text: str
    details: str
    error: Exception | None = None


class LastEpisode(NamedTuple):
    """The result of the last episode of a kind.

    Attributes:
        total_reward: its return.
        step: environment steps of the run at its end.
        end: what ended it; None if the log does not say.
    """

    total_reward: float
    step: int
    end: End | None


@dataclass(frozen=True)
class PlayedEpisodes:
    """The last episodes that were played only to be watched, all with the same weights.

    Attributes:
        last: the return of the last one.
        count: how many there are.
        mean: their mean return.
        update: the update of the weights that played.
    """

    last: float
    count: int
    mean: float
    update: int


@dataclass(frozen=True)
class Status:
    """The status of a session.

    Attributes:
        state, phase: what the session and the trainer are doing.
        watching: whether the run is only watched: its policy plays, and nothing is learned or written.
        trainer: the process that trains a watched run, or did so last; None if none is known.
        config, spec, folder, device: of the run. Until the run is open, spec is None, and the others are as asked for:
            opening it turns the device "auto" into a real one, on which the preset of a new run may depend.
        step, update: environment steps and updates in all.
        part_updates: the updates that trained only a single part.
        prefill: whether actions are still random. The prefill lasts to the end of the episode in which
            `config.prefill` environment steps are reached.
        updates_due: updates to make before the next environment step.
        episode, episode_step: number of the running episode, and agent steps in it.
        steps_per_s, updates_per_s: over the last half minute.
        step_seconds, update_seconds: typical duration of an agent step and of an update; None before the first of this
            session.
        seconds_left: to the end of the run at the present pace, or None while that is not known.
        replay_episodes, replay_steps, replay_bytes: stored episodes, their environment steps and their memory.
        replay_newest: number of the newest stored episode, -1 if there is none.
        last_return, last_test: the last training episode and the last test in the log.
        played: the episodes that this session has played of a watched run with its last weights; None before the first.
        saved: update and time (seconds since 1970) of the newest checkpoint of this session.
        memory_bytes: resident memory of this process.
        slow_ms: wait at the beginning of each phase, in milliseconds; 0 at full speed.
        pause_rules: the rules that pause the training, without those that have fired.
        paused_by: the rules that paused the training; empty once the training continues.
        failure: set in State.FAILED; in State.WAITING, where it says what the user can do; and in State.PAUSED if the
            training paused by itself.
    """

    state: State
    phase: Phase
    config: Config
    folder: Path
    device: str
    watching: bool = False
    trainer: OtherTrainer | None = None
    spec: EnvSpec | None = None
    step: int = 0
    update: int = 0
    part_updates: PartUpdates = NO_PART_UPDATES
    prefill: bool = True
    updates_due: int = 0
    episode: int = 0
    episode_step: int = 0
    steps_per_s: float = 0.0
    updates_per_s: float = 0.0
    step_seconds: float | None = None
    update_seconds: float | None = None
    seconds_left: float | None = None
    replay_episodes: int = 0
    replay_steps: int = 0
    replay_bytes: int = 0
    replay_newest: int = -1
    last_return: LastEpisode | None = None
    last_test: LastEpisode | None = None
    played: PlayedEpisodes | None = None
    saved: tuple[int, float] | None = None
    memory_bytes: int = 0
    slow_ms: int = 0
    pause_rules: tuple[PauseRule, ...] = ()
    paused_by: tuple[RuleFired, ...] = ()
    failure: TrainingFailure | None = None

    @property
    def pretraining(self) -> bool:
        """Return whether some of the updates right after the prefill are still to be made."""
        return self.update - self.part_updates.total < self.config.pretrain

    @property
    def at_random(self) -> bool:
        """Return whether the newest action was random: in the prefill, and until the updates after it are made."""
        return not self.watching and (self.prefill or self.pretraining)
