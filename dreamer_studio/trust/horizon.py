"""The horizon: for how many steps to believe the images and the rewards of an open loop. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dreamer_studio.trust.gauge import Curve, Gauge, Stretch
from dreamer_studio.trust.measured import DECIBELS, SKILL, Judge, Measured, judged, worst


@dataclass(frozen=True)
class Horizons:
    """Last steps of the open loops at which the lower end of the interval beats the null; None if unknown.

    A dream that was right only at first may beat the null again later by chance, as when the real frames return to
    where the dream froze. So the horizons come with the steps before them at which the lower end was at the null.

    Attributes:
        picture: of the images; the report's JSON uses the same name.
        reward: of the rewards.
        picture_dips, reward_dips: the stretches before the horizon at which the lower end does not beat the null. The
            first step of the images alone does not count: little moves in one step, and the gauge `one step` judges
            that step against a fairer null.
    """

    picture: int | None
    reward: int | None
    picture_dips: tuple[Stretch, ...] = ()
    reward_dips: tuple[Stretch, ...] = ()


NO_HORIZONS: Final = Horizons(None, None)
"""Nothing is known."""


def horizons_of(moving: Curve, rewards: Curve) -> Horizons:
    """Return both horizons, from the gain on moving pixels (null: 0 dB) and the skill of the reward (null: 0)."""
    images, paid = moving.low, rewards.low
    picture_dips = tuple(dip for dip in moving.dips(images) if dip != (1, 1))
    return Horizons(moving.last_above(images), rewards.last_above(paid), picture_dips, rewards.dips(paid))


def exceptions(dips: tuple[Stretch, ...]) -> str:
    """Say at which steps before its horizon a curve is not above the null; empty if there are none."""
    if not dips:
        return ""
    if len(dips) > 2:
        count = sum(last - first + 1 for first, last in dips)
        return f"not at {count} of the steps, first at step {dips[0][0]}"
    steps = [str(first) if first == last else f"{first} to {last}" for first, last in dips]
    return f"not at step{'' if steps == [str(dips[0][0])] else 's'} {' and '.join(steps)}"


def horizon_gauge(moving: Curve, everywhere: Curve, rewards: Curve, steps: int) -> Gauge:
    """Measure the smaller of image horizon and reward horizon, in steps, and name its dips; see `Horizons`.

    The lower end of the interval is the number itself. The upper end is the last step at which the upper end of the
    curve's interval beats the null. The verdict is the worse of the two at the training horizon.

    Args:
        moving: gain by step in dB, on the pixels that move.
        everywhere: the same on all pixels.
        rewards: skill of the reward by step.
        steps: the training horizon.
    """
    found = horizons_of(moving, rewards)
    verdict = worst([at_step(moving, steps, DECIBELS).verdict, at_step(rewards, steps, SKILL).verdict])
    known = {
        name: (steps_known, curve.last_above(curve.high), dips)
        for name, steps_known, curve, dips in (
            ("image", found.picture, moving, found.picture_dips),
            ("reward", found.reward, rewards, found.reward_dips),
        )
        if steps_known is not None
    }
    curves = {"gain_moving_db": moving, "gain_all_db": everywhere, "reward_skill": rewards}
    n = int(moving.n.max(initial=0))
    if not known:
        nothing = float("nan")
        return Gauge(Measured(nothing, nothing, nothing, n, "cannot tell"), curves=curves)
    name, (low, high, dips) = min(known.items(), key=lambda item: item[1][0])
    reason = "; ".join(filter(None, [f"the {name} horizon", exceptions(dips)]))
    return Gauge(Measured(low, low, float(high or 0), n, verdict), reason, curves=curves)


def at_step(curve: Curve, step: int, judge: Judge) -> Measured:
    """Return a curve's number at a step, counted from 1; at the last step if the curve is shorter."""
    at = min(step, len(curve.value)) - 1
    return judged(float(curve.value[at]), float(curve.low[at]), float(curve.high[at]), int(curve.n[at]), judge)
