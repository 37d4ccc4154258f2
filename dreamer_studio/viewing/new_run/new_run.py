"""The run that the user requests on the page: its plan, and the command that does the same."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreamer_studio.config import setting_text
from dreamer_studio.envs.suites.gym.names import PREFIX, parse_gym_name
from dreamer_studio.envs.suites.registry import prefix_of
from dreamer_studio.runs.planning import AUTO, RunPlan, plan_new_run

PROGRAM = "dreamer-studio"


@dataclass(frozen=True)
class NewRun:
    """A new run.

    Attributes:
        task: the task.
        preset: a key of `PRESETS`.
        settings: values that differ from those of the task and the preset, without the seed.
        folder: the run folder.
        seed: the seed.
        paused: whether the run waits for the user before it trains.
        numbered: whether the program chose the folder's name.
        device: where the run computes: "auto", "cpu", "cuda" or "mps".
    """

    task: str
    preset: str
    settings: Mapping[str, Any]
    folder: Path
    seed: int = 0
    paused: bool = False
    numbered: bool = False
    device: str = AUTO

    def plan(self) -> RunPlan:
        """Plan the run.

        Raises:
            RunError, ConfigError, EnvError: as `plan_new_run`.
        """
        return plan_new_run(
            self.folder, task=self.task, preset=self.preset, settings=self._all_settings, numbered=self.numbered
        )

    @property
    def base(self) -> Path | None:
        """Return the folder in which the command must be run, as `base_of`."""
        return base_of(self.task)

    @property
    def command(self) -> str:
        """Return the shell command that opens the run in a window."""
        words = [PROGRAM, "--task", self.task, "--preset", self.preset, "--run", str(self.folder)]
        for name, value in self._all_settings.items():
            words += ["--set", f"{name}={setting_text(value)}"]
        words += [] if self.device == AUTO else ["--device", self.device]
        return shlex.join([*words, *(["--paused"] if self.paused else [])])

    @property
    def _all_settings(self) -> dict[str, Any]:
        return {**self.settings, "seed": self.seed}


def base_of(task: str) -> Path | None:
    """Return the folder in which a command must be run, because the task names a file from there; else None."""
    if prefix_of(task) != PREFIX:
        return None
    name = parse_gym_name(task)
    return Path.cwd() if name.is_file and not Path(name.module).expanduser().is_absolute() else None
