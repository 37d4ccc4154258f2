"""How a training stands, as one value that is replaced whole."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dreamer_studio.config import Config
from dreamer_studio.envs import End, EnvSpec
from dreamer_studio.training.events import Phase


class State(enum.Enum):
    """What the session is doing; the value is the word for it."""

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
    """Why a training came to a halt: one line, and the traceback for those who want it."""

    text: str
    details: str
    error: Exception | None = None


class LastEpisode(NamedTuple):
    """How an episode went.

    Attributes:
        total_reward: its return.
        step: environment step of the run at its end.
        end: what ended it; None if the log does not say.
    """

    total_reward: float
    step: int
    end: End | None


@dataclass(frozen=True)
class Status:
    """How a training stands.

    Attributes:
        state, phase: what the session and the trainer are doing.
        watching: whether the run is only looked at: its policy plays, and nothing is learned or written.
        config, spec, folder, device: of the run. Until the training is open spec is None, and the others are what was
            asked for: "auto" becomes a device only then, and the preset of a new run may hang on it.
        step, update: environment steps and updates in all.
        prefill: whether actions are random still; it lasts to the end of the episode in
            which `config.prefill` environment steps are reached.
        episode, episode_step: number of the running episode, agent steps in it.
        steps_per_s, updates_per_s: over the last half minute.
        seconds_left: to the end of the run at the present pace, or None while that is not known.
        replay_episodes, replay_steps, replay_bytes: episodes and simulator steps stored, memory they take.
        replay_newest: number of the newest stored episode, -1 where there is none.
        last_return, last_test: the last training episode and the last test.
        saved: update and time (seconds since 1970) of the newest checkpoint of this session.
        memory_bytes: resident memory of this process.
        failure: set in State.FAILED, in State.WAITING with what a person can do, and in State.PAUSED where it was not a
            person who paused.
    """

    state: State
    phase: Phase
    config: Config
    folder: Path
    device: str
    watching: bool = False
    spec: EnvSpec | None = None
    step: int = 0
    update: int = 0
    prefill: bool = True
    episode: int = 0
    episode_step: int = 0
    steps_per_s: float = 0.0
    updates_per_s: float = 0.0
    seconds_left: float | None = None
    replay_episodes: int = 0
    replay_steps: int = 0
    replay_bytes: int = 0
    replay_newest: int = -1
    last_return: LastEpisode | None = None
    last_test: LastEpisode | None = None
    saved: tuple[int, float] | None = None
    memory_bytes: int = 0
    failure: TrainingFailure | None = None
