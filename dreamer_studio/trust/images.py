"""Gauges of the images: reconstruction, one step, gain by step, and whether the dream obeys the actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.dreamer.noise import ActionKind
from dreamer_studio.dreams.dream import decode
from dreamer_studio.trust.gauge import Curve, Gauge, curve_of, mean_of_sums, named_sums, ratio_of_sums, skill_of_sums
from dreamer_studio.trust.measured import EQUIVALENT, RATIO, SKILL, UNKNOWN, Judge, Statistic, measure, sums_by_episode
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.open_loops import OpenLoop, errors, open_loops
from dreamer_studio.trust.seen import Seen
from dreamer_studio.trust.starts import DREAM_STEPS, Starts

STILL = "nothing moves in these episodes"

NO_ACTION = "no_action"
"""Detail of the gauge of actions: zeros as actions."""

MOST_PARTS = 16
"""Entries or choices of an action that are tried one by one, at most; each takes an open loop."""


@torch.no_grad()
def reconstruction_gauge(model: Model, seen: Sequence[Seen], starts: Starts) -> Gauge:
    """Measure how much better reconstructions are than the mean image.

    Skill = 1 - sum of MSE(reconstruction, frame) / sum of MSE(mean image, frame), at the starts, on the pixels that
    move; colors from 0 to 1. The mean image is that of all held-out frames. 1 is perfect; the null is 0.
    """
    total = sum(one.held.rows.image.sum(0, dtype=np.float64) for one in seen)
    mean = np.broadcast_to(np.rint(total / sum(len(one.received) for one in seen)), starts.kept.shape)
    redrawn = errors(decode(model, starts.states.feat), starts.kept, starts.moving)
    null = errors(mean.astype(np.uint8), starts.kept, starts.moving)
    return _skill(starts, redrawn.moving, null.moving)


@torch.no_grad()
def one_step_gauge(model: Model, starts: Starts, dreamed: OpenLoop) -> Gauge:
    """Measure whether one step of the dream is better than no step.

    Skill = 1 - sum of MSE(image one step ahead, next frame) / sum of MSE(reconstruction of the start, next frame), on
    the pixels that move. The same decoder draws both, so the number shows the transition alone. The null is 0.
    """
    still = errors(decode(model, starts.states.feat), starts.image[0], starts.moving)
    null = np.where(starts.there[0], still.moving, np.nan)
    return _skill(starts, dreamed.image.moving[0], null)


def image_curves(starts: Starts, dreamed: OpenLoop) -> tuple[Curve, Curve]:
    """Return the gain by step in dB, on the pixels that move and on all.

    Gain = PSNR(dreamed image) - PSNR(last seen frame) = 10 log10(MSE(last seen frame) / MSE(dreamed image)) against
    the recorded frame, mean over the starts. At 0 dB the dream is worth no more than the last seen frame.
    """
    kept = [errors(starts.kept, real, starts.moving) for real in starts.image]
    moving = np.stack([one.moving for one in kept])
    everywhere = np.stack([one.everywhere for one in kept])
    still = ~starts.moving.any((-2, -1))
    gain_everywhere = np.where(still, np.nan, _decibels(everywhere, dreamed.image.everywhere))
    return _gain(starts, _decibels(moving, dreamed.image.moving)), _gain(starts, gain_everywhere)


def rollout_errors(starts: Starts, dreamed: OpenLoop, steps: int) -> dict[str, Floats]:
    """Return, by episode, the sums of MSE over the first `steps` steps of the open loops, on the pixels that move.

    `frames` counts the frames in these sums.
    """
    there = starts.there[:steps]
    error = np.where(there, dreamed.image.moving[:steps], 0.0).sum(0)
    known = np.isfinite(error)
    episode = starts.episode[known]
    columns = np.stack([error, there.sum(0)], -1)[known]
    return named_sums(episode, ("error", "frames"), sums_by_episode(episode, columns))


@torch.no_grad()
def actions_gauge(model: Model, starts: Starts, dreamed: OpenLoop, noise: torch.Tensor, steps: int) -> Gauge:
    """Measure whether the dream obeys the actions.

    Ratio = sum of MSE with the actions of another start / sum of MSE with the true actions, over the first `steps`
    steps, on the pixels that move: the same rows, starts and noise. Ignored actions give exactly 1.

    Details, all ratios with the same null: `no_action`, with zeros as actions; `action <i>`, where only entry i comes
    from the other start, or, for choices, only the steps at which the record has choice i; the first `MOST_PARTS`
    entries or choices. Starts whose actions stay the same do not count there. Curve `actions_ratio`: the ratio by step.

    Args:
        model: dreams.
        starts: N starts.
        dreamed: the open loops along the true actions.
        noise: (L, N, S), of these open loops.
        steps: number of steps, the training horizon.
    """
    distinct = np.unique(starts.action.swapaxes(0, 1)[starts.there.T], axis=0)
    if len(distinct) < 2 or len(starts) < 2:
        return Gauge(UNKNOWN, "these episodes hold fewer than two distinct actions")
    steps = min(steps, DREAM_STEPS)
    by = len(starts) // 2
    true, other = starts.action[:steps], np.roll(starts.action, by, axis=1)[:steps]
    both = (starts.there & np.roll(starts.there, by, axis=1))[:steps]

    def compared(loops: OpenLoop, counts: NDArray[np.bool_]) -> Gauge:
        """Compare with open loops along other actions, at the starts (N,) that count."""
        sums = [np.where(both, one.image.moving[:steps], 0).sum(0) for one in (loops, dreamed)]
        columns = np.where(counts[:, None], np.stack(sums, -1), np.nan)
        return _gauge(starts, columns, ("error_shuffled", "error_true"), ratio_of_sums, RATIO)

    details = {}
    for name, action in _replaced(true, other, model.action_kind).items():
        counts = np.any((action != true).any(-1) & both, axis=0)
        loops = open_loops(model, starts, action, noise[:steps]) if counts.any() else None
        details[name] = UNKNOWN if loops is None else compared(loops, counts).measured
    shuffled = open_loops(model, starts, other, noise[:steps])
    curves = {"actions_ratio": _ratio_by_step(starts, shuffled, dreamed, both)}
    gauge = replace(compared(shuffled, np.any(both, axis=0)), details=details, curves=curves)
    if gauge.measured.verdict == "cannot tell" and gauge.measured.low > 1:
        return replace(gauge, reason="actions change the dream, but only a little")
    parts = {name: found for name, found in details.items() if name != NO_ACTION and found.verdict == "fails"}
    ignored = [name for name, found in parts.items() if found.low >= 1 / EQUIVALENT]  # else the effect is a wrong one
    if gauge.measured.verdict == "holds" and ignored:
        return replace(gauge, reason=f"without effect in the dream: {', '.join(ignored)}")
    return gauge


def _ratio_by_step(starts: Starts, other: OpenLoop, true: OpenLoop, there: NDArray[np.bool_]) -> Curve:
    errors_of = [loops.image.moving[: len(there)] for loops in (other, true)]
    with np.errstate(invalid="ignore", divide="ignore"):
        each = errors_of[0] / errors_of[1]
    return curve_of(starts.episode, np.stack(errors_of, -1), there, ratio_of_sums, each)


def _replaced(
    true: NDArray[np.float32], other: NDArray[np.float32], kind: ActionKind
) -> dict[str, NDArray[np.float32]]:
    """Return actions (L, N, A) that differ from the true ones in one respect each."""
    found = {NO_ACTION: np.zeros_like(true)}
    for index in range(min(true.shape[-1], MOST_PARTS)):
        if kind == "discrete":
            action = np.where(true[..., index, None] > 0, other, true)
        else:
            action = true.copy()
            action[..., index] = other[..., index]
        found[f"action {index}"] = action
    return found


def _skill(starts: Starts, error: Floats, null: Floats) -> Gauge:
    return _gauge(starts, np.stack([error, null], -1), ("error", "error_null"), skill_of_sums, SKILL)


def _gauge(starts: Starts, columns: Floats, names: Sequence[str], statistic: Statistic, judge: Judge) -> Gauge:
    """Measure a statistic of the sums of named columns (N, K) over the starts; leave out starts with a NaN.

    `starts` of the sums counts the starts.
    """
    known = np.isfinite(columns).all(-1)
    episode = starts.episode[known]
    sums = sums_by_episode(episode, columns[known])
    counts = sums_by_episode(episode, np.ones((len(episode), 1)))
    named = named_sums(episode, (*names, "starts"), np.concatenate([sums, counts], 1))
    return Gauge(measure(sums, statistic, judge), "" if known.any() else STILL, by_episode=named)


def _gain(starts: Starts, gain: Floats) -> Curve:
    columns = np.stack([gain, np.ones_like(gain)], -1)
    return curve_of(starts.episode, columns, starts.there, mean_of_sums, gain)


def _decibels(null: Floats, error: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(10 * np.log10(null / error))
