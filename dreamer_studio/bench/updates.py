"""Times updates by their phases, and counts their operations."""

from __future__ import annotations

import dataclasses
import math
import statistics
import time
from collections.abc import Mapping

import torch
from torch.utils.flop_counter import FlopCounterMode

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.config import Config
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import EnvSpec


@dataclasses.dataclass(frozen=True)
class UpdateTimes:
    """The times of some updates in a row.

    Attributes:
        first_s: seconds of the first update, which is often slower than the others; None if it was given up.
        timed: seconds of each phase, for each update after the first that ended.
        given_up_s: seconds after which an update was given up because it took too long; None if none was given up.
    """

    first_s: float | None
    timed: tuple[Mapping[str, float], ...]
    given_up_s: float | None = None

    @property
    def phases(self) -> dict[str, float]:
        """Return the median seconds of each phase; empty without a timed update."""
        names = self.timed[0] if self.timed else ()
        return {name: statistics.median(phases[name] for phases in self.timed) for name in names}

    @property
    def fastest_s(self) -> float | None:
        """Return the seconds of the fastest timed update; None without one."""
        return min((sum(phases.values()) for phases in self.timed), default=None)

    @property
    def slowest_s(self) -> float | None:
        """Return the seconds of the slowest update after the first, even one given up; None without a timed update."""
        if not self.timed:
            return None
        return max(self.given_up_s or 0.0, *(sum(phases.values()) for phases in self.timed))


def time_updates(
    learner: Learner,
    config: Config,
    spec: EnvSpec,
    device: torch.device,
    updates: int,
    patience: float = math.inf,
) -> UpdateTimes:
    """Time updates after a first one.

    Args:
        learner: makes the updates.
        config: of the learner.
        spec: of the environment.
        device: of the learner.
        updates: how many updates to time.
        patience: seconds after which no further update begins, provided one was timed. An update that takes longer is
            given up between two phases.
    """
    noise = NoiseSource(config.seed, device)
    batch = made_up_batch(config, spec, device)
    done: list[dict[str, float]] = []
    began = now(device)
    while len(done) <= updates and (len(done) < 2 or now(device) - began < patience):
        phases, ended = _time_update(learner, batch, config.horizon, noise, device, patience)
        if not ended:
            return UpdateTimes(sum(done[0].values()) if done else None, tuple(done[1:]), sum(phases.values()))
        done.append(phases)
    return UpdateTimes(sum(done[0].values()), tuple(done[1:]))


def _time_update(
    learner: Learner, batch: Batch, horizon: int, noise: NoiseSource, device: torch.device, patience: float
) -> tuple[dict[str, float], bool]:
    """Return the seconds of each phase, and whether the update ended before it was given up."""
    taken: dict[str, float] = {}
    began = at = now(device)
    name = "noise"
    for phase in learner.update(batch, learner.draw_noise(batch, horizon, noise)):
        at, before = now(device), at
        taken[name] = at - before
        if at - began > patience:
            return taken, False
        name = phase
    taken[name] = now(device) - at
    return taken, True


def count_operations(config: Config, spec: EnvSpec, device: torch.device) -> float:
    """Count the operations of an update: those of one sequence, times the number of sequences."""
    single = dataclasses.replace(config, batch_size=1)
    agent = make_agent(single, spec.action_size, spec.action_kind)
    agent.initialize(0)
    learner = Learner(agent.to(device), single)
    batch = made_up_batch(single, spec, device)
    with FlopCounterMode(display=False) as counter:
        for _ in learner.gradients(batch, learner.draw_noise(batch, config.horizon, NoiseSource(0, device))):
            pass
    return float(counter.get_total_flops() * config.batch_size)


def made_up_batch(config: Config, spec: EnvSpec, device: torch.device) -> Batch:
    """Make a batch of noise; the content of images does not change the time of an update."""
    source = NoiseSource(config.seed, device)
    shape = (config.batch_size, config.batch_length)
    nothing = torch.zeros(shape, dtype=torch.bool, device=device)
    return Batch(
        image=source.uniform(*shape, *FRAME_SHAPE).mul_(255).to(torch.uint8),
        action=source.uniform(*shape, spec.action_size) * 2 - 1,
        reward=source.uniform(*shape),
        discount=torch.ones(shape, device=device),
        is_first=nothing,
        is_terminal=nothing,
    )


def now(device: torch.device) -> float:
    """Return the time in seconds, after all work on a GPU has ended."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
    return time.perf_counter()
