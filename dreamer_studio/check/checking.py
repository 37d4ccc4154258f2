"""The check itself: starts a task's environment in a separate process, plays, and collects the findings."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dreamer_studio.check.advice import own_traceback
from dreamer_studio.check.findings import Findings, Speed
from dreamer_studio.check.judging import judge
from dreamer_studio.check.report import CheckReport
from dreamer_studio.check.trial import Trial
from dreamer_studio.envs import EnvError, Interruption, build_config

MOST_FRAMES = 60
"""Frames of a report."""

Progress = Callable[[str, float], None]
"""Takes the current activity and the finished share of the check, 0 to 1. Called in the thread of the check."""


def check_task(
    task: str,
    *,
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    interruption: Interruption | None = None,
    start_timeout: float = 60.0,
    step_timeout: float = 20.0,
) -> CheckReport:
    """Try a task as a new run would play it: 100 random steps, and parts of the longest episode again.

    The check starts and ends the environment's process, imports no torch, and writes no run.

    Args:
        task: The task, as ``gym:./my_env.py:Drift-v0``.
        settings: Settings of the run that differ from the preset laptop, such as ``observe``.
        progress: Called with the current activity and the finished share.
        interruption: From any thread, ends the check with a `WaitInterruptedError`.
        start_timeout: Seconds that the environment may take to load.
        step_timeout: Seconds that a reset or a step may take before the check gives up.

    Raises:
        ConfigError: If a setting is unknown or out of its range.
        WaitInterruptedError: If `interruption` ended the check.
    """
    with tempfile.TemporaryDirectory(prefix="dreamer-check-", ignore_cleanup_errors=True) as folder:
        trial = Trial(Path(folder) / "printed", progress or _tell_nobody, interruption or Interruption())
        try:
            config = build_config(task, "laptop", settings)
        except EnvError as error:  # the suite of a package is broken
            return report(Findings(task, Speed(0.0), failure=error))
        return report(trial.play(config, start_timeout, step_timeout))


def report(findings: Findings) -> CheckReport:
    """Turn the findings into a report."""
    frames = findings.frames[:MOST_FRAMES]
    frames.flags.writeable = False
    details = "" if findings.failure is None else findings.failure.details
    return CheckReport(findings.task, judge(findings), frames, own_traceback(details))


def _tell_nobody(_doing: str, _done: float) -> None:
    pass
