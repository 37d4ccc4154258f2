"""Starts the environment of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dreamer_studio.envs.interruption import Interruption
from dreamer_studio.envs.process import EnvProcess

if TYPE_CHECKING:
    from dreamer_studio.config import Config


def open_env(
    config: Config,
    interruption: Interruption | None = None,
    *,
    start_timeout: float = 120.0,
    output: Path | None = None,
) -> EnvProcess:
    """Start the process of the task's environment.

    Args:
        config: Settings of the run.
        interruption: Ends the wait for the process from any thread.
        start_timeout: Seconds that the process may take to load its suite, and then its task.
        output: File that gets everything the process prints, and its stack if it hangs; None for standard error.

    Raises:
        EnvError: If there is no such task, or it cannot run here; the message says what to do.
        WaitInterruptedError: If `interruption` ended the wait.
    """
    return EnvProcess(
        config.task,
        suite_package=config.suite_package,
        action_repeat=config.action_repeat,
        time_limit=config.time_limit or None,
        render_quality=config.render_quality,
        observe=config.observe,
        render_small=config.render_small,
        step_timeout=config.env_timeout,
        start_timeout=start_timeout,
        output=output,
        interruption=interruption,
    )
