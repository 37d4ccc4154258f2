"""Test returns on the Control Suite that the author of DreamerV1 published, for comparison with a training."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.resources import asset_path

SOURCE = (
    "Mean and standard deviation over the author's seeds of the test return, without exploration noise, in bins of "
    "100,000 environment steps: computed from the scores that Danijar Hafner published with the code "
    "(github.com/danijar/dreamer). He says there (issue 55) that earlier hyper-parameters produced them: "
    "use the band for comparison, not as a target."
)


@dataclass(frozen=True, eq=False)
class PublishedCurve:
    """Test returns of one task.

    Attributes:
        step: (n,), environment steps (simulator steps: agent steps times the action repeat of 2), ascending.
        mean, std: (n,), of the return, over the seeds.
        seeds: (n,), number of seeds.
    """

    step: NDArray[np.float64]
    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    seeds: NDArray[np.int64]


def published_curve(task: str) -> PublishedCurve | None:
    """Return the author's curve of a task, or None if he published none.

    Raises:
        FileNotFoundError: the assets are missing.
    """
    with asset_path("published_scores.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["task"] == task]
    if not rows:
        return None
    step, mean, std = (np.array([float(row[key]) for row in rows]) for key in ("env_steps", "mean", "std"))
    return PublishedCurve(step, mean, std, np.array([int(row["seeds"]) for row in rows]))
