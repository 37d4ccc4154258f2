"""Works out which run the user asks for, before torch is loaded and without changing any file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreamer_studio.config import DEFAULT_TASK, LESSON_TASKS, Config, with_overrides
from dreamer_studio.envs import build_config, check_task_name, needs_trust, package_of
from dreamer_studio.files import UnfitFileError, read_json_object
from dreamer_studio.runs.best import NEWEST, choose
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import InputError, RunError
from dreamer_studio.runs.folder import RunFolder, new_run_folder
from dreamer_studio.runs.lease.status import MOST_BYTES as MOST_STATUS_BYTES
from dreamer_studio.runs.lock import find_holder

AUTO = "auto"
"""The device that the command chooses by itself."""


@dataclass(frozen=True)
class RunPlan:
    """The run to train, and its configuration; nothing has been written yet.

    Attributes:
        watch: whether to watch the run only: its policy plays, and nothing is learned or written.
        checkpoint: whose weights to watch: ``newest``, ``best`` or an environment step. A training always continues
            from the newest.
        numbered: whether the program chose the name of a new run's folder. If another process takes its number before
            the run is opened, the run gets the next number.
    """

    folder: RunFolder
    config: Config
    watch: bool = False
    checkpoint: str = NEWEST
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
    """Plan a new run, or the continuation of an existing one.

    Args:
        run: the run's folder; None for a new folder under `base`.
        base: parent folder of the runs that nobody named.
        task: of a new run; for an existing run None or its own.
        default_task: for a new run if `task` is None.
        preset: of a new run, by default that of `default_preset`; for an existing run None or its own.
        settings: values for fields of `Config`.
        device: the kind of device that computes, as in `default_preset`.

    Raises:
        RunError: the folder is neither a run nor empty, has another task or preset, or `check_trust` refuses it.
        InputError: a new run has no task.
        ConfigError: unknown preset or setting, a value out of range, or a setting fixed once a run has begun.
        UnknownTaskError: the task's name is malformed.
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
    config = build_config(task, preset or default_preset(device, task), settings)
    if run is not None:
        return RunPlan(RunFolder(run), config)
    return RunPlan(new_run_folder(base, config.task, config.preset), config, numbered=True)


def plan_new_run(
    folder: Path, *, task: str, preset: str, settings: Mapping[str, Any] | None = None, numbered: bool = False
) -> RunPlan:
    """Plan a run in a folder where no run is yet.

    Args:
        folder: the run's folder.
        task: as in `plan_run`.
        preset: likewise.
        settings: likewise.
        numbered: whether the program chose the folder's name with `new_run_folder`. Then the plan has the first number
            that is free now.

    Raises:
        RunError: there is a run already, or the folder cannot be one.
        ConfigError, EnvError: as `plan_run`.
    """
    if not numbered and RunFolder(folder).exists():
        raise RunError(f"{folder} is a run already")
    run = None if numbered else folder
    return plan_run(run, base=folder.parent, task=task, preset=preset, settings=settings, device="")


def check_task(run: Path, config: Config, task: str | None) -> None:
    """Refuse a run that has another task, or that `check_suite` or `check_trust` refuses.

    Raises:
        RunError, EnvError: with what to do.
    """
    if task is not None and task != config.task:
        raise RunError(f"{run} is a run of task {config.task}, not {task}")
    check_suite(config)
    check_trust(config, task)


def check_suite(config: Config) -> None:
    """Refuse a run whose task belongs to a suite that is not available here.

    Raises:
        UnknownTaskError: no such suite is known.
        EnvUnavailableError: the suite's package is not installed; the message has the line that installs it.
    """
    check_task_name(config.task, config.suite_package)


def resume_line(run: Path, config: Config, verb: str = "", *, device: str = AUTO) -> str:
    """Return the shell command that continues a run.

    Args:
        run: the run.
        config: its configuration.
        verb: a verb such as ``train``; empty for the window.
        device: the user's choice: "auto", "cpu", "cuda" or "mps".
    """
    words = ["dreamer-studio", *verb.split(), "--run", shlex.quote(str(run))]
    if needs_trust(config.task):
        words += ["--task", shlex.quote(config.task)]
    if device != AUTO:
        words += ["--device", device]
    return " ".join(words)


def check_trust(config: Config, task: str | None) -> None:
    """Refuse a run whose task runs code or text from its configuration, unless the person names the task too.

    The run may come from somebody else.

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


def plan_watching(run: Path, task: str | None = None, checkpoint: str = NEWEST) -> RunPlan:
    """Plan to watch an existing run, which stays unchanged, with the weights of a checkpoint that `choose` finds.

    Raises:
        RunError: there is no run, it has another task, or `check_trust` refuses; or it has no checkpoint yet and no
            trainer that will write one.
        InputError: there is no such checkpoint.
        EnvError: as `check_suite`.
        ConfigError: the configuration is damaged.
    """
    folder = RunFolder(run)
    config = folder.read()
    check_task(run, config, task)
    empty = not folder.checkpoints.is_dir() or not any(folder.checkpoints.iterdir())
    if empty and not _is_held(folder):
        raise RunError(f"{run} has no checkpoint yet: nothing in it has learned to act")
    if checkpoint != NEWEST and (whole := list_checkpoints(folder.checkpoints)):
        choose(whole, checkpoint)
    return RunPlan(folder, config, watch=True, checkpoint=checkpoint)


def _is_held(folder: RunFolder) -> bool:
    """Return whether a trainer has the run open, as its lock or its status file says."""
    try:
        holder = find_holder(folder.path)
    except (UnfitFileError, OSError):
        holder = None
    said = read_json_object(folder.status_file, MOST_STATUS_BYTES)
    return (holder is not None and holder.held is True) or said.get("held") is True


def default_preset(device: str, task: str = "") -> str:
    """Return the preset of a new run: that of the lesson, the author's on a CUDA GPU, or one that a CPU can learn with.

    Args:
        device: "cuda", "mps" or "cpu"; "auto" (not looked yet) counts as a CPU.
        task: the task; empty before one is chosen.
    """
    if task.startswith(LESSON_TASKS):
        return "lesson"
    return "paper" if device == "cuda" else "laptop"
