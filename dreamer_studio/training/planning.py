"""Which run a person asks for, worked out before torch is loaded and before anything is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreamer_studio.config import DEFAULT_TASK, Config, build_config, with_overrides
from dreamer_studio.envs import check_task_name
from dreamer_studio.training.errors import InputError, RunError
from dreamer_studio.training.run_folder import RunFolder, new_run_folder


@dataclass(frozen=True)
class RunPlan:
    """Which run to train, and how; nothing has been touched yet.

    Attributes:
        watch: whether it is only looked at: its policy plays, and nothing is learned or written.
    """

    folder: RunFolder
    config: Config
    watch: bool = False


def plan_run(
    run: Path | None,
    *,
    base: Path,
    task: str | None = None,
    default_task: str | None = None,
    preset: str | None = None,
    settings: Mapping[str, Any] | None = None,
    device: str,
) -> RunPlan:
    """Work out what a person asks for: a new run, or going on with one.

    Args:
        run: the run's folder; None takes a new one under `base`.
        base: where runs without a name of their own go.
        task: of a new run; for an existing one it must be the run's.
        default_task: what a new run takes where no task is given.
        preset: for a new run `default_preset` by default; for an existing one it must be the run's.
        settings: other values for fields of `Config`.
        device: the kind of device that it will compute on, as `default_preset` takes it.

    Raises:
        RunError: the folder is something else, or a run of another task or preset.
        InputError: a new run without a task.
        ConfigError: unknown preset or setting, a value out of range, or one fixed once a run has begun.
        UnknownTaskError: the task is not written as one.
    """
    settings = dict(settings or {})
    if run is not None and RunFolder(run).exists():
        folder = RunFolder(run)
        config = folder.read()
        for name, wanted in (("task", task), ("preset", preset)):
            if wanted is not None and wanted != getattr(config, name):
                raise RunError(f"{run} is a run of {name} {getattr(config, name)}, not {wanted}")
        return RunPlan(folder, with_overrides(config, settings))
    task = task or default_task
    if task is None:
        raise InputError(f"a new run needs --task, such as {DEFAULT_TASK} or gym:CartPole-v1")
    check_task_name(task)
    config = build_config(task, preset or default_preset(device), settings)
    return RunPlan(RunFolder(run) if run is not None else new_run_folder(base, config), config)


def plan_watching(run: Path) -> RunPlan:
    """Work out a look at a run that is there, which stays as it is.

    Raises:
        RunError: there is no run, or it has no checkpoint yet.
        ConfigError: its configuration is damaged.
    """
    folder = RunFolder(run)
    config = folder.read()
    if not folder.checkpoints.is_dir() or not any(folder.checkpoints.iterdir()):
        raise RunError(f"{run} has no checkpoint yet: nothing in it has learned to act")
    return RunPlan(folder, config, watch=True)


def default_preset(device: str) -> str:
    """The author's numbers on a CUDA GPU, else what a CPU can learn with.

    Args:
        device: "cuda", "mps" or "cpu"; "auto" while nobody has looked yet, which counts as a CPU.
    """
    return "paper" if device == "cuda" else "laptop"
