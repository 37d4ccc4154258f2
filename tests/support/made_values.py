"""Values that the window shows, made from a fixed generator: no training, no weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dreamer_studio.session import State, Status
from dreamer_studio.viewing.practice.messages import PracticeResult
from tests.support.idle_session import CONFIG, SPEC
from tests.support.made_run import made_images


def made_status(**changes: Any) -> Status:
    """Return the status of a training that runs and learns."""
    status = Status(
        State.RUNNING, "collecting", CONFIG, Path("run"), "cpu", spec=SPEC, step=600, update=9, prefill=False
    )
    return replace(status, **changes)


def made_practice(update: int = 7, *, count: int = 3, horizon: int = 5, terminal: int | None = None) -> PracticeResult:
    """Return `count` rollouts of `horizon` steps; the start of number `terminal` is a terminal state."""
    draw = np.random.default_rng(update)
    weights = 0.9 ** np.arange(horizon - 1) * np.ones((count, 1))
    if terminal is not None:
        weights[terminal] = 0
    return PracticeResult(
        update,
        60,
        made_images(count * (horizon + 1), update).reshape(count, horizon + 1, 64, 64, 3),
        draw.normal(size=(count, horizon)),
        draw.normal(size=(count, horizon)),
        draw.normal(size=(count, horizon - 1)),
        weights,
    )
