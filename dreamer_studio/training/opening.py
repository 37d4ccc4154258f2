"""Begins or continues a run, as a `RunPlan` says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch

from dreamer_studio.config import Config, write_config
from dreamer_studio.envs import EnvSpec, Interruption, WaitInterruptedError, open_env
from dreamer_studio.files import set_aside
from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder, claim_run_folder
from dreamer_studio.runs.lease.hold import Hold
from dreamer_studio.runs.planning import RunPlan
from dreamer_studio.runs.trained_agent import EARLIER_LIMIT, find_checkpoint, with_earlier_choices
from dreamer_studio.texts import reason_of
from dreamer_studio.training.errors import DeviceError
from dreamer_studio.training.settings import note_changes
from dreamer_studio.training.trainer import Trainer


def choose_device(name: str) -> torch.device:
    """Return the device of a name; "auto" prefers CUDA, then MPS, then the CPU.

    On CUDA, float32 means float32 from here on: by default, torch computes convolutions in TensorFloat-32 (ten bits).

    Raises:
        DeviceError: this machine does not have that device.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(kind for kind, here in available.items() if here)
    if not available.get(name, False):
        here = ", ".join(kind for kind, is_here in available.items() if is_here)
        raise DeviceError(f"device {name!r} is not available; available here: {here}")
    if name == "cuda":
        torch.backends.cudnn.allow_tf32 = False
    return torch.device(name)


def open_planned(plan: RunPlan, device: torch.device, interruption: Interruption | None = None) -> Trainer:
    """Open the training of a plan as `open_trainer` does, in a new folder if nobody named one."""
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
    """Begin the run, or continue from its newest checkpoint. No other trainer can open it until this one is closed.

    The environment starts first, so that a task that cannot run leaves nothing behind. `interruption` ends waits for
    the run's environments, now and later. `going_back` says that the user wants to undo the work after the checkpoint;
    otherwise a note says that this work is lost.

    Raises:
        RunLockedError: another process trains it, here or elsewhere.
        EnvError, RunError, CheckpointError, OSError: with what to do in the message.
        WaitInterruptedError: `interruption` ended the wait for the environment.
    """
    hold = Hold(folder)
    with contextlib.ExitStack() as on_failure:
        on_failure.push(lambda _, error, __: hold.release(_failure_in_words(error)))
        if folder.exists():
            folder.check_links()
            hold.take()  # before anything is read that another trainer may be writing
        before = folder.read() if folder.exists() else config
        found = find_checkpoint(folder, config)
        asked, config = config, with_earlier_choices(config, found.spec)
        env = on_failure.enter_context(open_env(config, interruption))
        if found.spec is not None and not _same_actions(found.spec, env.spec):
            raise RunError(f"{config.task} has other actions here than the run was trained with")
        folder.path.mkdir(parents=True, exist_ok=True)
        hold.take()
        hold.check()  # the environment may have taken long to start
        _prepare(folder, config)
        set_aside_notes = [f"{note}; it was set aside as {set_aside(path).name}" for path, note in found.passed_over]
        trainer = Trainer(
            folder,
            config,
            env.spec,
            device,
            env=env,
            checkpoint=found.checkpoint,
            hold=hold,
            interruption=interruption,
        )
        on_failure.push(lambda _, error, __: trainer.close(_failure_in_words(error)))
        if not trainer.prefilling and not len(trainer.store):
            raise RunError(f"no episode is left in {folder.episodes}: put them back, or begin another run")
        trainer.notes += set_aside_notes
        if not going_back:
            trainer.notes += _undone_in_words(trainer)
        trainer.notes += _kept_choices(config, asked)
        note_changes(trainer.state, with_earlier_choices(before, found.spec))
        write_config(trainer.config, folder.config_file, hold.check)
        on_failure.pop_all()
    return trainer


def _failure_in_words(error: BaseException | None) -> str:
    """Return why a run could not be opened; empty if the user ended the wait for its environment."""
    return reason_of(error) if isinstance(error, Exception) and not isinstance(error, WaitInterruptedError) else ""


def _prepare(folder: RunFolder, config: Config) -> None:
    """Write the configuration of a new run, and make missing folders.

    Raises:
        RunError: an existing run has lost its checkpoints.
        OSError: something cannot be written.
    """
    if not folder.exists():  # from here on the run can be resumed, however it ends
        write_config(config, folder.config_file)
    if folder.metrics_file.exists() and not folder.checkpoints.exists():  # a run has both from its beginning
        raise RunError(f"{folder.checkpoints} is gone: put it back, or begin another run")
    folder.make()


def _kept_choices(config: Config, asked: Config) -> Iterator[str]:
    """Say which choices of an earlier version the run keeps."""
    if config.observe != asked.observe:
        yield "This run keeps the image that an earlier version chose: its config.json now says observe=plain"
    if config.time_limit != asked.time_limit:
        yield (
            f"This run still cuts episodes after {EARLIER_LIMIT:,} environment steps, as an earlier version did: its "
            f"config.json now says time_limit={EARLIER_LIMIT}"
        )


def _undone_in_words(trainer: Trainer) -> Iterator[str]:
    """Say which updates and steps of the log no checkpoint has."""
    last = trainer.log.undone
    if last is not None:
        text = (
            f"The run continues from update {trainer.counters.update:,}: updates up to {last.update:,} are made again"
        )
        steps = last.step - trainer.counters.step
        yield f"{text}, and {steps:,} environment steps of the running episode are lost" if steps > 0 else text


def _same_actions(one: EnvSpec, other: EnvSpec) -> bool:
    return (one.action_kind, one.action_size) == (other.action_kind, other.action_size)
