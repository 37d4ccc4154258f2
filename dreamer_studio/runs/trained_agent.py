"""Loads the agent of a checkpoint."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import torch

from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.fast import agent_of_weights
from dreamer_studio.envs import EnvSpec
from dreamer_studio.envs.suites.gym.names import PREFIX as GYM_PREFIX
from dreamer_studio.files import says_nothing_of_the_file
from dreamer_studio.runs.best import NEWEST, TestScore, choose
from dreamer_studio.runs.checkpoint import Checkpoint, load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.counters import NO_PART_UPDATES, Counters, PartUpdates
from dreamer_studio.runs.errors import CheckpointError, NoCheckpointError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.soundness import check_checkpoint

EARLIER_LIMIT = 1000
"""Environment steps after which earlier versions cut an episode if neither `time_limit` nor the task set a limit."""


def with_earlier_choices(config: Config, spec: EnvSpec | None) -> Config:
    """Return the configuration of a run with the time limit and the image that an earlier version chose.

    Args:
        config: the configuration in the run folder.
        spec: of the environment, from the newest checkpoint; None without a checkpoint.
    """
    if spec is None:
        return config
    if spec.limit_source is None and spec.time_limit == EARLIER_LIMIT and config.time_limit == 0:
        config = dataclasses.replace(config, time_limit=EARLIER_LIMIT)
    if not spec.sees and config.task.startswith(GYM_PREFIX) and config.observe == "auto":
        config = dataclasses.replace(config, observe="plain")
    return config


@dataclass(frozen=True, eq=False)
class FoundCheckpoint:
    """The newest readable checkpoint of a run.

    Attributes:
        checkpoint: None if the run has none yet.
        spec: of the environment in which it was trained; None without a checkpoint.
        passed_over: newer checkpoints that cannot be read, each with what is wrong with it.
    """

    checkpoint: Checkpoint | None = None
    spec: EnvSpec | None = None
    passed_over: tuple[tuple[Path, str], ...] = ()


def find_checkpoint(folder: RunFolder, config: Config, device: torch.device | str = "cpu") -> FoundCheckpoint:
    """Find the newest checkpoint that can be read and fits the configuration. Changes nothing on the disk.

    Raises:
        CheckpointError: no checkpoint can be read, the disk cannot be read now, or the memory is full.
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
    """The agent of a checkpoint.

    Attributes:
        test: the score of the test that these weights played in the training; None if none is on record.
        part_updates: the updates that trained only a single part.
        notes: the parts of the run that could not be read, a line each.
    """

    agent: Agent
    config: Config
    spec: EnvSpec
    step: int
    update: int
    test: TestScore | None = None
    notes: tuple[str, ...] = ()
    part_updates: PartUpdates = NO_PART_UPDATES


def load_agent(folder: RunFolder, device: torch.device, which: str = NEWEST) -> TrainedAgent:
    """Load the agent of a run's newest readable checkpoint, or of the one that `choose` finds for any other word.

    Raises:
        NoCheckpointError: the run has no checkpoint yet.
        RunError: the folder is not a run.
        InputError: there is no such checkpoint.
        CheckpointError, ConfigError: the run is damaged.
    """
    config = folder.read()
    if which != NEWEST and (paths := list_checkpoints(folder.checkpoints)):
        return load_agent_at(choose(paths, which), device)
    found = find_checkpoint(folder, config, device)
    if found.checkpoint is None or found.spec is None:
        raise NoCheckpointError(f"{folder.path} has no checkpoint yet: nothing in it has learned to act")
    notes = tuple(f"{note}; an older one is shown" for _, note in found.passed_over)
    return _trained(config, found.spec, found.checkpoint, notes)


def load_agent_at(checkpoint: Path, device: torch.device) -> TrainedAgent:
    """Load the agent of one of a run's checkpoints.

    Raises:
        RunError: the checkpoint does not lie in a run.
        CheckpointError, ConfigError: it is damaged or gone.
    """
    config = RunFolder(checkpoint.parent.parent).read()
    found = load_checkpoint(checkpoint, device)
    return _trained(config, check_checkpoint(checkpoint.name, found, config), found)


def _trained(config: Config, spec: EnvSpec, checkpoint: Checkpoint, notes: tuple[str, ...] = ()) -> TrainedAgent:
    agent = agent_of_weights(config, spec.action_size, spec.action_kind, checkpoint.weights)
    counters = Counters.of(checkpoint.state["counters"])
    config, score = with_earlier_choices(config, spec), TestScore.of(checkpoint.returns)
    return TrainedAgent(agent, config, spec, counters.step, counters.update, score, notes, counters.part_updates)
