"""Loads the weights of each new checkpoint that another process writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from dreamer_studio.config import Config, options
from dreamer_studio.envs import EnvSpec
from dreamer_studio.files import says_nothing_of_the_file
from dreamer_studio.runs.checkpoint_names import list_checkpoints, progress_of
from dreamer_studio.runs.errors import CheckpointError, RunError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import TrainedAgent, load_agent_at
from dreamer_studio.training.watching.followed_files import Mark, mark_of


@dataclass(frozen=True)
class _Seen:
    """A checkpoint at one look.

    Attributes:
        path: the checkpoint's folder.
        mark: changes when another checkpoint gets the same name, and while a copy of the checkpoint grows.
    """

    path: Path
    mark: tuple[Mark, ...]


class FollowedWeights:
    """The newest weights of a run. One thread uses the object.

    Args:
        folder: the run.
        trained: the agent that was loaded when the run was opened.
        same: refuses another run in the folder.
        device: where the weights go.
        newest: whether to follow newer weights.
    """

    def __init__(
        self, folder: RunFolder, trained: TrainedAgent, same: SameRun, device: torch.device, *, newest: bool
    ) -> None:
        self._folder = folder.checkpoints
        self._device = device
        self._newest = newest
        self._same = same
        self._progress = trained.step, trained.update
        self._told = trained.notes
        self._done: _Seen | None = None
        self._doubtful: _Seen | None = None

    def look(self) -> TrainedAgent | None:
        """Return the agent of the newest checkpoint if that checkpoint is new.

        A checkpoint that cannot be read may be a copy that still grows, or the training may be removing it. So only the
        second failure in a row is an error. Then the checkpoint is left alone until it changes.

        Raises:
            CheckpointError: the checkpoint cannot be read.
            RunError: the checkpoint belongs to another run.
            ConfigError: the configuration is damaged.
            OSError: the folder cannot be read.
        """
        if not self._newest:
            return None
        seen = self._see()
        if seen is None or seen == self._done:
            return None
        if self._done is None and progress_of(seen.path) == self._progress:  # loaded when the run was opened
            self._done = seen
            return None
        try:
            trained = load_agent_at(seen.path, self._device)
        except CheckpointError as error:
            self._doubt(seen, error)
            return None
        self._done = seen
        self._same.check(trained.config, trained.spec)
        return trained

    def _see(self) -> _Seen | None:
        """Return the newest checkpoint, or None if there is none or it has just been removed."""
        paths = list_checkpoints(self._folder)
        if not paths:
            return None
        path = paths[-1]
        try:
            return _Seen(path, tuple(mark_of(part) for part in (path, *sorted(path.iterdir()))))
        except FileNotFoundError:
            return None

    def _doubt(self, seen: _Seen, error: CheckpointError) -> None:
        """Raise the error if the checkpoint has not changed since an earlier failure."""
        again, self._doubtful = seen == self._doubtful, seen
        if again:
            if not says_nothing_of_the_file(error.__cause__):
                self._done = seen
            if not any(seen.path.name in note for note in self._told):
                raise error


class SameRun:
    """Checks that the folder still holds the run that was opened: viewers depend on its networks and actions."""

    def __init__(self, folder: RunFolder, config: Config, spec: EnvSpec) -> None:
        self._path = folder.path
        self._names = tuple(option.name for option in options() if option.fixed)
        self._spec = spec
        self._known = self._identity(config, spec)

    def check(self, config: Config, spec: EnvSpec | None = None) -> None:
        """Refuse another run.

        Args:
            config: the configuration of the run in the folder now.
            spec: its environment; None if only the configuration was read.

        Raises:
            RunError: the actions differ, or a setting that cannot change during a run does.
        """
        if self._identity(config, spec or self._spec) != self._known:
            raise RunError(f"another run has taken the place of {self._path}: open it again")

    def _identity(self, config: Config, spec: EnvSpec) -> tuple[object, ...]:
        settings = (getattr(config, name) for name in self._names)
        return (spec.action_kind, spec.action_names, *settings)
