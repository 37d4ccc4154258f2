"""The simulator's state at the frames of an episode, by the names of its variables. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats


@dataclass(frozen=True, eq=False)
class WorldState:
    """V variables of the simulator at T frames.

    Attributes:
        numbers: (T, V).
        names: V names.
        angle: (V,) bool, which variables are angles without a bound, in radians.
    """

    numbers: Floats
    names: tuple[str, ...]
    angle: NDArray[np.bool_]


def world_state(states: Floats | None, names: Sequence[str], angles: Sequence[int]) -> WorldState | None:
    """Return the named numbers of recorded simulator states.

    Args:
        states: (T, n), one at each row; None if they are not on record.
        names: of the first numbers of a state; empty names are left out.
        angles: indices of the angles among them.

    Returns:
        None if there are no states, no names, or more names than numbers.
    """
    chosen = [place for place, name in enumerate(names) if name]
    if states is None or not chosen or len(names) > states.shape[1]:
        return None
    return WorldState(states[:, chosen], tuple(names[place] for place in chosen), np.isin(chosen, list(angles)))
