"""Says when updates and tests are due, in environment steps."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.config import Config
from dreamer_studio.runs.counters import Counters


@dataclass(frozen=True)
class UpdateSchedule:
    """The number of updates due: `pretrain` once, then `updates` per `every` environment steps.

    Attributes:
        pretrain: updates right after the prefill.
        every: environment steps per `updates` updates.
        updates: updates per `every` environment steps.
        blocks: whether all `updates` come at once every `every` steps, as in the author's code; else spread evenly.
    """

    pretrain: int
    every: int
    updates: int
    blocks: bool

    @classmethod
    def of(cls, config: Config) -> UpdateSchedule:
        """Return the schedule of a configuration."""
        return cls(config.pretrain, config.train_every, config.train_steps, config.update_blocks)

    def due(self, steps: int) -> int:
        """Return the total of updates due `steps` environment steps after the end of the prefill."""
        if self.blocks:
            # paper: Algorithm 1, update steps
            # paper: Appendix A, collecting
            return self.pretrain + steps // self.every * self.updates
        return self.pretrain + steps * self.updates // self.every


def updates_due(config: Config, counters: Counters) -> int:
    """Return the updates due and not made: 0 in the prefill, negative if more were made than are due."""
    if counters.learning_since is None:
        return 0
    return UpdateSchedule.of(config).due(counters.step - counters.learning_since) - counters.scheduled_updates


def test_due(config: Config, tested_at: int, step: int) -> bool:
    """Return whether a multiple of `eval_every` environment steps was passed since the last test."""
    return bool(config.eval_every) and step // config.eval_every > tested_at // config.eval_every
