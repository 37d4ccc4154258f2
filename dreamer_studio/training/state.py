"""What the parts of a training share."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch

from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import EnvSpec
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.runs.counters import Counters
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.hold import Hold
from dreamer_studio.runs.metrics import MetricsLog
from dreamer_studio.runs.rows import Row
from dreamer_studio.runs.storage import storage_trouble
from dreamer_studio.training.pace import SpeedMeter

Progress = tuple[int, int, int]
"""Environment steps, updates and tests in all."""


@dataclass(eq=False)
class TrainingState:
    """What the parts of a training share. One thread uses it.

    Attributes:
        folder, spec, device: of the run.
        config: the settings that hold now; a change replaces all of them.
        agent: the networks in training, on `device`.
        store: the stored episodes.
        noise: the source of all random numbers but those that choose batches; resuming on another device replaces it.
        hold: keeps other trainers out of the folder. Check it before each write there; `storage` does.
        counters: how far the run is.
        notes: lines for the user about unreadable parts of the run and about settings without effect.
        log: the rows; opened once the counters are known.
        steps_speed, updates_speed: environment steps and updates per second.
        saved: the progress at the newest checkpoint; None if the training has changed since in a way that `progress`
            does not show.
        test_returns: of the newest test that the present weights played; empty if they played none.
    """

    folder: RunFolder
    config: Config
    spec: EnvSpec
    device: torch.device
    agent: Agent
    store: EpisodeStore
    noise: NoiseSource
    hold: Hold
    counters: Counters = field(default_factory=Counters)
    notes: list[str] = field(default_factory=list)
    log: MetricsLog = field(init=False)
    steps_speed: SpeedMeter = field(default_factory=SpeedMeter)
    updates_speed: SpeedMeter = field(default_factory=SpeedMeter)
    saved: Progress | None = None
    test_returns: tuple[float, ...] = ()

    @property
    def progress(self) -> Progress:
        """How far the run is."""
        return self.counters.step, self.counters.update, self.counters.tests

    def write(self, kind: str, values: Mapping[str, object]) -> Row:
        """Append a row to the log and return it."""
        return self.log.write(kind, self.counters.step, self.counters.update, values)

    def write_with_speeds(self, kind: str, values: Mapping[str, object]) -> Row:
        """Append a row that also has the present speeds."""
        speeds = {
            "steps_per_s": round(self.steps_speed.per_second, 3),
            "updates_per_s": round(self.updates_speed.per_second, 4),
        }
        return self.write(kind, {**values, **speeds})

    @contextlib.contextmanager
    def storage(self) -> Iterator[None]:
        """Turn faults of the disk inside the block into `StorageError`.

        Raises:
            RunTakenOverError: another trainer took over before the block, or cleared away what the block was writing.
        """
        with storage_trouble(self.folder.path):
            self.hold.check()
            try:
                yield
            except OSError:
                self.hold.check()
                raise
