"""The discounted return of the rewards that an episode received. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats

MOST_MISSING: Final = 0.05
"""Most weight that unrecorded rewards may have in a return that counts as complete."""

MOST_ROWS: Final = 2_000
"""Most rows to look ahead for rewards."""


@dataclass(frozen=True, eq=False)
class ReceivedReturn:
    """The discounted return from each of n rows of an episode on.

    Attributes:
        value: (n,), the reward of the row plus discount^k times the reward k rows later, over all recorded rows.
        missing: (n,) in [0, 1], the share of the weights that unrecorded rewards have; 0 after a terminal state.
    """

    value: Floats
    missing: Floats

    def __len__(self) -> int:
        """Return n."""
        return len(self.value)

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Return (n,), whether almost all weight is on recorded rewards. An incomplete return is only a part."""
        return self.missing <= MOST_MISSING

    def first(self, rows: int) -> ReceivedReturn:
        """Return the returns of the first rows."""
        return ReceivedReturn(self.value[:rows], self.missing[:rows])


def received_return(reward: NDArray[Any], discount: float, *, terminal: bool) -> ReceivedReturn:
    """Return the discounted return from each row on.

    Args:
        reward: (n,), received on arriving at each row, as the model learns rewards.
        discount: per agent step, in [0, 1].
        terminal: whether no reward can follow the last row.
    """
    value = np.empty(len(reward))
    later = 0.0
    for row in reversed(range(len(reward))):
        later = value[row] = float(reward[row]) + discount * later
    left = np.arange(len(reward), 0, -1, dtype=np.float64)
    return ReceivedReturn(value, np.zeros(len(reward)) if terminal else discount**left)


def rows_that_count(discount: float) -> int:
    """Return after how many rows all later rewards weigh less than a fifth of `MOST_MISSING`; at most `MOST_ROWS`."""
    if discount <= 0:
        return 1
    if discount >= 1:
        return MOST_ROWS
    return min(MOST_ROWS, math.ceil(math.log(MOST_MISSING / 5) / math.log(discount)))
