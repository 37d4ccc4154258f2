"""Gauges of returns: the dream's promise against the task, the critic against both, the policy against chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import PolicyMode
from dreamer_studio.dreamer.entropy_bounds import entropy_bounds
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.dreams.returns import MOST_MISSING, received_return
from dreamer_studio.trust.gauge import Gauge, mean_of_sums, named_sums, ratio_of_sums
from dreamer_studio.trust.measured import (
    FEWEST_EPISODES,
    UNKNOWN,
    Measured,
    above,
    measure,
    measure_difference,
    near_one,
    sums_by_episode,
    unjudged,
)
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.seen import Seen
from dreamer_studio.trust.starts import DREAM_STEPS, Starts, pick

MODES: tuple[PolicyMode, ...] = ("sample", "mode")
EXTREME = 0.99
"""Size from which on a continuous action counts as saturated."""

NOT_PLAYED = "none of these episodes was played by the present policy"


@dataclass(frozen=True, eq=False)
class Imagined:
    """The policy's dreams of L steps from N starts.

    Attributes:
        reward: (L, N), predicted.
        alive: (L, N), chance that the episode has not ended before the step; 1 if the model predicts no ends.
        discount: (L, N), product of the predicted discounts of the steps before.
        value: (N,), by the critic at the last step.
    """

    reward: Floats
    alive: Floats
    discount: Floats
    value: Floats


@torch.no_grad()
def imagine(model: Model, states: LatentState, mode: PolicyMode, noise: NoiseSource) -> Imagined:
    """Let the policy dream `DREAM_STEPS` steps from states (N, .)."""
    drawn = model.noise(noise, DREAM_STEPS, len(states.feat))
    dreamed, _ = model.roll_out(states, lambda feat, _: model.act(feat, noise, mode), drawn)
    reward, value, pcont = model.heads(dreamed.feat)
    ending = np.nan_to_num(to_floats(model.ending(pcont)))
    return Imagined(to_floats(reward), _before(1 - ending), _before(to_floats(pcont)), to_floats(value[-1]))


@torch.no_grad()
def gap_gauge(model: Model, seen: Sequence[Seen], starts: Starts, discount: float, noise: NoiseSource) -> Gauge:
    """Measure how much the dreams promise against what the task gave.

    Ratio = sum of imagined returns / sum of real returns, undiscounted, over `DREAM_STEPS` steps: the same starts, the
    same length, and the policy acts in the dream as it did in the episode (sample or mode). An episode that terminates
    earlier earns nothing afterwards; the dream counts a reward with the chance that the episode goes on. Null: 1.
    Detail `discounted`: the same with weights discount^k.
    """
    parts: list[tuple[NDArray[np.int64], Floats]] = []
    weight = discount ** np.arange(DREAM_STEPS)[:, None]
    for mode in MODES:
        chosen = _comparable(seen, starts, mode)
        if not chosen.any():
            continue
        dreamed = imagine(model, pick(starts.states, np.flatnonzero(chosen)), mode, noise)
        imagined = dreamed.reward * dreamed.alive
        real = np.where(starts.there, starts.reward, 0.0)[:, chosen]
        returns = [(numbers * scale).sum(0) for scale in (1.0, weight) for numbers in (imagined, real)]
        returns.append(np.ones(len(returns[0])))
        parts.append((starts.episode[chosen], np.stack(returns, -1)))
    if not parts:
        return Gauge(UNKNOWN, f"{NOT_PLAYED} for {DREAM_STEPS} steps")
    episode = np.concatenate([each for each, _ in parts])
    columns = np.concatenate([each for _, each in parts])
    sums = sums_by_episode(episode, columns)
    details = {"discounted": measure(sums[:, 2:4], ratio_of_sums, near_one)}
    named = named_sums(episode, ("imagined", "real", "imagined_discounted", "real_discounted", "starts"), sums)
    if np.ptp(columns[:, 1]) == 0:
        return Gauge(replace(UNKNOWN, n=len(sums)), "the real return never changes", by_episode=named)
    return Gauge(measure(sums[:, :2], ratio_of_sums, near_one), details=details, by_episode=named)


@torch.no_grad()
def value_gauge(model: Model, seen: Sequence[Seen], starts: Starts, discount: float, noise: NoiseSource) -> Gauge:
    """Measure the critic against real returns, and against the returns of its own dreams.

    Ratio = sum of values / sum of real discounted returns, over all rows of the present policy's episodes whose return
    is complete (see `dreams.returns`). Null: 1. Details: `bias`, mean of value minus real return, `deviation`, root
    mean square of the same; `against_dreams`, the ratio of the values at the starts to r + sum of discounted imagined
    rewards + discounted last value of dreams of `DREAM_STEPS` steps; `bias_dreams` and `deviation_dreams`, the same
    against these dreams. All in reward units or ratios.
    """
    details = _against_dreams(model, seen, starts, noise)
    rows: list[Floats] = []
    for index, one in enumerate(seen):
        if not one.held.by_policy:
            continue
        came = received_return(one.received, discount, terminal=bool(one.held.rows.is_terminal[-1]))
        complete = came.complete
        both = np.stack([one.value[complete], came.value[complete]], -1)
        rows.append(np.concatenate([np.full((len(both), 1), index), both], 1))
    table = np.concatenate(rows) if rows else np.zeros((0, 3))
    if len(table) == 0:
        reason = "no episode of the present policy is long enough to know the return of its first frames"
        return Gauge(UNKNOWN, reason if rows else NOT_PLAYED, details)
    episode, value, real = table[:, 0].astype(np.int64), table[:, 1], table[:, 2]
    bias = value - real
    sums = sums_by_episode(episode, np.stack([value, real, bias, bias**2, np.ones_like(bias)], -1))
    details["bias"], details["deviation"] = _bias_and_deviation(sums[:, 2:])
    named = named_sums(episode, ("value", "real", "bias", "square", "rows"), sums)
    if np.ptp(real) <= MOST_MISSING * np.abs(real).max():  # complete returns may lack that share
        return Gauge(replace(UNKNOWN, n=len(sums)), "the real return never changes", details, by_episode=named)
    return Gauge(measure(sums[:, :2], ratio_of_sums, near_one), details=details, by_episode=named)


@torch.no_grad()
def policy_gauge(model: Model, seen: Sequence[Seen], config: Config, noise: NoiseSource) -> Gauge:
    """Measure how much more the policy earns than random actions.

    Difference = mean return of the present policy's episodes - mean return of random episodes, in the task's reward.
    Null: 0. Details: `entropy` over its maximum M: H / M for choices, M = ln A; exp((H - M) / A) for A continuous
    actions: of a tanh-normal the share of [-1, 1] that is equally likely, M = A ln 2, of a bounded normal the deviation
    over its maximum; `saturated`: share of actions with |a| > 0.99, or of the commonest choice;
    `oscillation`: mean square successive difference of the actions over twice their variance in an episode (von
    Neumann, 1941): 0 for steady actions, 1 for actions that do not depend on the last one, 2 for an action that
    changes sides at every step.
    """
    mine = [one for one in seen if one.held.by_policy]
    if not mine:
        return Gauge(UNKNOWN, NOT_PLAYED)
    all_returns = np.array([one.held.rows.total_reward for one in seen])
    by_policy = np.array([one.held.by_policy for one in seen])
    by_chance = np.array([one.held.player == "random" for one in seen])
    returns, chance = all_returns[by_policy], all_returns[by_chance]
    columns = [_habits(model, one, config, noise) for one in mine]
    details = {
        name: measure(np.stack([numbers, np.ones_like(numbers)], -1), mean_of_sums, unjudged)
        for name, numbers in zip(("entropy", "saturated"), np.array(columns).T, strict=True)
    }
    details["oscillation"] = measure(np.array([_changes(one) for one in mine]), ratio_of_sums, unjudged)
    chosen = np.flatnonzero(by_policy | by_chance)
    named = named_sums(chosen, ("return", "random"), np.stack([all_returns[chosen], by_chance[chosen]], -1))
    together = np.concatenate([returns, chance])
    measured = measure_difference(returns, chance, above(0.0))
    if np.ptp(together) == 0:
        return Gauge(replace(UNKNOWN, n=len(together)), "all episodes have the same return", details)
    reason = f"fewer than {FEWEST_EPISODES} random episodes" if len(chance) < FEWEST_EPISODES else ""
    return Gauge(measured, reason, details, by_episode=named)


def _before(factors: Floats) -> Floats:
    """Return the products (L, N) of the factors (L, N) of all earlier steps."""
    return np.concatenate([np.ones_like(factors[:1]), np.cumprod(factors, 0)[:-1]])


def _comparable(seen: Sequence[Seen], starts: Starts, mode: PolicyMode) -> NDArray[np.bool_]:
    """Return (N,), whether the present policy acted after a start in this way, to the end of the dream or the task."""
    played = np.array([one.held.by_policy and one.held.player == mode for one in seen])
    chosen: NDArray[np.bool_] = played[starts.episode] & (starts.there.all(0) | starts.ended)
    return chosen


def _against_dreams(model: Model, seen: Sequence[Seen], starts: Starts, noise: NoiseSource) -> dict[str, Measured]:
    """Compare the critic at all starts with the returns of dreams in which the policy samples, as in training."""
    dreamed = imagine(model, starts.states, "sample", noise)
    reward, value, pcont = (to_floats(numbers) for numbers in model.heads(starts.states.feat))
    ahead = np.concatenate([dreamed.reward[:-1], dreamed.value[None]])
    promised = reward + pcont * (dreamed.discount * ahead).sum(0)
    bias = value - promised
    sums = sums_by_episode(starts.episode, np.stack([value, promised, bias, bias**2, np.ones_like(bias)], -1))
    mean, deviation = _bias_and_deviation(sums[:, 2:])
    ratio = measure(sums[:, :2], ratio_of_sums, near_one)
    return {"against_dreams": ratio, "bias_dreams": mean, "deviation_dreams": deviation}


def _bias_and_deviation(sums: Floats) -> tuple[Measured, Measured]:
    """Return mean and root mean square of differences from (N, 3): for each episode their sum, squares and number."""
    mean = measure(sums[:, [0, 2]], mean_of_sums, unjudged)
    return mean, measure(sums[:, 1:], lambda total: np.sqrt(mean_of_sums(total)), unjudged)


def _habits(model: Model, one: Seen, config: Config, noise: NoiseSource) -> tuple[float, float]:
    """Return the policy's entropy over its maximum, and its share of extreme or commonest actions, in an episode."""
    entropy = to_floats(model.entropy(one.states.feat, noise)).mean()
    action = one.held.rows.action[1:]
    size = action.shape[1]
    _, most = entropy_bounds(config, model.action_kind, size)
    if model.action_kind == "discrete":
        return entropy / max(most, math.log(2)), float(action.mean(0).max())
    return math.exp((entropy - most) / size), float((np.abs(action) > EXTREME).mean())


def _changes(one: Seen) -> tuple[float, float]:
    """Return numerator and denominator of the oscillation of an episode's actions, both means over the steps."""
    action = one.held.rows.action[1:].astype(np.float64)
    if len(action) < 2:
        return 0.0, 0.0
    return float(np.square(np.diff(action, axis=0)).sum(1).mean()), 2 * float(action.var(0).sum())
