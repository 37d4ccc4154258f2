"""A comparison of models through the gauges, as JSON, as text, and as files. No torch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dreamer_studio.files import csv_text, write_texts
from dreamer_studio.trust.comparing.difference import Difference
from dreamer_studio.trust.comparing.own_returns import OwnReturns, rank_agreement
from dreamer_studio.trust.measured import TWO_PLACES, Measured


@dataclass(frozen=True)
class Contestant:
    """A checkpoint of a run.

    Attributes:
        path: of the checkpoint.
        step, update: of its weights.
    """

    path: Path
    step: int
    update: int

    @property
    def folder(self) -> Path:
        """Return the run folder."""
        return self.path.parent.parent

    @property
    def name(self) -> str:
        """Return run and step in words."""
        return f"{self.folder.name}, step {self.step:,}"


@dataclass(frozen=True, eq=False)
class Answers:
    """What the gauges say about one model.

    Attributes:
        contestant: the model.
        values: its quantities, by name.
        differences: its quantities minus those of the reference, by name; empty for the reference itself.
        returns: imagined and real returns in its own episodes; None if no episode was long enough.
    """

    contestant: Contestant
    values: dict[str, Measured]
    differences: dict[str, Difference] = field(default_factory=dict)
    returns: OwnReturns | None = None


@dataclass(frozen=True)
class OwnCheckpoints:
    """How well imagined and real returns agree over the checkpoints of a run.

    Attributes:
        agreement: Spearman's correlation; `n` counts the checkpoints.
        missing: checkpoints without own returns.
    """

    agreement: Measured
    missing: int


def own_checkpoints_of(answers: Sequence[Answers]) -> dict[str, OwnCheckpoints]:
    """Return the agreement for each run of two checkpoints or more, by the run's name."""
    found = {}
    for folder in dict.fromkeys(one.contestant.folder for one in answers):
        of_run = [one for one in answers if one.contestant.folder == folder]
        known = [one.returns for one in of_run if one.returns is not None]
        if len(of_run) > 1:
            found[folder.name] = OwnCheckpoints(rank_agreement(known), len(of_run) - len(known))
    return found


@dataclass(frozen=True, eq=False)
class Comparison:
    """Models of one task, compared with the first one.

    Attributes:
        task: of all.
        answers: the reference first.
        episodes: a line about each episode on which all models were judged.
        own: number of episodes that each model played.
        training_horizon: steps of the rollout, that of the reference.
        notes: settings that differ, and other remarks.
        left_out: a line for each model that could not be judged.
        seed: of all noise.
        versions: of the packages that computed it.
        own_checkpoints: for each run of two checkpoints or more, how well imagined and real returns agree.
    """

    task: str
    answers: tuple[Answers, ...]
    episodes: tuple[str, ...]
    own: int
    training_horizon: int
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    seed: int
    versions: dict[str, str]
    own_checkpoints: dict[str, OwnCheckpoints] = field(default_factory=dict)

    @property
    def reference(self) -> Contestant:
        """Return the model that the others are compared with."""
        return self.answers[0].contestant

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as one JSON object."""
        return {
            "task": self.task,
            "reference": _naming(self.reference),
            "episodes": len(self.episodes),
            "own_episodes": self.own,
            "training_horizon": self.training_horizon,
            "notes": list(self.notes),
            "left_out": list(self.left_out),
            "models": [_answers_dict(one) for one in self.answers],
            "own_checkpoints": {name: found.agreement.as_dict() for name, found in self.own_checkpoints.items()},
        }

    def as_record(self) -> dict[str, Any]:
        """Return everything, including how the comparison was made."""
        return {**self.as_dict(), "players": list(self.episodes), "seed": self.seed, "versions": self.versions}

    def as_text(self) -> str:
        """Return the answer for a person."""
        lines = [f"compared with {self.reference.name}, on {len(self.episodes)} episodes that all models see"]
        for one in self.answers[1:]:
            lines += ["", f"{one.contestant.name}:"]
            lines += [f"  {name:<15}{difference.as_text()}" for name, difference in one.differences.items()]
        for name, found in self.own_checkpoints.items():
            lines += ["", _own_checkpoints_text(name, found)]
        lines += ["", f"gap, value and policy: {self.own} episodes that each model played itself"]
        return "\n".join([*lines, *self.notes, *(f"left out: {line}" for line in self.left_out)])

    def write(self, folder: Path) -> list[Path]:
        """Write `comparison.json`, `differences.csv` and `own_checkpoints.csv` into a folder.

        Raises:
            OSError: they cannot be written.
        """
        contents = {
            "comparison.json": json.dumps(self.as_record(), indent=2) + "\n",
            "differences.csv": csv_text(self._difference_rows()),
            "own_checkpoints.csv": csv_text(self._return_rows()),
        }
        return write_texts(folder, contents)

    def _difference_rows(self) -> Iterator[tuple[Any, ...]]:
        yield "run", "step", "update", "quantity", "value", "difference", "low", "high", "n", "unit", "outcome"
        for one in self.answers:
            at = one.contestant
            for name, value in one.values.items():
                found = one.differences.get(name)
                difference = found.as_dict() if found is not None else {}
                rest = (difference.get(key) for key in ("value", "low", "high", "n", "unit", "outcome"))
                yield at.folder.name, at.step, at.update, name, value.as_dict()["value"], *rest

    def _return_rows(self) -> Iterator[tuple[Any, ...]]:
        yield "run", "step", "update", "imagined", "low", "high", "real", "low", "high", "episodes"
        for one in self.answers:
            if one.returns is not None:
                at, pair = one.contestant, (one.returns.imagined, one.returns.real)
                ends = [number for each in pair for number in (each.value, each.low, each.high)]
                yield at.folder.name, at.step, at.update, *ends, pair[0].n


def _own_checkpoints_text(run: str, own: OwnCheckpoints) -> str:
    """Say whether the checkpoints whose dreams promise more also earn more."""
    found = own.agreement.as_text(TWO_PLACES)
    text = f"checkpoints of {run}, imagined against real return: Spearman {found}, n {own.agreement.n} checkpoints"
    return f"{text}; {own.missing} without a start followed by a whole dream" if own.missing else text


def _naming(contestant: Contestant) -> dict[str, Any]:
    return {
        "run": contestant.folder.name,
        "checkpoint": contestant.path.name,
        "step": contestant.step,
        "update": contestant.update,
    }


def _answers_dict(one: Answers) -> dict[str, Any]:
    values = {name: _without_verdict(value) for name, value in one.values.items()}
    found = {"values": values, "differences": {name: each.as_dict() for name, each in one.differences.items()}}
    returns = one.returns
    own = None if returns is None else {"imagined": returns.imagined, "real": returns.real}
    numbers = None if own is None else {name: _without_verdict(number) for name, number in own.items()}
    return {**_naming(one.contestant), **found, "own_returns": numbers}


def _without_verdict(number: Measured) -> dict[str, Any]:
    return {name: value for name, value in number.as_dict().items() if name != "verdict"}
