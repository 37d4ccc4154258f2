"""Image losses and tests that our own runs had, for comparison with a run of the same task and settings."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dreamer_studio.config import Config
from dreamer_studio.resources import asset_path

LEARNS_THE_SAME: Final = frozenset(
    {
        "adam_eps",
        "checkpoint_every",
        "checkpoint_tests",
        "compile",
        "env_memory_mb",
        "env_timeout",
        "eval_episodes",
        "eval_every",
        "keep_each",
        "keep_newest",
        "precision",
        "preset",
        "replay_ram_mb",
        "seed",
        "spare_cores",
        "steps",
        "suite_package",
    }
)
"""Settings in which two runs may differ and still be compared."""

MOST_STEPS_APART: Final = 2_500
"""Most environment steps between a test and the step for which it counts."""

Points = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class UsualRun:
    """The results of one of our runs.

    Attributes:
        name: name of its results in docs/results.
        settings: all its settings.
        image_loss, test: (environment step, value), ascending: means of the image loss over about 1,700 steps, and the
            mean return of each test.
    """

    name: str
    settings: Mapping[str, Any]
    image_loss: Points
    test: Points


@dataclass(frozen=True)
class Range:
    """The results of our runs at a step: the smallest and the largest of `runs` values."""

    low: float
    high: float
    runs: int


@functools.cache
def all_usual_runs() -> tuple[UsualRun, ...]:
    """Return all our runs; none if the table is missing from the installation."""
    try:
        rows = json.loads(asset_path("usual_progress.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(
        UsualRun(row["name"], row["settings"], _points(row["image_loss"]), _points(row["test"])) for row in rows
    )


def runs_like(config: Config) -> tuple[UsualRun, ...]:
    """Return our runs of the same task and settings; settings that do not affect learning may differ."""
    own, usual = dataclasses.asdict(config), _defaults()

    def is_like(run: UsualRun) -> bool:
        return all(
            own[name] == run.settings.get(name, default)
            for name, default in usual.items()
            if name not in LEARNS_THE_SAME
        )

    return tuple(run for run in all_usual_runs() if is_like(run))


def usual_image_loss(runs: Sequence[UsualRun], step: int) -> Range | None:
    """Return the image losses of runs at a step, interpolated; None where no run has been."""
    within = [run.image_loss for run in runs if run.image_loss[0][0] <= step <= run.image_loss[-1][0]]
    return _range([_at(points, step) for points in within])


def usual_test(runs: Sequence[UsualRun], step: int) -> Range | None:
    """Return the test returns of runs nearest to a step; None where no run was tested near it."""
    nearest = [min(run.test, key=lambda point: abs(point[0] - step)) for run in runs if run.test]
    return _range([value for tested, value in nearest if abs(tested - step) <= MOST_STEPS_APART])


def _at(points: Points, step: int) -> float:
    steps, values = zip(*points, strict=True)
    return float(np.interp(step, steps, values))


def _range(values: Sequence[float]) -> Range | None:
    return Range(min(values), max(values), len(values)) if values else None


def _points(rows: Sequence[Sequence[float]]) -> Points:
    return tuple((int(step), float(value)) for step, value in rows)


def _defaults() -> dict[str, Any]:
    """Return every setting's default: the value in a run whose results do not name the setting."""
    return dataclasses.asdict(Config())
