"""Turns held keys and bars into actions: ramps, decay and the latch."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

FIRST_RAMP = 3
FIRST_DECAY = 3
_ROUNDING = 1e-6


class Steering:
    """Makes the action of each step from what the user holds.

    Attributes:
        size: number of dimensions, or of choices.
        discrete: whether the action is one of several choices.
        ramp: steps that a held dimension takes from 0 to 1; with 1, the change is immediate.
        decay: steps that a released dimension takes from 1 to 0, before the policy takes over.
        rest: who sets the other dimensions while one is held: the policy, or nobody, which makes them zero.
        latched: whether a released dimension keeps its value.
    """

    def __init__(self, size: int, *, discrete: bool) -> None:
        self.size = size
        self.discrete = discrete
        self.ramp = FIRST_RAMP
        self.decay = FIRST_DECAY
        self.rest: Literal["policy", "zero"] = "policy"
        self.latched = False
        self._targets: dict[int, float] = {}
        self._fresh: set[int] = set()
        self._tapped: set[int] = set()
        self._values = np.full(size, np.nan, np.float32)

    def holds(self, row: int) -> bool:
        """Return whether a dimension or a choice is held."""
        return row in self._targets and row not in self._tapped

    def hold(self, row: int, target: float = 1.0) -> None:
        """Hold a dimension, which moves to `target` from -1 to 1, or a choice. The latest choice wins."""
        self._targets.pop(row, None)
        self._targets[row] = max(-1.0, min(1.0, target))
        self._fresh.add(row)
        self._tapped.discard(row)

    def let_go(self, row: int) -> None:
        """Release a dimension or a choice. A hold shorter than a step counts for one step."""
        if row in self._fresh:
            self._tapped.add(row)
        else:
            self._targets.pop(row, None)

    def release(self) -> None:
        """Release everything, the latch included, so that the policy acts."""
        self._targets.clear()
        self._fresh.clear()
        self._tapped.clear()
        self._values[:] = np.nan
        self.latched = False

    def next(self, *, at_once: bool = False) -> NDArray[np.float32]:
        """Return the action of the next step, (size,), NaN where the policy acts. `at_once` skips ramp and decay."""
        action = self._choose() if self.discrete else self._steer(*(1, 1) if at_once else (self.ramp, self.decay))
        for row in self._tapped:
            del self._targets[row]
        self._fresh.clear()
        self._tapped.clear()
        return action

    def _choose(self) -> NDArray[np.float32]:
        if self._targets:
            self._values = np.zeros(self.size, np.float32)
            self._values[next(reversed(self._targets))] = 1.0
        elif not self.latched:
            self._values = np.full(self.size, np.nan, np.float32)
        return self._values.copy()

    def _steer(self, ramp: int, decay: int) -> NDArray[np.float32]:
        for row in range(self.size):
            value, target = float(self._values[row]), self._targets.get(row)
            if target is not None:
                self._values[row] = _toward(0.0 if np.isnan(value) else value, target, 1 / ramp)
            elif not self.latched and not np.isnan(value):
                value = _toward(value, 0.0, 1 / decay)
                self._values[row] = value if abs(value) > _ROUNDING else np.nan
        action = self._values.copy()
        if self.rest == "zero" and not np.isnan(action).all():
            action[np.isnan(action)] = 0.0
        return action


def _toward(value: float, target: float, step: float) -> float:
    return min(target, value + step) if target > value else max(target, value - step)
