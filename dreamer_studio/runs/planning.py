"""Which run a person asks for, worked out before torch is loaded and before anything is touched."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreamer_studio.config import DEFAULT_TASK, Config, with_overrides
from dreamer_studio.envs import build_config, check_task_name, needs_trust, package_of
from dreamer_studio.runs.errors import InputError, RunError
from dreamer_studio.runs.folder import RunFolder, new_run_folder


@dataclass(frozen=True)
class RunPlan:
    """Which run to train, and how; nothing has been touched yet.

    Attributes:
        watch: whether it is only looked at: its policy plays, and nothing is learned or written.
        numbered: whether it is a new run in a folder that nobody has named. If the folder's number is taken when the
            run is opened, the folder gets the next number.
    """

    folder: RunFolder
    config: Config
    watch: bool = False
    numbered: bool = False


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
        RunError: the folder is something else, a run of another task or preset, or as `check_trust`.
        InputError: a new run without a task.
        ConfigError: unknown preset or setting, a value out of range, or one fixed once a run has begun.
        UnknownTaskError: the task is not written as one.
        EnvError: the package that the task's suite comes from is missing or broken.
    """
    settings = dict(settings or {})
    if run is not None and RunFolder(run).exists():
        folder = RunFolder(run)
        config = folder.read()
        for name, wanted in (("task", task), ("preset", preset)):
            if wanted is not None and wanted != getattr(config, name):
                raise RunError(f"{run} is a run of {name} {getattr(config, name)}, not {wanted}")
        check_suite(config)
        check_trust(config, task)
        return RunPlan(folder, with_overrides(config, settings))
    task = task or default_task
    if task is None:
        raise InputError(f"a new run needs --task, such as {DEFAULT_TASK} or gym:CartPole-v1")
    check_task_name(task)
    config = build_config(task, preset or default_preset(device), settings)
    if run is not None:
        return RunPlan(RunFolder(run), config)
    return RunPlan(new_run_folder(base, config), config, numbered=True)


def check_task(run: Path, config: Config, task: str | None) -> None:
    """Refuse to open a run as one of another task, and as `check_suite` and `check_trust`.

    Raises:
        RunError, EnvError: with what to do.
    """
    if task is not None and task != config.task:
        raise RunError(f"{run} is a run of task {config.task}, not {task}")
    check_suite(config)
    check_trust(config, task)


def check_suite(config: Config) -> None:
    """Refuse a run whose task is of a suite that is not here.

    Raises:
        UnknownTaskError: no such suite is known.
        EnvUnavailableError: the suite's package is not installed; the message has the line that installs it.
    """
    check_task_name(config.task, config.suite_package)


def resume_line(run: Path, config: Config, verb: str = "") -> str:
    """The command that goes on with a run, to be copied into a shell; without a verb in the window."""
    words = ["dreamer-studio", *verb.split(), "--run", shlex.quote(str(run))]
    if needs_trust(config.task):
        words += ["--task", shlex.quote(config.task)]
    return " ".join(words)


def check_trust(config: Config, task: str | None) -> None:
    """Let a run's task use its own code or text only if the person who opens the run names the task too.

    The run may be a stranger's.

    Raises:
        RunError: with what to do.
    """
    if needs_trust(config.task) and task != config.task:
        does = (
            f"is of a suite of the package {package}"
            if (package := package_of(config.task))
            else "imports a module or gives text to its environment"
        )
        raise RunError(
            f"the task of this run {does}, which can do anything; "
            f"if you trust the run, add --task {shlex.quote(config.task)}"
        )


def plan_watching(run: Path, task: str | None = None) -> RunPlan:
    """Work out a look at a run that is there, which stays as it is.

    Raises:
        RunError: there is no run, it has no checkpoint yet, it is of another task, or as `check_trust`.
        EnvError: as `check_suite`.
        ConfigError: its configuration is damaged.
    """
    folder = RunFolder(run)
    config = folder.read()
    check_task(run, config, task)
    if not folder.checkpoints.is_dir() or not any(folder.checkpoints.iterdir()):
        raise RunError(f"{run} has no checkpoint yet: nothing in it has learned to act")
    return RunPlan(folder, config, watch=True)


def default_preset(device: str) -> str:
    """The author's numbers on a CUDA GPU, else what a CPU can learn with.

    Args:
        device: "cuda", "mps" or "cpu"; "auto" while nobody has looked yet, which counts as a CPU.
    """
    return "paper" if device == "cuda" else "laptop"
