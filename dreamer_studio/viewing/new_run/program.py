"""Runs verbs of this program in the background, for work that needs torch or must not stop the window."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from dreamer_studio.config import Config, setting_text
from dreamer_studio.envs import Interruption, build_config
from dreamer_studio.envs.worker import ask
from dreamer_studio.viewing.new_run.choice import page_options


@dataclass(frozen=True)
class Ended:
    """The outcome of a command.

    Attributes:
        code: the exit code.
        output: the standard output.
        errors: the last line of the standard error.
    """

    code: int
    output: str
    errors: str


def run_verb(arguments: Sequence[str], timeout: float, interruption: Interruption) -> Ended:
    """Run a verb of this program and return its outcome. Its process ends with ours, whatever happens.

    Raises:
        EnvError: the process could not be started, or took too long.
        WaitInterruptedError: `interruption` ended the wait.
    """
    return ask(f"dreamer-studio {arguments[0]}", timeout, _run, tuple(arguments), interruption=interruption)


def task_arguments(config: Config) -> list[str]:
    """Return the options that describe the preset and the settings of a configuration, as short as possible."""
    base = build_config(config.task, config.preset)
    words = ["--preset", config.preset]
    for option in page_options():
        value = getattr(config, option.name)
        if value != getattr(base, option.name):
            words += ["--set", f"{option.name}={setting_text(value)}"]
    return words


def _run(arguments: tuple[str, ...]) -> Ended:
    """Run the command. In a child process only, whose guard ends the command as well."""
    done = subprocess.run(
        [sys.executable, "-m", "dreamer_studio", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return Ended(done.returncode, done.stdout.decode(errors="replace"), lines[-1] if lines else "")
