"""What can be asked of the future: how much is left to chance, and which actions are taken. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Actions = NDArray[np.float32]


@dataclass(frozen=True)
class Chance:
    """What is left to chance.

    Attributes:
        state: factor of the noise of the latents: 0 takes the most likely, 1 samples, more strays further.
        policy: the same of the policy's action; None takes its mode.
        alike: whether all futures meet the same chance, so that they differ by their actions alone.
        seed: of all of it.
    """

    state: float = 1.0
    policy: float | None = 1.0
    alike: bool = False
    seed: int = 0


@dataclass(frozen=True, eq=False)
class ActionPlan:
    """Actions of one future.

    Attributes:
        what: "policy", "taken" in the episode, "nothing", or "held": one dimension or choice.
        row: that dimension or choice; -1 where it is none.
        value: what is held.
        actions: (L, A), NaN wherever the policy acts.
    """

    what: Literal["policy", "taken", "nothing", "held"]
    row: int
    value: float
    actions: Actions


def action_plans(size: int, *, discrete: bool, length: int, hold: int, taken: Actions) -> list[ActionPlan]:
    """Courses worth comparing.

    Args:
        size: dimensions, or choices, A.
        discrete: whether these are choices.
        length: steps in all, L.
        hold: steps in which an action is held, before the policy goes on.
        taken: (n, A), actions really taken from here on; no course where there are none.

    Returns:
        the policy, what was taken, nothing (of continuous actions only), and each choice, or each dimension at -1 and
        at +1 while the others are 0.
    """
    free = np.full((length, size), np.nan, np.float32)

    def course(
        what: Literal["taken", "nothing", "held"], first: Actions, row: int = -1, value: float = 0.0
    ) -> ActionPlan:
        actions = free.copy()
        actions[: len(first)] = first
        return ActionPlan(what, row, value, actions)

    def held(row: int, value: float) -> ActionPlan:
        action = np.zeros((min(hold, length), size), np.float32)
        action[:, row] = value
        return course("held", action, row, value)

    found = [ActionPlan("policy", -1, 0.0, free)]
    if len(taken):
        found.append(course("taken", taken[:length]))
    if discrete:
        return found + [held(choice, 1.0) for choice in range(size)]
    found.append(course("nothing", np.zeros((min(hold, length), size), np.float32)))
    return found + [held(row, value) for row in range(size) for value in (-1.0, 1.0)]
