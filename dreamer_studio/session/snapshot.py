"""Copies of the weights, made only on request."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dreamer_studio.config import Config
from dreamer_studio.envs import EnvSpec
from dreamer_studio.runs.counters import NO_PART_UPDATES, PartUpdates

if TYPE_CHECKING:  # the window is there before torch
    from torch import Tensor

    from dreamer_studio.dreamer.agent import Agent


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A copy of the weights at an update. Never changed.

    Attributes:
        part_updates: the updates up to this one that trained only a single part.
    """

    weights: dict[str, Tensor]
    config: Config
    spec: EnvSpec
    step: int
    update: int
    part_updates: PartUpdates = NO_PART_UPDATES


def take_snapshot(
    agent: Agent,
    config: Config,
    spec: EnvSpec,
    step: int,
    update: int,
    part_updates: PartUpdates = NO_PART_UPDATES,
) -> Snapshot:
    """Copy the present weights."""
    weights = {name: value.detach().clone() for name, value in agent.state_dict().items()}
    return Snapshot(weights, config, spec, step, update, part_updates)


class SnapshotBox:
    """The newest snapshot, and the request for a newer one."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._latest: Snapshot | None = None

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot; None before the first."""
        return self._latest

    def request(self) -> None:
        """Request a snapshot at the trainer's next safe point."""
        self._wanted.set()

    def forget(self) -> None:
        """Drop the newest snapshot: the training has gone back, and may make the same update with other weights."""
        self._latest = None

    def offer(
        self,
        agent: Agent,
        config: Config,
        spec: EnvSpec,
        step: int,
        update: int,
        part_updates: PartUpdates = NO_PART_UPDATES,
    ) -> None:
        """Copy the weights if a copy is requested and the last one is older. Call it at safe points."""
        if not self._wanted.is_set() or (self._latest is not None and self._latest.update == update):
            return
        self._wanted.clear()
        self._latest = take_snapshot(agent, config, spec, step, update, part_updates)
