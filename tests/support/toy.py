"""A world small enough to check by hand, in this process. Its images encode their step."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from dreamer_studio.config import Config
from dreamer_studio.envs import (
    End,
    EnvError,
    EnvProcess,
    EnvSpec,
    Interruption,
    LimitSource,
    TimeStep,
    WaitInterruptedError,
    build_config,
)
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.rows import Row
from dreamer_studio.training.events import Event
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.training.trainer import Trainer
from tests.support.small_runs import CPU

SETTINGS: dict[str, Any] = {
    "steps": 60,
    "prefill": 20,
    "train_every": 10,
    "train_steps": 2,
    "horizon": 3,
    "batch_size": 3,
    "batch_length": 5,
}


class ToyEnv(EnvProcess):
    """Episodes of `length` agent steps. Clips continuous actions to -0.5 to 0.5, and reports the executed action.

    Image: red counts the steps, green depends on the seed, blue on all actions so far. Reward: the steps so far,
    so that a reward belongs to the image that shows the same number.
    """

    def __init__(self, world: ToyWorld) -> None:
        self.world = world
        limit = world.length * world.repeat
        names = ("left", "right")
        self.spec = EnvSpec(
            "gym:Toy-v0", world.kind, 2, names, world.repeat, limit, "", os.getpid(), world.limit_source, "toy", "toy"
        )
        self.seeds: list[int] = []
        self.rows: list[TimeStep] = []
        self.closed = self.killed = False
        self._trains = not world.opened
        self.memory = self.memory_at_start = 100 * 2**20
        self._count = self._sum = 0

    def reset(self, seed: int) -> TimeStep:
        self.seeds.append(seed)
        if seed in self.world.bad_seeds:
            raise EnvError("the toy could not begin", "Traceback of the toy")
        self.memory += self.world.leak
        self._count = self._sum = 0
        return self._row(np.zeros(2, np.float32))

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        assert not self.closed
        self.world.steps_taken += 1
        if self.world.steps_taken in self.world.hangs:
            raise WaitInterruptedError("not waited for any longer")
        if self.world.steps_taken in self.world.faults:
            words = "the toy broke" if self.world.broken else f"the toy broke at {self.world.steps_taken}"
            raise EnvError(words, "Traceback of the toy")
        self._count += 1
        if self.world.kind == "continuous":
            action = np.clip(action, -0.5, 0.5).astype(np.float32)
        self._sum += int(np.round(1000 * action).sum()) + self.world.wear
        return self._row(action)

    def memory_bytes(self) -> int:
        return self.memory

    def ending(self) -> str:
        return "the toy ended" if self.killed else ""

    def is_alive(self) -> bool:
        return not self.closed and not self.killed

    def close(self, timeout: float = 2.0) -> None:
        self.closed = True

    def _row(self, action: NDArray[np.float32]) -> TimeStep:
        last = self._count == self.world.length
        end: End | None = self.world.end if last else None
        image = np.empty((64, 64, 3), np.uint8)
        image[...] = self._count % 256, self.seeds[-1] % 256, self._sum % 256
        discount = 0.0 if end == "terminated" else 1.0
        steps = self.world.repeat if self._count else 0
        first = self._count == 0
        state = np.array([self._count, self._sum], np.float64)
        reward = self._count * (self.world.pays if self._trains else self.world.test_pays)
        row = TimeStep(image, action, reward, discount, first, end, steps, state)
        self.rows.append(row)
        return row


class ToyWorld:
    """Opens toy environments, and remembers them and the configurations asked for.

    Attributes:
        faults: numbers of the steps, counted over all environments from 1, that raise.
        bad_seeds: seeds whose reset raises.
        hangs: numbers of the steps, counted in the same way, that are interrupted.
        broken: whether all faults have the same message.
        wear: changes the simulator's results, as another version of the simulator would.
        end: what ends an episode at its length; limit_source: who set that length as a time limit.
        pays: the factor of the rewards in the first environment, which trains; test_pays: in all others.
        leak: bytes that an environment's memory grows by with each episode.
    """

    def __init__(self) -> None:
        self.kind: Literal["continuous", "discrete"] = "continuous"
        self.length = 7
        self.repeat = 1
        self.end: End = "terminated"
        self.limit_source: LimitSource = "task"
        self.faults: set[int] = set()
        self.broken = False
        self.bad_seeds: set[int] = set()
        self.hangs: set[int] = set()
        self.wear = 0
        self.leak = 0
        self.pays = self.test_pays = 1.0
        self.steps_taken = 0
        self.opened: list[ToyEnv] = []
        self.asked: list[Config] = []

    def open(self, config: Config, interruption: Interruption | None = None) -> EnvProcess:
        self.asked.append(config)
        env = ToyEnv(self)
        self.opened.append(env)
        return env

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make the trainer open this world for every task."""
        for module in ("trainer", "opening"):
            monkeypatch.setattr(f"dreamer_studio.training.{module}.open_env", self.open)


def toy_config(**settings: object) -> Config:
    return build_config("gym:Toy-v0", "tiny", {**SETTINGS, **settings})


def toy_trainer(path: Path, **settings: object) -> Trainer:
    """Begin a run in `path`, or resume the run there."""
    folder = RunFolder(path)
    return open_trainer(folder, folder.read() if folder.exists() else toy_config(**settings), CPU)


def finish(trainer: Trainer) -> Trainer:
    """Train to the end and close."""
    for _ in trainer.run():
        pass
    trainer.close()
    return trainer


def run_until(trainer: Trainer, update: int) -> Iterator[Event]:
    """Train until `update` updates are done. Return the events, with which a test can continue."""
    events = iter(trainer.run())
    while trainer.counters.update < update:
        next(events)
    return events


def comparable(rows: list[Row]) -> list[Row]:
    """Return the rows without the values that depend on the clock."""
    return [{key: row[key] for key in row.keys() - {"time", "steps_per_s", "updates_per_s"}} for row in rows]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ToyWorld:
    """Install a toy world in place of every environment."""
    toy = ToyWorld()
    toy.install(monkeypatch)
    return toy
