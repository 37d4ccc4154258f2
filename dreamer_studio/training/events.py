"""The events that a trainer reports. Each is also a safe point: the caller may stop asking for more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dreamer_studio.envs import End, TimeStep
from dreamer_studio.runs.counters import Part

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
    """The trainer begins something; its state is whole here."""

    phase: Phase


@dataclass(frozen=True, eq=False)
class StepTaken:
    """A row of a training episode: its reset (index 0) or an agent step."""

    episode: int
    index: int
    time_step: TimeStep


@dataclass(frozen=True)
class UpdateDone:
    """An update of all three optimizers, with its scalars by name."""

    metrics: dict[str, float]


@dataclass(frozen=True)
class PartUpdateDone:
    """An extra update of a single part, with its scalars by name."""

    part: Part
    metrics: dict[str, float]


@dataclass(frozen=True)
class EpisodeEnded:
    """An episode has ended: `total_reward` is its return, `length` its agent steps, `end` what ended it."""

    kind: Literal["prefill", "train", "test"]
    total_reward: float
    length: int
    end: End


@dataclass(frozen=True)
class Recovered:
    """A fault after which training goes on: `text` says what happened and what was done, `details` is a traceback."""

    text: str
    details: str = ""


@dataclass(frozen=True)
class UpdateSkipped(Recovered):
    """An update was skipped because some of its numbers were not finite."""


Event = PhaseBegins | StepTaken | UpdateDone | PartUpdateDone | EpisodeEnded | Recovered


def since_break(steps: list[StepTaken]) -> list[StepTaken]:
    """Return the steps from the last break on: a reset, or a jump to another row after the training went back.

    Without a break, returns all of them.
    """
    breaks = (place for place in range(len(steps) - 1, 0, -1) if steps[place].index != steps[place - 1].index + 1)
    return steps[next(breaks, 0) :]
