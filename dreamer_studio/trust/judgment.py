"""The answer to how far a model can be believed: its gauges, and the first stage that fails. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.horizon import Horizons
from dreamer_studio.trust.measured import Verdict, worst

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
