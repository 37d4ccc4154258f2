"""Measures all gauges of a model on held-out episodes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor

from dreamer_studio import __version__
from dreamer_studio.config import Config
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.parts import result_of
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.horizon import NO_HORIZONS, Horizons, at_step, horizon_gauge, horizons_of
from dreamer_studio.trust.images import (
    STILL,
    actions_gauge,
    image_curves,
    one_step_gauge,
    reconstruction_gauge,
    rollout_errors,
)
from dreamer_studio.trust.judgment import BESIDE, INNER, REPORTED, Judgment
from dreamer_studio.trust.knowing.gauge import knows_gauge
from dreamer_studio.trust.measured import DECIBELS, UNKNOWN
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.open_loops import OpenLoop, open_loops
from dreamer_studio.trust.promises import gap_gauge, policy_gauge, value_gauge
from dreamer_studio.trust.rewards import reward_curve, reward_gauge
from dreamer_studio.trust.seen import HeldOut, Seen, see
from dreamer_studio.trust.spread import measure_spread, sample_futures, spread_gauge
from dreamer_studio.trust.starts import DREAM_STEPS, Starts, choose_starts

OF_OPEN_LOOPS: Final = frozenset({"one step", "rollout", "horizon", "actions", "reward"})
"""Gauges that read the open loops from the starts. A judgment without these gauges dreams no open loops."""


def versions() -> dict[str, str]:
    """Return the versions of the packages that compute a judgment, for its record."""
    return {"dreamer-studio": __version__, "torch": torch.__version__, "numpy": np.__version__}


def judge(model: Model, held: Sequence[HeldOut], config: Config, device: torch.device, seed: int = 0) -> Judgment:
    """Measure all gauges; see `judging`."""
    return result_of(judging(model, held, config, device, seed))


@torch.no_grad()
def judging(
    model: Model,
    held: Sequence[HeldOut],
    config: Config,
    device: torch.device,
    seed: int = 0,
    only: Collection[str] | None = None,
) -> Generator[None, None, Judgment]:
    """Measure all gauges, or some, and return them. Yield after each part of the work, so that others get their turns.

    Args:
        model: the snapshot.
        held: episodes that it never learned from.
        config: of its run.
        device: of the model.
        seed: of all noise; the same seed gives the same numbers.
        only: names of the gauges to measure; None for all. A judgment of some gauges has no stages, and without the
            gauges of `OF_OPEN_LOOPS` no horizons.
    """
    noise = NoiseSource(seed, device)
    seen = []
    for one in held:
        if len(one.rows) > 1:
            seen.append(see(model, one, config, noise))
            yield
    starts = choose_starts(seen)
    if starts is None:
        nothing = dict.fromkeys((*REPORTED, *INNER, *BESIDE), Gauge(UNKNOWN, "no episode has a frame to predict"))
        return Judgment(len(held), 0, config.horizon, nothing, NO_HORIZONS)
    drawn = model.noise(noise, DREAM_STEPS, len(starts))  # also if unused, so that the gauges after it see equal noise
    horizons, looped = NO_HORIZONS, dict[str, Callable[[], Gauge]]()
    if only is None or not OF_OPEN_LOOPS.isdisjoint(only):
        dreamed = open_loops(model, starts, starts.action, drawn)
        yield
        horizons, looped = _of_open_loops(model, seen, starts, config, dreamed, drawn)
    measures: dict[str, Callable[[], Gauge]] = {
        "picture": lambda: reconstruction_gauge(model, seen, starts),
        **looped,
        "gap": lambda: gap_gauge(model, seen, starts, config.discount, noise),
        "value": lambda: value_gauge(model, seen, starts, config.discount, noise),
        "policy": lambda: policy_gauge(model, seen, config, noise),
        "knows": lambda: knows_gauge(model, seen, config, NoiseSource(seed, device)),
        "spread": lambda: _spread(model, starts, NoiseSource(seed, device)),
    }
    gauges = {}
    for name, measure in measures.items():
        if only is not None and name not in only:
            continue
        gauges[name] = measure()
        yield
    return Judgment(len(held), len(starts), config.horizon, gauges, horizons)


def _of_open_loops(
    model: Model, seen: Sequence[Seen], starts: Starts, config: Config, dreamed: OpenLoop, drawn: Tensor
) -> tuple[Horizons, dict[str, Callable[[], Gauge]]]:
    """Return the horizons of the open loops, and how to measure each gauge of `OF_OPEN_LOOPS`."""
    moving, everywhere = image_curves(starts, dreamed)
    rewards = reward_curve(starts, dreamed, seen)
    return horizons_of(moving, rewards), {
        "one step": lambda: one_step_gauge(model, starts, dreamed),
        "rollout": lambda: Gauge(
            at_step(moving, config.horizon, DECIBELS),
            "" if starts.moving.any() else STILL,
            by_episode=rollout_errors(starts, dreamed, config.horizon),
        ),
        "horizon": lambda: horizon_gauge(moving, everywhere, rewards, config.horizon),
        "actions": lambda: actions_gauge(model, starts, dreamed, drawn, config.horizon),
        "reward": lambda: reward_gauge(seen, rewards, config.horizon),
    }


def _spread(model: Model, starts: Starts, noise: NoiseSource) -> Gauge:
    return spread_gauge(starts, measure_spread(model, starts, sample_futures(model, starts, noise)))
