"""What a person may ask of a training. Commands are taken at safe points and answered exactly once."""

from __future__ import annotations

from dataclasses import dataclass


class CommandRefusedError(Exception):
    """A command that makes no sense now; the message says why."""


@dataclass(frozen=True)
class Start:
    """Train, from wherever the run stands: after a stop, a failure or a pause."""


@dataclass(frozen=True)
class Pause:
    """Hold at the next safe point: an agent step, or between two phases of an update."""


@dataclass(frozen=True)
class Resume:
    """Go on after a pause."""


@dataclass(frozen=True)
class Stop:
    """Save a checkpoint and end the environments; `Start` goes on from there."""


@dataclass(frozen=True)
class UpdateOnce:
    """Train until one more update is done, environment steps that are due before it included; then pause."""


@dataclass(frozen=True)
class ChangeSetting:
    """Change a setting of the training, from the next update on.

    Attributes:
        name: a field of `Config` that is not fixed.
        value: as the field takes it, or as text, as a person types it.
    """

    name: str
    value: object


@dataclass(frozen=True)
class SaveCheckpoint:
    """Write a checkpoint now."""


@dataclass(frozen=True)
class GoBack:
    """Go back to the newest checkpoint, and pause: what was learned since is dropped, episodes and settings stay."""


@dataclass(frozen=True)
class Quit:
    """End the session for good, with a checkpoint first if `save`."""

    save: bool = True


Command = Start | Pause | Resume | Stop | UpdateOnce | ChangeSetting | SaveCheckpoint | GoBack | Quit
