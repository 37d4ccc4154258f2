"""From a plan to a session, and to the open run behind it. Imports what a run needs, except torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dreamer_studio.envs import Interruption
from dreamer_studio.runs.planning import RunPlan
from dreamer_studio.session import Session
from dreamer_studio.system.loading import collector_at_rest

if TYPE_CHECKING:
    from dreamer_studio.training.trainer import Trainer
    from dreamer_studio.training.watching.watched_run import WatchedRun


def make_session(plan_for: Callable[[str], RunPlan], device: str, *, paused: bool = False) -> Session:
    """Make the session of a run, which opens the run once it has a thread.

    Args:
        plan_for: returns the plan for a kind of device; equal arguments give equal plans.
        device: where to compute: "auto", "cpu", "cuda" or "mps".
        paused: whether to wait for the user before training or playing.

    Raises:
        Exception: any exception of `plan_for`.
    """
    plan = plan_for(device)
    interruption = Interruption()
    return Session(
        lambda: open_run(plan_for, device, interruption),
        plan.config,
        plan.folder.path,
        device,
        paused=paused,
        interruption=interruption,
    )


def open_run(
    plan_for: Callable[[str], RunPlan], device: str, interruption: Interruption | None = None
) -> Trainer | WatchedRun:
    """Load torch in the calling thread, which will train or play, and open the run; `interruption` ends its waits."""
    with collector_at_rest():
        from dreamer_studio.training import opening  # noqa: PLC0415  (seconds)
        from dreamer_studio.training.watching import watched_run  # noqa: PLC0415  (seconds)

    where = opening.choose_device(device)
    plan = plan_for(where.type)
    if plan.watch:
        return watched_run.open_watched(plan.folder, where, interruption, plan.checkpoint)
    return opening.open_planned(plan, where, interruption)
