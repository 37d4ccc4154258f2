"""Spread: how far a few sampled futures of one start lie apart, and whether that says how wrong they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from torch import Tensor

from dreamer_studio.arrays import Floats
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.trust.gauge import Gauge, curve_of, mean_of_sums
from dreamer_studio.trust.images import STILL
from dreamer_studio.trust.measured import UNKNOWN, Measured, above, unjudged
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.open_loops import errors
from dreamer_studio.trust.ranks import rank_correlations
from dreamer_studio.trust.starts import DREAM_STEPS, Starts, on_device

FUTURES: Final = 4
"""Futures sampled from each start."""

MORE_THAN_STEP: Final = above(0.0, 0.1)
"""Judges how much larger a correlation is than that of the step number; 0.1 more is worth showing."""


@dataclass(frozen=True, eq=False)
class Spread:
    """The spread of futures at L steps from N starts, each array (L, N).

    Attributes:
        image: standard deviation over the futures, root mean square over all colors (0 to 1) of the image.
        latent: the same over the features.
        error: root mean square error of the first future's image on the recorded frame.
    """

    image: Floats
    latent: Floats
    error: Floats


def spread_of(futures: Floats) -> Floats:
    """Return the spread (N,) of K futures (K, N, F): their deviation, root mean square over F numbers."""
    return np.asarray(np.sqrt(futures.var(0, dtype=np.float64).mean(-1)))


@torch.no_grad()
def sample_futures(model: Model, starts: Starts, source: NoiseSource) -> Tensor:
    """Sample `FUTURES` futures from each start along the recorded actions; return their features (K, L, N, F)."""
    taken = on_device(starts.action, starts.states)
    feats = []
    for _ in range(FUTURES):
        noise = model.noise(source, DREAM_STEPS, len(starts))
        states, _actions = model.roll_out(starts.states, lambda _, step: taken[step], noise)
        feats.append(states.feat)
    return torch.stack(feats)


@torch.no_grad()
def measure_spread(model: Model, starts: Starts, futures: Tensor) -> Spread:
    """Measure the spread of futures (K, L, N, F) from `sample_futures`, and the error of the first."""
    image, latent, error = [], [], []
    for step, real in enumerate(starts.image):
        drawn = decode(model, futures[:, step])
        colors = drawn.reshape(*drawn.shape[:2], -1).astype(np.float32) / 255
        image.append(spread_of(colors))
        latent.append(spread_of(to_floats(futures[:, step])))
        error.append(np.sqrt(errors(drawn[0], real, starts.moving).everywhere))
    return Spread(np.stack(image), np.stack(latent), np.stack(error))


def spread_gauge(starts: Starts, spread: Spread) -> Gauge:
    """Measure whether the spread of futures says how wrong the dream is.

    Spearman correlation of image spread and image error, over all steps of all starts. The verdict is that of
    `beyond_step`: how much larger the correlation is than that of the step number alone, since every dream gets worse
    with time.

    Details: `latent` and `step`, the correlations of the latent spread and of the step number; `beyond_step`.
    """
    there = starts.there & np.isfinite(spread.error)
    step, start = np.nonzero(there)
    quantities = np.stack([spread.image[there], spread.latent[there], step.astype(np.float64)], -1)
    error = spread.error[there]
    episode = starts.episode[start]
    curves = {
        f"spread_{name}": curve_of(
            starts.episode, np.stack([numbers, np.ones_like(numbers)], -1), there, mean_of_sums, numbers
        )
        for name, numbers in (("image", spread.image), ("latent", spread.latent), ("error", spread.error))
    }
    if not starts.moving.any() or not len(error) or np.ptp(error) == 0:
        reason = "the error never changes" if starts.moving.any() else STILL
        return Gauge(replace(UNKNOWN, n=len(np.unique(episode))), reason, curves=curves)
    found = rank_correlations(episode, quantities, error)
    beyond = found.difference(0, 2, MORE_THAN_STEP)
    details = {
        "latent": found.measured(1, unjudged),
        "step": found.measured(2, unjudged),
        "beyond_step": beyond,
    }
    top = replace(found.measured(0, unjudged), verdict=beyond.verdict)
    return Gauge(top, _reason(top, details["step"]), details, curves)


def _reason(top: Measured, step: Measured) -> str:
    return f"the step number alone has a correlation of {step.value:.2f}" if np.isfinite(top.value) else ""
