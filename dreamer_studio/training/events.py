"""What a trainer reports while it runs. Each event is also a safe point: the caller may stop asking for more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dreamer_studio.envs import End, TimeStep

Phase = Literal[
    "starting",
    "restarting",
    "prefill",
    "collecting",
    "testing",
    "playing",
    "world model",
    "world model gradient",
    "imagination",
    "behavior gradient",
    "optimizers",
]


@dataclass(frozen=True)
class PhaseBegins:
    """What the trainer does next."""

    phase: Phase


@dataclass(frozen=True, eq=False)
class StepTaken:
    """One row of a training episode: its reset (index 0) or an agent step."""

    episode: int
    index: int
    time_step: TimeStep


@dataclass(frozen=True)
class UpdateDone:
    """One update of all three optimizers, with its scalars."""

    metrics: dict[str, float]


@dataclass(frozen=True)
class EpisodeEnded:
    """A finished episode: `total_reward` is its return, `length` its agent steps, `end` what ended it."""

    kind: Literal["prefill", "train", "test"]
    total_reward: float
    length: int
    end: End


@dataclass(frozen=True)
class Recovered:
    """What went wrong and was got over: `text` says what and what was done about it, `details` is a traceback."""

    text: str
    details: str = ""


Event = PhaseBegins | StepTaken | UpdateDone | EpisodeEnded | Recovered


def since_break(steps: list[StepTaken]) -> list[StepTaken]:
    """The steps from the last reset among them on, or from where the training went back into a very long episode.

    Then it is told from a row in its middle on. Where there is neither, all of them.
    """
    breaks = (place for place in range(len(steps) - 1, 0, -1) if steps[place].index != steps[place - 1].index + 1)
    return steps[next(breaks, 0) :]
