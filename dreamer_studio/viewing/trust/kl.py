"""The KL over the training, from the log. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dreamer_studio.arrays import Floats

if TYPE_CHECKING:  # imports torch
    from dreamer_studio.runs.rows import Row

MOST_POINTS: Final = 150
"""Means at most; each is about two pixels of a card."""


@dataclass(frozen=True, eq=False)
class KlCurve:
    """Means of the KL over stretches of the log, and the means of their environment steps and updates, each (N,)."""

    step: Floats
    update: Floats
    kl: Floats


NO_KL: Final = KlCurve(np.empty(0), np.empty(0), np.empty(0))
"""Nothing is logged."""


def kl_over_training(rows: Sequence[Row]) -> KlCurve:
    """Return the KL of the rows of a log, in at most `MOST_POINTS` means of as many rows each."""
    table = np.array(
        [
            (row["step"], row["update"], row["kl"])
            for row in rows
            if row["kind"] == "update" and isinstance(row.get("kl"), int | float)
        ],
        np.float64,
    ).reshape(-1, 3)
    if not len(table):
        return NO_KL
    parts = np.array_split(table, min(MOST_POINTS, len(table)))
    return KlCurve(*np.array([part.mean(0) for part in parts]).T)
