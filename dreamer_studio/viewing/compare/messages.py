"""Checkpoints side by side: requests and results. Imports no torch at run time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.runs.best import CAUTION, TestScore
from dreamer_studio.viewing.channel import Channel, Commands

if TYPE_CHECKING:
    from dreamer_studio.trust.comparing.comparison import Comparison
    from dreamer_studio.viewing.frame_ref import FrameRef

MOST_CONTESTANTS = 6
"""Most checkpoints compared at once, so that each has its own line in the plots."""

MOST_IN_LAPSE = 24
"""Most checkpoints of a time-lapse; from a longer run they are chosen evenly."""

T = TypeVar("T")


@dataclass(frozen=True)
class Contestant:
    """A checkpoint of a run.

    Attributes:
        path: its folder, in the run folder.
        run: the name of the run folder.
        step, update: environment step and update at which it was saved.
        best: its score if it is the best of its run, else None. A later checkpoint may take this place, so equal
            contestants may differ here.
    """

    path: Path
    run: str
    step: int
    update: int
    best: TestScore | None = field(default=None, compare=False)

    @property
    def folder(self) -> Path:
        """Return the run folder."""
        return self.path.parent.parent

    @property
    def name(self) -> str:
        """Return the checkpoint's name, without the run."""
        return f"step {self.step:,}, update {self.update:,}"

    @property
    def listed_name(self) -> str:
        """Return the name for a list of checkpoints, which says whether this one is the best."""
        return self.name if self.best is None else f"{self.name} (best)"

    @property
    def best_in_words(self) -> str:
        """Return why this checkpoint is the best, with a caution; empty if it is not."""
        return "" if self.best is None else f"Best of the kept checkpoints by its test, {self.best}; {CAUTION}."


@dataclass(frozen=True)
class AddRun:
    """Add the checkpoints of another run folder to the list."""

    folder: Path


@dataclass(frozen=True)
class DropRun:
    """Remove an added run folder from the list."""

    folder: Path


@dataclass(frozen=True, eq=False)
class CompareRequest:
    """A comparison that the user asks for.

    Attributes:
        contestants: the checkpoints from top to bottom.
        origin: the last frame that the models see.
        context: number of frames that the models see, including the last one.
        length: recorded actions that the models follow after the context.
        seed: seed of the noise, the same for all checkpoints.
        lapse: whether this is a time-lapse: the checkpoints of one run in their order.
    """

    contestants: tuple[Contestant, ...]
    origin: FrameRef
    context: int
    length: int
    seed: int
    lapse: bool = False


@dataclass(frozen=True, eq=False)
class Course:
    """The scene as one checkpoint sees and imagines it.

    Attributes:
        contestant: the checkpoint.
        model: (n, 64, 64, 3), images of the first n columns; they are decoded one after the other.
        image_error: (n,), mean square to the real frames, colors from 0 to 1.
        reward: (T,), predicted; reward_error: (T,), absolute difference to the received reward.
    """

    contestant: Contestant
    model: Images
    image_error: Floats
    reward: Floats
    reward_error: Floats


@dataclass(frozen=True, eq=False)
class CompareResult:
    """A recorded scene of T columns, and its comparison so far.

    Attributes:
        request: the request that this result answers.
        origin: the last frame that the models saw.
        context: columns that the models saw: fewer than requested at the beginning of an episode. The others are open
            loop, fewer than requested if the record ends earlier.
        real: (T, 64, 64, 3), the recorded frames; received: (T,), the received rewards; taken: (T, A), the actions that
            led to the columns.
        courses: the results of the first checkpoints; the last one grows.
        left_out: a line for each checkpoint that cannot be shown, with the reason.
        whole: whether the result is complete.
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
    def decoded(self) -> int:
        """Return the number of decoded images of all checkpoints."""
        return sum(len(course.model) for course in self.courses)

    @property
    def first_row(self) -> int:
        """Return the row of the episode in the first column."""
        return self.origin.index - self.context + 1


@dataclass(frozen=True)
class GaugesRequest:
    """Asks for a comparison through the gauges of Trust, which takes minutes.

    Attributes:
        contestants: the checkpoints, the reference first.
        episodes: number of episodes that each of them plays.
    """

    contestants: tuple[Contestant, ...]
    episodes: int


@dataclass(frozen=True, eq=False)
class GaugesResult:
    """A comparison through the gauges, or how far it has come.

    Attributes:
        request: the request that this result answers.
        comparison: None until it is complete.
        progress: what the worker does now; empty at the end.
        seconds: since the request was taken.
    """

    request: GaugesRequest
    comparison: Comparison | None
    progress: str = ""
    seconds: float = 0.0


class CompareChannels:
    """The channels of the Compare workspace.

    Attributes:
        scene: asks for one scene as several checkpoints imagine it.
        gauges: asks for a comparison through the gauges; withdrawn to cancel it.
        checkpoints: a standing request for all checkpoints that can be compared: those of the open run, oldest first,
            then those of each added run.
        commands: adds runs to the list, and removes them.
    """

    def __init__(self) -> None:
        self.scene: Channel[CompareRequest, CompareResult] = Channel(visible=False)
        self.gauges: Channel[GaugesRequest, GaugesResult] = Channel(visible=False)
        self.checkpoints: Channel[None, tuple[Contestant, ...]] = Channel(visible=False)
        self.commands: Commands[AddRun | DropRun] = Commands()

    def set_visible(self, visible: bool) -> None:
        """Set whether the workspace is visible."""
        self.scene.visible = self.gauges.visible = self.checkpoints.visible = visible


def evenly(those: tuple[T, ...], most: int = MOST_IN_LAPSE) -> tuple[T, ...]:
    """Return all items, or `most` of them at even distances, including the first and the last."""
    if len(those) <= most:
        return those
    return tuple(those[round(place)] for place in np.linspace(0, len(those) - 1, most))
