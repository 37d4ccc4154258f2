"""Begin a run, go on with one, or load what it has learned."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from dreamer_studio.config import DEFAULT_TASK, Config, build_config, with_overrides, write_config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.envs import EnvSpec, check_task_name
from dreamer_studio.training.checkpoints import Checkpoint, list_checkpoints, load_checkpoint
from dreamer_studio.training.collector import open_env
from dreamer_studio.training.errors import InputError, RunError
from dreamer_studio.training.run_folder import RunFolder, new_run_folder
from dreamer_studio.training.trainer import Trainer


def choose_device(name: str) -> torch.device:
    """The device by its name; "auto" is CUDA where there is one, then MPS, then the CPU.

    Raises:
        RunError: that device is not here.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, here in available.items() if here))
    if not available.get(name, False):
        here = ", ".join(kind for kind, is_here in available.items() if is_here)
        raise RunError(f"device {name!r} is not available; here there is: {here}")
    return torch.device(name)


@dataclass(frozen=True)
class RunPlan:
    """Which run to train, and how; nothing has been touched yet."""

    folder: RunFolder
    config: Config


def plan_run(
    run: Path | None,
    *,
    base: Path,
    task: str | None = None,
    default_task: str | None = None,
    preset: str | None = None,
    settings: Mapping[str, Any] | None = None,
    device: torch.device,
) -> RunPlan:
    """Work out what a person asks for: a new run, or going on with one.

    Args:
        run: the run's folder; None takes a new one under `base`.
        base: where runs without a name of their own go.
        task: of a new run; for an existing one it must be the run's.
        default_task: what a new run takes where no task is given.
        preset: for a new run `default_preset` by default; for an existing one it must be the run's.
        settings: other values for fields of `Config`.
        device: where it will compute.

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


def default_preset(device: torch.device) -> str:
    """The author's numbers on a CUDA GPU, else what a CPU can learn with."""
    return "paper" if device.type == "cuda" else "laptop"


def open_trainer(folder: RunFolder, config: Config, device: torch.device) -> Trainer:
    """Begin the run, or go on from its newest checkpoint.

    The environment is started first, so that a task which cannot run leaves nothing behind.

    Raises:
        EnvError, RunError, CheckpointError, OSError: with what to do in the message.
    """
    before = folder.read() if folder.exists() else config
    checkpoint = newest_checkpoint(folder)
    with contextlib.ExitStack() as on_failure:
        env = on_failure.enter_context(open_env(config))
        folder.make()
        trainer = Trainer(folder, config, env.spec, device, env=env, checkpoint=checkpoint)
        on_failure.callback(trainer.close)
        write_config(config, folder.config_file)
        trainer.note_changes(before)
        on_failure.pop_all()
    return trainer


def newest_checkpoint(folder: RunFolder, device: torch.device | str = "cpu") -> Checkpoint | None:
    """The newest checkpoint of a run, or None where it has none yet."""
    found = list_checkpoints(folder.checkpoints)
    return load_checkpoint(found[-1], device) if found else None


@dataclass(frozen=True, eq=False)
class TrainedAgent:
    """An agent as a checkpoint has it."""

    agent: Agent
    config: Config
    spec: EnvSpec
    step: int
    update: int


def load_agent(folder: RunFolder, device: torch.device) -> TrainedAgent:
    """What a run has learned so far.

    Raises:
        RunError: not a run, or it has no checkpoint yet.
        CheckpointError, ConfigError: it is damaged.
    """
    config = folder.read()
    checkpoint = newest_checkpoint(folder, device)
    if checkpoint is None:
        raise RunError(f"{folder.path} has no checkpoint yet")
    fields = checkpoint.state["env"]
    spec = EnvSpec(**{**fields, "action_names": tuple(fields["action_names"])})
    agent = Agent.of_weights(config, spec.action_size, spec.action_kind, checkpoint.weights)
    counters = checkpoint.state["counters"]
    return TrainedAgent(agent, config, spec, counters["step"], counters["update"])
