"""The commands for a training. They are taken at safe points, and each is answered exactly once."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.runs.counters import Part
from dreamer_studio.session.pause_rules import PauseRule

MOST_UPDATES = 1000
"""Most updates that a command can ask for."""


class CommandRefusedError(Exception):
    """A command that makes no sense in the present state; the message says why."""


@dataclass(frozen=True)
class Start:
    """Continue from where the run stands, after a stop, a failure or a pause."""


@dataclass(frozen=True)
class Pause:
    """Hold at the next safe point: after an agent step, or between two phases of an update."""


@dataclass(frozen=True)
class Resume:
    """Continue after a pause."""


@dataclass(frozen=True)
class Stop:
    """Save a checkpoint and end the environments; `Start` continues from there."""


@dataclass(frozen=True)
class MakeUpdates:
    """Make some updates, then pause.

    Without a part, these are the next updates of the training, with the environment steps due before each: the run
    goes as if nobody had paused it. With a part, they are extra updates that train only this part and change what the
    run learns, so log, checkpoints and everything that summarizes the run say so. Only a paused training obeys these.

    Attributes:
        updates: how many, 1 to `MOST_UPDATES`. A pause ends the command early; `Resume` then trains on as usual.
        part: the part to train, or None for all three.
    """

    updates: int = 1
    part: Part | None = None


@dataclass(frozen=True)
class SlowDown:
    """Wait at the beginning of each phase of the training, which the status names meanwhile. Changes no number.

    Attributes:
        milliseconds: how long, 0 to `MOST_SLOW_MS`; 0 trains at full speed.
    """

    milliseconds: int


@dataclass(frozen=True)
class ChangeSetting:
    """Change a setting of the training, from the next update on.

    Attributes:
        name: a field of `Config` that is not fixed.
        value: as the field takes it, or as text, as the user types it.
    """

    name: str
    value: object


@dataclass(frozen=True)
class SetPauseRules:
    """Replace the rules that pause the training.

    Attributes:
        rules: all rules from now on; none removes all.
    """

    rules: tuple[PauseRule, ...]


@dataclass(frozen=True)
class SaveCheckpoint:
    """Write a checkpoint now."""


@dataclass(frozen=True)
class GoBack:
    """Go back to the newest checkpoint and pause. Later updates are dropped; episodes and settings stay."""


@dataclass(frozen=True)
class Quit:
    """End the session, after a checkpoint if `save`."""

    save: bool = True


Command = (
    Start
    | Pause
    | Resume
    | Stop
    | MakeUpdates
    | SlowDown
    | ChangeSetting
    | SetPauseRules
    | SaveCheckpoint
    | GoBack
    | Quit
)
