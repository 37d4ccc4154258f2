"""Begin a run, go on with one, or load what it has learned. What to do is a `planning.RunPlan`."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from dreamer_studio.config import Config, write_config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.envs import EnvSpec, Interruption
from dreamer_studio.envs.tasks import GYM_PREFIX
from dreamer_studio.files import says_nothing_of_the_file, set_aside
from dreamer_studio.training.checkpoints import Checkpoint, list_checkpoints, load_checkpoint
from dreamer_studio.training.env_keeper import open_env
from dreamer_studio.training.errors import CheckpointError, DeviceError, RunError
from dreamer_studio.training.lock import RunLock
from dreamer_studio.training.planning import RunPlan
from dreamer_studio.training.run_folder import RunFolder, claim_run_folder
from dreamer_studio.training.soundness import check_checkpoint
from dreamer_studio.training.trainer import Trainer

EARLIER_LIMIT = 1000
"""Environment steps after which earlier versions cut an episode if neither `time_limit` nor the task set a limit."""


def with_earlier_choices(config: Config, spec: EnvSpec | None) -> Config:
    """The configuration of a run, with the time limit and the view that an earlier version chose for it.

    Args:
        config: of the run.
        spec: from its newest checkpoint; None without one.
    """
    if spec is None:
        return config
    if spec.limit_source is None and spec.time_limit == EARLIER_LIMIT and config.time_limit == 0:
        config = dataclasses.replace(config, time_limit=EARLIER_LIMIT)
    if not spec.sees and config.task.startswith(GYM_PREFIX) and config.observe == "auto":
        config = dataclasses.replace(config, observe="plain")
    return config


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


def open_planned(plan: RunPlan, device: torch.device, interruption: Interruption | None = None) -> Trainer:
    """Open the training of a plan as `open_trainer` does, in a new folder if nobody has named one."""
    if not plan.numbered:
        return open_trainer(plan.folder, plan.config, device, interruption)
    folder = claim_run_folder(plan.folder)
    try:
        return open_trainer(folder, plan.config, device, interruption)
    except BaseException:
        with contextlib.suppress(OSError):  # the folder has files already
            folder.path.rmdir()
        raise


def open_trainer(
    folder: RunFolder,
    config: Config,
    device: torch.device,
    interruption: Interruption | None = None,
    *,
    going_back: bool = False,
) -> Trainer:
    """Begin the run, or go on from its newest checkpoint. Until it is closed no other trainer can.

    The environment of a new run is started first, so that a task which cannot run leaves nothing behind. What ends
    waits for the run's environments, now and later, is `interruption`. With `going_back` a person wants what came after
    the checkpoint undone; otherwise it is noted as lost.

    Raises:
        RunLockedError: another process trains it.
        EnvError, RunError, CheckpointError, OSError: with what to do in the message.
        WaitInterruptedError: nobody was to wait for the environment any longer.
    """
    lock = RunLock(folder.path)
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(lock.release)
        if folder.exists():
            folder.check_links()
            lock.acquire()  # before anything is read that another trainer may be writing
        before = folder.read() if folder.exists() else config
        found = find_checkpoint(folder, config)
        asked, config = config, with_earlier_choices(config, found.spec)
        env = on_failure.enter_context(open_env(config, interruption))
        checkpoint = found.checkpoint
        if found.spec is not None and not _same_actions(found.spec, env.spec):
            raise RunError(f"{config.task} has other actions here than the run was trained with")
        folder.path.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        if not folder.exists():  # what is begun can be gone on with, wherever it is ended
            write_config(config, folder.config_file)
        if folder.metrics_file.exists() and not folder.checkpoints.exists():  # a run has both from its beginning on
            raise RunError(f"{folder.checkpoints} is not there any more: put it back, or begin another run")
        folder.make()
        folder.clear_unfinished()
        notes = [f"{note}; it was set aside as {set_aside(path).name}" for path, note in found.passed_over]
        trainer = Trainer(
            folder,
            config,
            env.spec,
            device,
            env=env,
            checkpoint=checkpoint,
            lock=lock,
            interruption=interruption,
        )
        on_failure.callback(trainer.close)
        if not trainer.prefilling and not len(trainer.store):
            raise RunError(f"no episode is left in {folder.episodes}: put them back, or begin another run")
        trainer.notes += notes
        if not going_back:
            trainer.notes += _undone_in_words(trainer)
        if config.observe != asked.observe:
            trainer.notes.append(
                "This run goes on with the image that an earlier version chose: its config.json now says observe=plain"
            )
        if config.time_limit != asked.time_limit:
            trainer.notes.append(
                f"This run still cuts episodes after {EARLIER_LIMIT:,} environment steps, as an earlier version did: "
                f"its config.json now says time_limit={EARLIER_LIMIT}"
            )
        trainer.note_changes(with_earlier_choices(before, found.spec))
        write_config(trainer.config, folder.config_file)
        on_failure.pop_all()
    return trainer


def _undone_in_words(trainer: Trainer) -> Iterator[str]:
    """What the log knows of and no checkpoint does."""
    last = trainer.log.undone
    if last is not None:
        text = f"The run goes on from update {trainer.counters.update:,}: updates up to {last.update:,} are made again"
        steps = last.step - trainer.counters.step
        yield f"{text}, and {steps:,} environment steps of the running episode are lost" if steps > 0 else text


@dataclass(frozen=True, eq=False)
class FoundCheckpoint:
    """The newest checkpoint of a run that can be read.

    Attributes:
        checkpoint: None where the run has none yet.
        spec: what its environment was; None without a checkpoint.
        passed_over: newer ones that cannot be read, and what is wrong with each.
    """

    checkpoint: Checkpoint | None = None
    spec: EnvSpec | None = None
    passed_over: tuple[tuple[Path, str], ...] = ()


def find_checkpoint(folder: RunFolder, config: Config, device: torch.device | str = "cpu") -> FoundCheckpoint:
    """The newest checkpoint that can be read and is one of this configuration; nothing is changed.

    Raises:
        CheckpointError: there are some, and none can be read; or the disk cannot be read now, or memory is full.
    """
    passed_over: list[tuple[Path, str]] = []
    first: CheckpointError | None = None
    for path in reversed(list_checkpoints(folder.checkpoints)):
        try:
            checkpoint = load_checkpoint(path, device)
            spec = check_checkpoint(path.name, checkpoint, config)
        except CheckpointError as error:
            if says_nothing_of_the_file(error.__cause__):
                raise
            first = first or error
            passed_over.append((path, str(error)))
        else:
            return FoundCheckpoint(checkpoint, spec, tuple(passed_over))
    if first is not None:
        raise first
    return FoundCheckpoint()


@dataclass(frozen=True, eq=False)
class TrainedAgent:
    """An agent as a checkpoint has it.

    Attributes:
        notes: what of the run could not be read.
    """

    agent: Agent
    config: Config
    spec: EnvSpec
    step: int
    update: int
    notes: tuple[str, ...] = ()


def _same_actions(one: EnvSpec, other: EnvSpec) -> bool:
    return (one.action_kind, one.action_size) == (other.action_kind, other.action_size)


def load_agent(folder: RunFolder, device: torch.device) -> TrainedAgent:
    """What a run has learned so far.

    Raises:
        RunError: not a run, or it has no checkpoint yet.
        CheckpointError, ConfigError: it is damaged.
    """
    config = folder.read()
    found = find_checkpoint(folder, config, device)
    if found.checkpoint is None or found.spec is None:
        raise RunError(f"{folder.path} has no checkpoint yet")
    notes = tuple(f"{note}; an older one is shown" for _, note in found.passed_over)
    return _trained(config, found.spec, found.checkpoint, notes)


def load_agent_at(checkpoint: Path, device: torch.device) -> TrainedAgent:
    """What a run had learned at one of its checkpoints.

    Raises:
        RunError: the folder is not in a run.
        CheckpointError, ConfigError: it is damaged, or not there any more.
    """
    config = RunFolder(checkpoint.parent.parent).read()
    found = load_checkpoint(checkpoint, device)
    return _trained(config, check_checkpoint(checkpoint.name, found, config), found)


def _trained(config: Config, spec: EnvSpec, checkpoint: Checkpoint, notes: tuple[str, ...] = ()) -> TrainedAgent:
    agent = Agent.of_weights(config, spec.action_size, spec.action_kind, checkpoint.weights)
    counters = checkpoint.state["counters"]
    return TrainedAgent(agent, with_earlier_choices(config, spec), spec, counters["step"], counters["update"], notes)
