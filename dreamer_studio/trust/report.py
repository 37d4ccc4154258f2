"""A judgment as JSON, as text, and as files."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dreamer_studio.files import csv_text, write_texts
from dreamer_studio.runs.counters import NO_PART_UPDATES, PartUpdates
from dreamer_studio.texts import rounded
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.judgment import STAGES, Judgment
from dreamer_studio.trust.words import sentence_of


@dataclass(frozen=True, eq=False)
class Report:
    """A judgment, with the facts that say how it was made.

    Attributes:
        task, checkpoint, step, update: name the weights.
        seed: of the dreams' noise.
        episodes: who played each episode and its seed, in words.
        versions: of the packages that computed it.
        judgment: the gauges.
        part_updates: the updates of the run that trained only a single part.
    """

    task: str
    checkpoint: str
    step: int
    update: int
    seed: int
    episodes: tuple[str, ...]
    versions: dict[str, str]
    judgment: Judgment
    part_updates: PartUpdates = NO_PART_UPDATES

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as one JSON object."""
        judgment = self.judgment
        return {
            "task": self.task,
            "step": self.step,
            "update": self.update,
            "part_updates": asdict(self.part_updates),
            "episodes": judgment.episodes,
            "stage": judgment.stage,
            "sentence": sentence_of(judgment),
            "horizons": {"picture": judgment.horizons.picture, "reward": judgment.horizons.reward},
            "gauges": {name: judgment.gauges[name].measured.as_dict() for name in judgment.reported},
        }

    def as_text(self) -> str:
        """Return the answer for a person."""
        judgment = self.judgment
        lines = [sentence_of(judgment), ""]
        lines += [f"{stage:<10}{judgment.verdict(stage)}" for stage in STAGES]
        lines += ["", f"{'gauge':<10}{'value':>10}{'95% interval':>24}{'n':>5}  verdict"]
        for name in judgment.reported:
            gauge = judgment.gauges[name]
            number = gauge.measured
            interval = f"{_short(number.low)} to {_short(number.high)}"
            why = f" ({gauge.reason})" if gauge.reason else ""
            lines.append(f"{name:<10}{_short(number.value):>10}{interval:>24}{number.n:>5}  {number.verdict}{why}")
        of = f"{self.task}, update {self.update:,}, {judgment.episodes} episodes, {judgment.starts} starts"
        extra = [str(self.part_updates)] if self.part_updates.total else []
        return "\n".join([*lines, "", *extra, of])

    def as_record(self) -> dict[str, Any]:
        """Return everything that was measured, with how it was made."""
        return {
            **self.as_dict(),
            "checkpoint": self.checkpoint,
            "versions": self.versions,
            "seed": self.seed,
            "players": list(self.episodes),
            "starts": self.judgment.starts,
            "training_horizon": self.judgment.training_horizon,
            "dips": {"picture": self.judgment.horizons.picture_dips, "reward": self.judgment.horizons.reward_dips},
            "stages": {stage: self.judgment.verdict(stage) for stage in STAGES},
            "measured": {name: record_of(gauge) for name, gauge in self.judgment.gauges.items()},
        }

    def write(self, folder: Path) -> list[Path]:
        """Write `trust.json`, `episodes.csv` and `curves.csv` into a folder; make the folder if it is missing.

        Raises:
            OSError: they cannot be written.
        """
        contents = {
            "trust.json": json.dumps(self.as_record(), indent=2) + "\n",
            "episodes.csv": csv_text((("gauge", "quantity", "episode", "sum"), *_episode_rows(self.judgment))),
            "curves.csv": csv_text((("curve", "step", *_CURVE_FIELDS), *_curve_rows(self.judgment))),
        }
        return write_texts(folder, contents)


_CURVE_FIELDS = ("value", "low", "high", "median", "lower", "upper", "n")


def record_of(gauge: Gauge) -> dict[str, Any]:
    """Return everything that a gauge measured, for JSON."""
    details = {name: measured.as_dict() for name, measured in gauge.details.items()}
    return {**gauge.measured.as_dict(), "reason": gauge.reason, "details": details}


def _episode_rows(judgment: Judgment) -> list[tuple[Any, ...]]:
    return [
        (name, quantity, int(episode), repr(float(number)))
        for name, gauge in judgment.gauges.items()
        for quantity, numbers in gauge.by_episode.items()
        if quantity != "episode"
        for episode, number in zip(gauge.by_episode["episode"], numbers, strict=True)
    ]


def _curve_rows(judgment: Judgment) -> list[tuple[Any, ...]]:
    return [
        (name, step + 1, *(getattr(curve, field)[step] for field in _CURVE_FIELDS))
        for gauge in judgment.gauges.values()
        for name, curve in gauge.curves.items()
        for step in range(len(curve.value))
    ]


def _short(number: float) -> str:
    return rounded(number) if math.isfinite(number) else "-"
