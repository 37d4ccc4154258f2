"""Requests for futures: how far they stray, and which actions are taken. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Actions = NDArray[np.float32]


@dataclass(frozen=True)
class Chance:
    """The noise of futures.

    Attributes:
        state: factor of the noise of the latents: 0 takes the most likely ones, 1 samples, more strays further.
        policy: the same for the action of the policy; None takes its mode.
        alike: use the same noise for all futures, so that they differ by their actions alone.
        seed: of all noise.
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
        row: the dimension or choice that is held, else -1.
        value: the number that is held.
        actions: (L, A); NaN where the policy acts.
    """

    what: Literal["policy", "taken", "nothing", "held"]
    row: int
    value: float
    actions: Actions


def action_plans(size: int, *, discrete: bool, length: int, hold: int, taken: Actions) -> list[ActionPlan]:
    """Return action plans worth comparing.

    Args:
        size: dimensions, or choices, A.
        discrete: whether actions are choices.
        length: L, number of steps.
        hold: steps for which an action is held before the policy acts.
        taken: (n, A), the actions that the episode took from here on; with none there is no plan for them.

    Returns:
        the policy; the actions taken; for continuous actions no action, and each dimension at -1 and at +1 with the
        others at 0; for discrete ones each choice.
    """
    free = np.full((length, size), np.nan, np.float32)

    def plan(
        what: Literal["taken", "nothing", "held"], first: Actions, row: int = -1, value: float = 0.0
    ) -> ActionPlan:
        actions = free.copy()
        actions[: len(first)] = first
        return ActionPlan(what, row, value, actions)

    def held(row: int, value: float) -> ActionPlan:
        action = np.zeros((min(hold, length), size), np.float32)
        action[:, row] = value
        return plan("held", action, row, value)

    found = [ActionPlan("policy", -1, 0.0, free)]
    if len(taken):
        found.append(plan("taken", taken[:length]))
    if discrete:
        return found + [held(choice, 1.0) for choice in range(size)]
    found.append(plan("nothing", np.zeros((min(hold, length), size), np.float32)))
    return found + [held(row, value) for row in range(size) for value in (-1.0, 1.0)]
