"""The commands for a training. They are taken at safe points, and each is answered exactly once."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.session.pause_rules import PauseRule


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
class UpdateOnce:
    """Train until one more update is done, with the environment steps due before it; then pause."""


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


Command = Start | Pause | Resume | Stop | UpdateOnce | ChangeSetting | SetPauseRules | SaveCheckpoint | GoBack | Quit
