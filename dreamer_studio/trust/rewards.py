"""Gauges of the reward: predicted against received, on seen frames and in open loops."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.trust.gauge import Curve, Gauge, Points, curve_of, named_sums, skill_of_sums
from dreamer_studio.trust.horizon import at_step
from dreamer_studio.trust.measured import SKILL, UNKNOWN, Measured, above, measure, sums_by_episode, unjudged, worst
from dreamer_studio.trust.open_loops import OpenLoop
from dreamer_studio.trust.seen import Seen
from dreamer_studio.trust.starts import Starts

SPARSE = 0.9
"""Share of rows with the same reward from which on rewards count as sparse, and all others as events."""

CONSTANT = "the reward never changes in these episodes"


def best_constant(received: Floats) -> float:
    """Return the constant, mean or median of rewards (n,), with the smaller mean absolute error.

    For sparse rewards the mean is easily beaten by a constant, so it alone would let a model pass that predicts
    nothing.
    """
    return float(min((received.mean(), np.median(received)), key=lambda guess: float(np.abs(received - guess).mean())))


def reward_curve(starts: Starts, dreamed: OpenLoop, seen: Sequence[Seen]) -> Curve:
    """Return the skill of the predicted reward by step of the open loops.

    Skill = 1 - sum of |predicted - received| / sum of |constant - received|, in reward units, with the better of the
    mean and the median of the received rewards as the constant. The null is 0.
    """
    error, null = _errors(dreamed.reward, starts.reward, best_constant(_received(seen)))
    with np.errstate(invalid="ignore", divide="ignore"):
        each = 1 - error / null
    return curve_of(starts.episode, np.stack([error, null], -1), starts.there, skill_of_sums, each)


def reward_gauge(seen: Sequence[Seen], curve: Curve, steps: int) -> Gauge:
    """Measure the predicted reward on the frames that the model sees.

    The number is Pearson's correlation of predicted and received rewards; for sparse rewards it is F1 = 2 TP / (2 TP +
    FP + FN) of the events. The verdict is the worse of two skills against the best constant (see `reward_curve`): on
    seen frames, and `steps` into the open loops. Details: `seen` and `open_loop`, these skills; `slope` of received on
    predicted rewards (calibrated: 1); for sparse rewards `precision` and `recall`. Points: all rows but the resets.

    Args:
        seen: the episodes.
        curve: from `reward_curve`.
        steps: the training horizon.
    """
    received = _received(seen)
    if np.ptp(received) == 0:
        return Gauge(UNKNOWN, CONSTANT)
    predicted = np.concatenate([one.reward[1:] for one in seen])
    episode = np.concatenate([np.full(len(one.reward) - 1, index) for index, one in enumerate(seen)])
    error, null = _errors(predicted, received, best_constant(received))
    sums = sums_by_episode(episode, np.stack([error, null], -1))
    details = {"seen": measure(sums, skill_of_sums, SKILL), "open_loop": at_step(curve, steps, SKILL)}
    moments = sums_by_episode(episode, _moments(predicted, received))
    usual, share = _commonest(received)
    if share >= SPARSE:
        found = _events(episode, predicted, received, usual)
        details |= {name: found[name] for name in ("precision", "recall")}
        top = found["f1"]
    else:
        details["slope"] = measure(moments, _slope, unjudged)
        top = measure(moments, _correlation, above(0.0))
    verdict = worst([details["seen"].verdict, details["open_loop"].verdict])
    measured = Measured(top.value, top.low, top.high, top.n, verdict)
    named = named_sums(episode, ("error_seen", "error_constant"), sums)
    row = np.concatenate([np.arange(1, len(one.reward)) for one in seen])
    return Gauge(measured, details=details, by_episode=named, points=Points(received, predicted, episode, row))


def _received(seen: Sequence[Seen]) -> Floats:
    """Return all rewards but those of the resets, which no one received."""
    return np.concatenate([one.received[1:] for one in seen])


def _errors(predicted: Floats, received: Floats, constant: float) -> tuple[Floats, Floats]:
    return np.abs(predicted - received), np.abs(constant - received)


def _moments(x: Floats, y: Floats) -> Floats:
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], -1)


def _centered(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Return variance of x, variance of y and covariance, each times n², from the sums of `_moments`."""
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    return n * xx - x * x, n * yy - y * y, n * xy - x * y


def _correlation(sums: Floats) -> Floats:
    """Return the correlation; 0 where the prediction is constant and so says nothing."""
    x, y, both = _centered(sums)
    return np.where(x > 1e-12 * np.abs(sums[..., 0] * sums[..., 3]), both / np.sqrt(np.maximum(x, 0) * y), 0.0)


def _slope(sums: Floats) -> Floats:
    x, _, both = _centered(sums)
    return np.asarray(both / x)


def _commonest(received: Floats) -> tuple[float, float]:
    values, counts = np.unique(received, return_counts=True)
    return float(values[counts.argmax()]), float(counts.max() / counts.sum())


def _events(episode: NDArray[np.int64], predicted: Floats, received: Floats, usual: float) -> dict[str, Measured]:
    """Measure events found: a prediction is an event if it lies nearer to the mean event than to the usual reward."""
    is_event = received != usual
    middle = (received[is_event].mean() + usual) / 2
    said = (predicted > middle) == (middle > usual)
    columns = np.stack([said & is_event, said & ~is_event, ~said & is_event], -1).astype(np.float64)
    sums = sums_by_episode(episode, columns)
    formulas = {
        "precision": lambda s: s[..., 0] / (s[..., 0] + s[..., 1]),
        "recall": lambda s: s[..., 0] / (s[..., 0] + s[..., 2]),
        "f1": lambda s: 2 * s[..., 0] / (2 * s[..., 0] + s[..., 1] + s[..., 2]),
    }
    return {name: measure(sums, formula, above(0.0)) for name, formula in formulas.items()}
