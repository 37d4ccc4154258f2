"""Keeps a report in the run folder. No torch."""

from __future__ import annotations

import time
from pathlib import Path

from dreamer_studio.runs.judgments.files import keep_judgment
from dreamer_studio.runs.judgments.record import KeptJudgment, KeptNumber, Maker
from dreamer_studio.texts import reason_of
from dreamer_studio.trust.gauge import Curve
from dreamer_studio.trust.horizon import at_step
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.measured import DECIBELS, SKILL, Judge, Measured
from dreamer_studio.trust.report import Report
from dreamer_studio.trust.words import sentence_of

HORIZONS: dict[str, tuple[str, Judge]] = {"image": ("gain_moving_db", DECIBELS), "reward": ("reward_skill", SKILL)}
"""For each kept horizon, its curve in the horizon gauge, and the judge of that curve at the training horizon."""


def keep(folder: Path, report: Report, made_by: Maker) -> str:
    """Keep a report's judgment in a run's folder of judgments.

    Returns:
        an empty text, or the sentence that says why the judgment is not kept, such as in a read-only run.
    """
    try:
        keep_judgment(folder, kept_judgment(report, made_by, time.time()))
    except OSError as error:
        return f"This judgment is not kept in the run: {error.strerror or reason_of(error)}."
    return ""


def kept_judgment(report: Report, made_by: Maker, now: float) -> KeptJudgment:
    """Return what a run keeps of a report made at `now`, in seconds since 1970."""
    judgment = report.judgment
    return KeptJudgment(
        step=report.step,
        update=report.update,
        time=round(now, 3),
        made_by=made_by,
        checkpoint=report.checkpoint,
        episodes=judgment.episodes,
        starts=judgment.starts,
        training_horizon=judgment.training_horizon,
        stage=judgment.stage,
        sentence=sentence_of(judgment),
        horizons=_horizons(judgment),
        gauges={name: _number(gauge.measured) for name, gauge in judgment.gauges.items()},
        players=report.episodes,
        versions=report.versions,
        seed=report.seed,
    )


def _horizons(judgment: Judgment) -> dict[str, KeptNumber]:
    curves = judgment.gauges["horizon"].curves
    return {
        name: _horizon(curves[curve], judgment.training_horizon, judge)
        for name, (curve, judge) in HORIZONS.items()
        if curve in curves
    }


def _horizon(curve: Curve, steps: int, judge: Judge) -> KeptNumber:
    """Return the last steps at which the two ends of the interval beat the null, and the verdict at `steps`."""
    low, high = (curve.last_above(end) for end in (curve.low, curve.high))
    return KeptNumber(low, low, high, int(curve.n.max(initial=0)), at_step(curve, steps, judge).verdict)


def _number(measured: Measured) -> KeptNumber:
    return KeptNumber(**measured.as_dict())  # type: ignore[arg-type]
