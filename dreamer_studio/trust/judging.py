"""All gauges of a model on held-out episodes, and the first stage that fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from dreamer_studio.config import Config
from dreamer_studio.dreamer.noise import NoiseSource
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
from dreamer_studio.trust.knowing.gauge import knows_gauge
from dreamer_studio.trust.measured import DECIBELS, UNKNOWN, Verdict, worst
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.open_loops import open_loops
from dreamer_studio.trust.promises import gap_gauge, policy_gauge, value_gauge
from dreamer_studio.trust.rewards import reward_curve, reward_gauge
from dreamer_studio.trust.seen import HeldOut, see
from dreamer_studio.trust.spread import measure_spread, sample_futures, spread_gauge
from dreamer_studio.trust.starts import DREAM_STEPS, Starts, choose_starts

Stage = Literal["picture", "one step", "rollout", "reward", "value", "policy"]

STAGES: dict[Stage, tuple[str, ...]] = {
    "picture": ("picture",),
    "one step": ("one step",),
    "rollout": ("actions", "rollout"),
    "reward": ("reward",),
    "value": ("gap", "value"),
    "policy": ("policy",),
}
"""The stages in order, each with the gauges that decide it. Each stage builds on those before.

The report's JSON calls the stage of the reconstructions "picture".
"""

REPORTED = ("horizon", "actions", "reward", "gap", "value", "knows", "policy")
"""Gauges of the report."""

ON_REQUEST = ("blind",)
"""Gauges that the report has only if they were asked for."""

BESIDE = ("spread",)
"""Gauges that decide no stage and are not in the report, only in its record: the window shows them."""

INNER = ("picture", "one step", "rollout")
"""Gauges that only decide a stage."""


@dataclass(frozen=True, eq=False)
class Judgment:
    """The gauges of a model.

    Attributes:
        episodes: number of held-out episodes.
        starts: number of starts.
        training_horizon: steps that the training looks ahead.
        gauges: by name; those of `REPORTED`, `INNER` and `BESIDE`, and those of `ON_REQUEST` that were asked for.
        horizons: how far images and rewards can be believed.
    """

    episodes: int
    starts: int
    training_horizon: int
    gauges: dict[str, Gauge]
    horizons: Horizons

    @property
    def reported(self) -> tuple[str, ...]:
        """Return the names of the gauges of the report: those of `REPORTED`, and those that were asked for."""
        return (*REPORTED, *(name for name in ON_REQUEST if name in self.gauges))

    def verdict(self, stage: Stage) -> Verdict:
        """Return the worst verdict of the stage's gauges."""
        return worst([self.gauges[name].measured.verdict for name in STAGES[stage]])

    @property
    def stage(self) -> Stage | None:
        """Return the first stage that fails; None if none does."""
        return next((stage for stage in STAGES if self.verdict(stage) == "fails"), None)


@torch.no_grad()
def judge(model: Model, held: Sequence[HeldOut], config: Config, device: torch.device, seed: int = 0) -> Judgment:
    """Measure all gauges.

    Args:
        model: the snapshot.
        held: episodes that it never learned from.
        config: of its run.
        device: of the model.
        seed: of all noise; the same seed gives the same numbers.
    """
    noise = NoiseSource(seed, device)
    seen = [see(model, one, config, noise) for one in held if len(one.rows) > 1]
    starts = choose_starts(seen)
    if starts is None:
        nothing = dict.fromkeys((*REPORTED, *INNER, *BESIDE), Gauge(UNKNOWN, "no episode has a frame to predict"))
        return Judgment(len(held), 0, config.horizon, nothing, NO_HORIZONS)
    drawn = model.noise(noise, DREAM_STEPS, len(starts))
    dreamed = open_loops(model, starts, starts.action, drawn)
    moving, everywhere = image_curves(starts, dreamed)
    rewards = reward_curve(starts, dreamed, seen)
    gauges = {
        "picture": reconstruction_gauge(model, seen, starts),
        "one step": one_step_gauge(model, starts, dreamed),
        "rollout": Gauge(
            at_step(moving, config.horizon, DECIBELS),
            "" if starts.moving.any() else STILL,
            by_episode=rollout_errors(starts, dreamed, config.horizon),
        ),
        "horizon": horizon_gauge(moving, everywhere, rewards, config.horizon),
        "actions": actions_gauge(model, starts, dreamed, drawn, config.horizon),
        "reward": reward_gauge(seen, rewards, config.horizon),
        "gap": gap_gauge(model, seen, starts, config.discount, noise),
        "value": value_gauge(model, seen, starts, config.discount, noise),
        "policy": policy_gauge(model, seen, noise),
        "knows": knows_gauge(model, seen, config, NoiseSource(seed, device)),
        "spread": _spread(model, starts, NoiseSource(seed, device)),
    }
    return Judgment(len(held), len(starts), config.horizon, gauges, horizons_of(moving, rewards))


def _spread(model: Model, starts: Starts, noise: NoiseSource) -> Gauge:
    return spread_gauge(starts, measure_spread(model, starts, sample_futures(model, starts, noise)))
