"""The run that a session drives: in training, or only watched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from dreamer_studio.config import Config
from dreamer_studio.envs import EnvSpec
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.training.events import Event, StepTaken

if TYPE_CHECKING:  # the window is there before torch
    import torch

    from dreamer_studio.dreamer.agent import Agent
    from dreamer_studio.runs.counters import Counters
    from dreamer_studio.runs.history import RowHistory
    from dreamer_studio.runs.lease.hold import Hold
    from dreamer_studio.runs.rows import Row
    from dreamer_studio.training.pace import SpeedMeter


class StoredEpisodes(Protocol):
    """The counts of the stored episodes, as in `EpisodeStore`."""

    def __len__(self) -> int:
        """Return how many episodes are stored."""

    @property
    def steps(self) -> int:
        """Return the environment steps in all episodes."""

    @property
    def newest(self) -> int:
        """Return the number of the newest episode; -1 if there is none."""

    @property
    def cached_bytes(self) -> int:
        """Return the memory that contents of files take."""


class Run(Protocol):
    """An open run; its members mean what they mean in `Trainer`. One thread calls it."""

    folder: RunFolder
    spec: EnvSpec
    device: torch.device
    agent: Agent
    steps_speed: SpeedMeter
    updates_speed: SpeedMeter
    notes: list[str]
    hold: Hold

    @property
    def config(self) -> Config:
        """Return the settings that hold now."""

    @property
    def store(self) -> StoredEpisodes:
        """Return the stored episodes."""

    @property
    def counters(self) -> Counters:
        """Return how far the run is."""

    @property
    def saved_at(self) -> tuple[int, float] | None:
        """Update and time (seconds since 1970) of the newest checkpoint of this session."""

    @property
    def learns(self) -> bool:
        """Return whether this is a `Trainer`, which can be changed and saved; a watched run is not."""

    @property
    def prefilling(self) -> bool:
        """Return whether actions are still random."""

    def running_rows(self, most: int) -> Sequence[StepTaken]:
        """Return the newest rows of the running episode, at most `most`."""

    @property
    def seconds_left(self) -> float | None:
        """Time to the end of the run; None while it is not known."""

    @property
    def paces(self) -> tuple[float | None, float | None]:
        """Seconds that an agent step and an update take; None before the first."""

    @property
    def updates_due(self) -> int:
        """Updates to make before the next environment step; 0 or less if there are none."""

    @property
    def history(self) -> RowHistory[Row]:
        """Return the rows of the log."""

    def run(self) -> Iterator[Event]:
        """Train or play; each event is a safe point."""

    def close_environments(self) -> None:
        """End the environments' processes; `run` opens them again."""

    def close(self) -> None:
        """End everything."""
