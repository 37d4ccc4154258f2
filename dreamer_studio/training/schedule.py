"""When to update and when to test, counted in environment steps."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.config import Config
from dreamer_studio.runs.counters import Counters


@dataclass(frozen=True)
class UpdateSchedule:
    """How many updates are due: `pretrain` once, then `updates` per `every` environment steps.

    Attributes:
        pretrain: updates at once after the prefill.
        every: environment steps per `updates` updates.
        updates: updates per `every` environment steps.
        blocks: all `updates` at once every `every` steps, as the author does; else spread evenly.
    """

    pretrain: int
    every: int
    updates: int
    blocks: bool

    @classmethod
    def of(cls, config: Config) -> UpdateSchedule:
        """The schedule that a configuration asks for."""
        return cls(config.pretrain, config.train_every, config.train_steps, config.update_blocks)

    def due(self, steps: int) -> int:
        """Updates that should have been made in all, `steps` environment steps after the end of the prefill."""
        if self.blocks:
            return self.pretrain + steps // self.every * self.updates
        return self.pretrain + steps * self.updates // self.every


def updates_due(config: Config, counters: Counters) -> int:
    """Updates that the schedule asks for and that have not been made; none in the prefill, negative if too many."""
    if counters.learning_since is None:
        return 0
    return UpdateSchedule.of(config).due(counters.step - counters.learning_since) - counters.update


def test_due(config: Config, tested_at: int, step: int) -> bool:
    """Whether a multiple of `eval_every` lies between the last test and now, both in environment steps."""
    return bool(config.eval_every) and step // config.eval_every > tested_at // config.eval_every
