"""Requests to open a run, before anything of it is loaded."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dreamer_studio.runs.best import NEWEST

if TYPE_CHECKING:
    from dreamer_studio.runs.planning import RunPlan


@dataclass(frozen=True)
class OpenRequest:
    """A run to open in the window.

    Attributes:
        plan_for: returns the plan for a kind of device; equal arguments give equal plans.
        arguments: the words after the command ``dreamer-studio`` that request the same run.
        paused: whether the training, or playing, waits for the user.
    """

    plan_for: Callable[[str], RunPlan]
    arguments: tuple[str, ...] = ()
    paused: bool = False


def existing_run(
    folder: Path,
    *,
    base: Path,
    watch: bool = False,
    trusted_task: str | None = None,
    checkpoint: str = NEWEST,
) -> OpenRequest:
    """Request an existing run, to train it or only to watch it.

    Args:
        folder: the run.
        base: the parent folder of new runs.
        watch: whether its policy only plays.
        trusted_task: the run's task, if it runs code and the user trusts it.
        checkpoint: whose policy plays, if the user only watches: ``newest``, ``best`` or an environment step.
    """

    def plan_for(device: str) -> RunPlan:
        from dreamer_studio.runs.planning import plan_run, plan_watching  # noqa: PLC0415  (not needed for a page)

        if watch:
            return plan_watching(folder, trusted_task, checkpoint)
        return plan_run(folder, base=base, task=trusted_task, device=device)

    words = ["--run", str(folder), *(["--watch"] if watch else []), *(["--task", trusted_task] if trusted_task else [])]
    words += ["--checkpoint", checkpoint] if checkpoint != NEWEST else []
    return OpenRequest(functools.cache(plan_for), tuple(words))


def example(*, base: Path) -> OpenRequest:
    """Request the finished example, which is unpacked under `base` at first."""

    def plan_for(_: str) -> RunPlan:
        from dreamer_studio.resources import unpack_demo  # noqa: PLC0415  (not needed for a page)
        from dreamer_studio.runs.planning import plan_watching  # noqa: PLC0415  (not needed for a page)

        return plan_watching(unpack_demo(base))

    return OpenRequest(functools.cache(plan_for), ("--demo",))
