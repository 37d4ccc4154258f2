"""Checkpoints side by side: what is asked, and what comes back. Imports no torch at run time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.viewing.channel import Channel, Commands

if TYPE_CHECKING:
    from dreamer_studio.viewing.frame_ref import FrameRef

MOST_CONTESTANTS = 6
"""Compared at once, so that each has a line of its own in the plots."""

MOST_IN_LAPSE = 24
"""Checkpoints of a time-lapse; of a longer run they are chosen evenly."""

T = TypeVar("T")


@dataclass(frozen=True)
class Contestant:
    """A checkpoint of a run.

    Attributes:
        path: its folder, in the run folder.
        run: the name of the run folder.
        step, update: environment step and update at which it was saved.
    """

    path: Path
    run: str
    step: int
    update: int

    @property
    def folder(self) -> Path:
        """The run folder."""
        return self.path.parent.parent

    @property
    def name(self) -> str:
        """Without the run."""
        return f"step {self.step:,}, update {self.update:,}"


@dataclass(frozen=True)
class AddRun:
    """Have the checkpoints of another run folder in the list."""

    folder: Path


@dataclass(frozen=True)
class DropRun:
    """Take a run folder that was added off the list."""

    folder: Path


@dataclass(frozen=True, eq=False)
class CompareRequest:
    """What a person wants to see side by side.

    Attributes:
        contestants: from top to bottom.
        origin: the last frame that they see.
        context: frames that they see, that one included.
        length: recorded actions that they go along after it.
        seed: of all noise, the same for each.
        lapse: whether these are the checkpoints of one run in their order, a time-lapse.
    """

    contestants: tuple[Contestant, ...]
    origin: FrameRef
    context: int
    length: int
    seed: int
    lapse: bool = False


@dataclass(frozen=True, eq=False)
class Course:
    """The scene as one contestant sees and imagines it.

    Attributes:
        contestant: whose weights these are.
        model: (n, 64, 64, 3), of the first n columns; they are decoded one after the other.
        image_error: (n,), mean square to the real frames, colors from 0 to 1.
        reward: (T,), predicted; reward_error: (T,), absolute difference to what was received.
    """

    contestant: Contestant
    model: Images
    image_error: Floats
    reward: Floats
    reward_error: Floats


@dataclass(frozen=True, eq=False)
class CompareResult:
    """A recorded scene of T columns, and what became of it so far.

    Attributes:
        request: what it answers.
        origin: the last frame that the contestants saw.
        context: columns that they saw: fewer than requested at the beginning of an episode. The others are open loop;
            they are fewer than requested where the record ends.
        real: (T, 64, 64, 3), what the environment showed; received: (T,), what it paid; taken: (T, A), the actions that
            led there.
        courses: of the first contestants, the last one growing.
        left_out: contestants that cannot be shown, and why, a line each.
        whole: whether there is no more to come.
    """

    request: CompareRequest
    origin: FrameRef
    context: int
    real: Images
    received: Floats
    taken: NDArray[np.float32]
    courses: tuple[Course, ...] = ()
    left_out: tuple[str, ...] = ()
    whole: bool = False

    @property
    def columns(self) -> int:
        """T."""
        return len(self.real)

    @property
    def first_row(self) -> int:
        """The row of the episode in the first column."""
        return self.origin.index - self.context + 1


class CompareChannels:
    """What the Compare workspace asks for.

    Attributes:
        scene: asks for one scene as several checkpoints imagine it.
        checkpoints: a standing request for all that can be compared: the checkpoints of the run that is open, oldest
            first, then of each run added.
        commands: runs that are to be listed as well, or no longer.
    """

    def __init__(self) -> None:
        self.scene: Channel[CompareRequest, CompareResult] = Channel(visible=False)
        self.checkpoints: Channel[None, tuple[Contestant, ...]] = Channel(visible=False)
        self.commands: Commands[AddRun | DropRun] = Commands()

    def set_visible(self, visible: bool) -> None:
        """Say whether anybody can see the workspace."""
        self.scene.visible = self.checkpoints.visible = visible


def evenly(those: tuple[T, ...], most: int = MOST_IN_LAPSE) -> tuple[T, ...]:
    """These, or `most` of them, evenly chosen with the first and the last one."""
    if len(those) <= most:
        return those
    return tuple(those[round(place)] for place in np.linspace(0, len(those) - 1, most))
