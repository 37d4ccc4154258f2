"""The run that the user requests on the page: its plan, and the command that does the same."""

from __future__ import annotations

import dataclasses
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
    """A new run, or one for each of several seeds.

    Attributes:
        task: the task.
        preset: a key of `PRESETS`.
        settings: values that differ from those of the task and the preset, without the seed.
        folder: the run folder. With several seeds, each run's folder is this name followed by the seed.
        seeds: the seeds, at least one. The first run opens in the window.
        paused: whether the first run waits for the user before it trains.
        numbered: whether the program chose the folder's name.
        train_others: whether the runs of the other seeds train at the same time, without a window.
        device: where the runs compute: "auto", "cpu", "cuda" or "mps".
    """

    task: str
    preset: str
    settings: Mapping[str, Any]
    folder: Path
    seeds: tuple[int, ...] = (0,)
    paused: bool = False
    numbered: bool = False
    train_others: bool = False
    device: str = AUTO

    def plan(self) -> RunPlan:
        """Plan the run of the first seed.

        Raises:
            RunError, ConfigError, EnvError: as `plan_new_run`.
        """
        first = self.runs[0]
        return plan_new_run(
            first.folder, task=self.task, preset=self.preset, settings=first.settings, numbered=first.numbered
        )

    @property
    def runs(self) -> tuple[NewRun, ...]:
        """Return a run for each seed, with the seed among its settings."""
        several = len(self.seeds) > 1
        return tuple(
            dataclasses.replace(
                self,
                settings={**self.settings, "seed": seed},
                folder=self.folder.with_name(f"{self.folder.name}-seed{seed}") if several else self.folder,
                seeds=(seed,),
                numbered=self.numbered and not several,
            )
            for seed in self.seeds
        )

    @property
    def base(self) -> Path | None:
        """Return the folder in which the command must be run, because the task names a file from there; else None."""
        if prefix_of(self.task) != PREFIX:
            return None
        name = parse_gym_name(self.task)
        return Path.cwd() if name.is_file and not Path(name.module).expanduser().is_absolute() else None

    @property
    def command(self) -> str:
        """Return the shell command that opens the first run in a window."""
        return shlex.join([PROGRAM, *self.runs[0]._options(), *(["--paused"] if self.paused else [])])

    @property
    def other_commands(self) -> tuple[str, ...]:
        """Return the commands that train the runs of the other seeds without a window."""
        return tuple(shlex.join([PROGRAM, "train", *run._options()]) for run in self.runs[1:])

    def _options(self) -> list[str]:
        words = ["--task", self.task, "--preset", self.preset, "--run", str(self.folder)]
        for name, value in self.settings.items():
            words += ["--set", f"{name}={setting_text(value)}"]
        return words if self.device == AUTO else [*words, "--device", self.device]
