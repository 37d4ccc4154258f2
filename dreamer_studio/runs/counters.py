"""How far a run is, as its checkpoints say."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from dreamer_studio.files import read_json_object

Part = Literal["model", "actor", "value"]
"""The part of the agent that an optimizer trains: world model, actor or value model."""

PART_NAMES: Final[dict[Part, str]] = {"model": "world model", "actor": "actor", "value": "value model"}
"""The parts in words, in the order of an update."""

_KEYS: Final[dict[Part, str]] = {"model": "model_only", "actor": "actor_only", "value": "value_only"}
_MOST_STATE_BYTES: Final = 2**20


@dataclasses.dataclass(frozen=True)
class PartUpdates:
    """How many updates of a run trained only a single part. The schedule did not ask for them.

    Attributes:
        model, actor, value: updates of the world model, the actor and the value model alone.
    """

    model: int = 0
    actor: int = 0
    value: int = 0

    @property
    def total(self) -> int:
        """Return the number of all these updates."""
        return self.model + self.actor + self.value

    def plus(self, part: Part) -> PartUpdates:
        """Return the counts after one more update of a part."""
        return dataclasses.replace(self, **{part: getattr(self, part) + 1})

    def __str__(self) -> str:
        """Return the counts in words; empty if there are none."""
        if not self.total:
            return ""
        each = [f"{count:,} only the {PART_NAMES[part]}" for part in PART_NAMES if (count := getattr(self, part))]
        updates = "update" if self.total == 1 else "updates"
        return f"{self.total:,} extra {updates} trained a single part ({', '.join(each)})"


NO_PART_UPDATES: Final = PartUpdates()


@dataclasses.dataclass
class Counters:
    """How far a run is.

    Attributes:
        step: environment steps in all, those of the running episode included.
        update: updates in all, those of single parts included.
        episode: number of the running, or else the next, training episode.
        learning_since: environment step at which the prefill ended; None before.
        tests: tests done.
        tested_at: environment step of the last one.
        part_updates: the updates of single parts.
    """

    step: int = 0
    update: int = 0
    episode: int = 0
    learning_since: int | None = None
    tests: int = 0
    tested_at: int = 0
    part_updates: PartUpdates = NO_PART_UPDATES

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Counters:
        """Return the counters of a checkpoint, as `as_dict` returned them.

        Raises:
            TypeError: a counter is unknown.
        """
        own = {name: value for name, value in state.items() if name not in _KEYS.values()}
        return cls(**own, part_updates=PartUpdates(*(state.get(key, 0) for key in _KEYS.values())))

    def as_dict(self) -> dict[str, int | None]:
        """Return the counters for a checkpoint. Those of single parts are absent if no part was trained alone."""
        state = dataclasses.asdict(self)
        del state["part_updates"]
        if self.part_updates.total:
            state |= {key: getattr(self.part_updates, part) for part, key in _KEYS.items()}
        return state

    @property
    def prefilling(self) -> bool:
        """Return whether actions are still random and nothing is learned yet."""
        return self.learning_since is None

    @property
    def scheduled_updates(self) -> int:
        """Return the updates that the schedule asked for."""
        return self.update - self.part_updates.total


def read_part_updates(checkpoint: Path) -> PartUpdates:
    """Return the updates of single parts that a checkpoint counts. Reads only its `state.json`, without torch.

    A checkpoint that cannot be read counts none. The code that loads the checkpoint reports the fault.
    """
    counters = read_json_object(checkpoint / "state.json", _MOST_STATE_BYTES).get("counters")
    counts = [counters.get(key) for key in _KEYS.values()] if isinstance(counters, dict) else []
    return PartUpdates(*(count if type(count) is int and count >= 0 else 0 for count in counts))
