"""How far a run is, as its checkpoints say."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass
class Counters:
    """How far a run is.

    Attributes:
        step: environment steps in all, those of the running episode included.
        update: updates in all.
        episode: number of the running, or else the next, training episode.
        learning_since: environment step at which the prefill ended; None before.
        tests: tests done.
        tested_at: environment step of the last one.
    """

    step: int = 0
    update: int = 0
    episode: int = 0
    learning_since: int | None = None
    tests: int = 0
    tested_at: int = 0

    @property
    def prefilling(self) -> bool:
        """Return whether actions are still random and nothing is learned yet."""
        return self.learning_since is None
