"""Begin a run, go on with one, or load what it has learned. What to do is a `planning.RunPlan`."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import torch

from dreamer_studio.config import Config, write_config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.envs import EnvSpec
from dreamer_studio.training.checkpoints import Checkpoint, list_checkpoints, load_checkpoint
from dreamer_studio.training.collector import open_env
from dreamer_studio.training.errors import DeviceError, RunError
from dreamer_studio.training.lock import RunLock
from dreamer_studio.training.run_folder import RunFolder
from dreamer_studio.training.trainer import Trainer


def choose_device(name: str) -> torch.device:
    """The device by its name; "auto" is CUDA where there is one, then MPS, then the CPU.

    Raises:
        DeviceError: that device is not here.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, here in available.items() if here))
    if not available.get(name, False):
        here = ", ".join(kind for kind, is_here in available.items() if is_here)
        raise DeviceError(f"device {name!r} is not available; here there is: {here}")
    return torch.device(name)


def open_trainer(folder: RunFolder, config: Config, device: torch.device) -> Trainer:
    """Begin the run, or go on from its newest checkpoint. Until it is closed no other trainer can.

    The environment of a new run is started first, so that a task which cannot run leaves nothing behind.

    Raises:
        RunLockedError: another process trains it.
        EnvError, RunError, CheckpointError, OSError: with what to do in the message.
    """
    lock = RunLock(folder.path)
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(lock.release)
        if folder.exists():
            lock.acquire()  # before anything is read that another trainer may be writing
        before = folder.read() if folder.exists() else config
        checkpoint = newest_checkpoint(folder)
        env = on_failure.enter_context(open_env(config))
        folder.make()
        lock.acquire()
        trainer = Trainer(folder, config, env.spec, device, env=env, checkpoint=checkpoint, lock=lock)
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
