"""Tiny trainings in the toy world, followed as a session follows them, and what Health says about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.replay import episode_of
from dreamer_studio.session import State, Status
from dreamer_studio.session.publisher import Publisher
from dreamer_studio.training.playing import play
from dreamer_studio.training.trainer import Trainer
from dreamer_studio.trust.judging import judge
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.players import player_of
from dreamer_studio.trust.seen import HeldOut
from dreamer_studio.viewing.health.finding import Finding
from dreamer_studio.viewing.health.reader import HealthReader
from dreamer_studio.viewing.health.rules import examine
from tests.support.small_runs import CPU
from tests.support.toy import ToyEnv, ToyWorld, toy_trainer

PLAYED = 8
"""Held-out episodes of a judgment: those of the policy and random ones."""


class Followed:
    """A training in the toy world, its published values, and the reader of Health."""

    def __init__(self, world: ToyWorld, folder: Path, **settings: object) -> None:
        self._world = world
        self.trainer = toy_trainer(folder, **settings)
        self._publisher = Publisher(self.trainer.config, folder, "cpu")
        self._publisher.take_over(self.trainer)
        self._publisher.publish_opened(self.trainer, State.RUNNING)
        self._reader = HealthReader(self._publisher.log.since, self._publisher.steps.since)
        self._events = iter(self.trainer.run())

    @property
    def status(self) -> Status:
        return self._publisher.status.get()

    def train(self, until: Callable[[Trainer], bool] = lambda trainer: False) -> None:
        """Train until a condition holds, or to the end."""
        for event in self._events:
            self._publisher.report(self.trainer, event)
            if until(self.trainer):
                break
        self.publish()

    def publish(self) -> None:
        """Publish the progress and the settings, as a session does after a command."""
        self._publisher.publish(self.trainer, config=self.trainer.config)

    def judge(self) -> Judgment:
        """Judge the present weights on new episodes."""
        held = []
        for number in range(PLAYED):
            player = player_of(number)
            mode = None if player == "random" else player
            rows = list(play(self.trainer.agent, ToyEnv(self._world), 1000 + number, CPU, mode))
            held.append(HeldOut(episode_of(rows), player))
        return judge(self.trainer.agent, held, self.trainer.config, CPU)

    def findings(self, judgment: Judgment | None = None) -> dict[str, Finding]:
        """Return the findings by rule."""
        evidence = self._reader.read(self.status, judgment, self.trainer.counters.update if judgment else None)
        return {finding.rule: finding for finding in examine(evidence).findings}


@contextmanager
def followed(path: Path, **settings: Any) -> Iterator[Followed]:
    """Begin a training in a new toy world with the given `length`, `kind`, `pays` and `test_pays`."""
    with pytest.MonkeyPatch.context() as patch:
        world = ToyWorld()
        world.install(patch)
        for name in ("length", "kind", "pays", "test_pays"):
            setattr(world, name, settings.pop(name, getattr(world, name)))
        training = Followed(world, path, **settings)
        yield training
        training.trainer.close()
