"""What the workspaces show at one moment, as values for the screen history and for films."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dreamer_studio.viewing.live.messages import DreamResult, LiveResult
from dreamer_studio.viewing.scene.messages import Scene

if TYPE_CHECKING:
    from dreamer_studio.viewing.compare.messages import CompareResult
    from dreamer_studio.viewing.twin.comparison import Comparison


@dataclass(frozen=True, eq=False)
class LiveCapture:
    """What the Live workspace shows: the running episode, and a frame of its dream.

    Attributes:
        live: the newest frame and the model's image of it.
        dream: the dream that plays, or None before the first.
        step: the dream's step on show, counted from 1.
    """

    live: LiveResult
    dream: DreamResult | None
    step: int


@dataclass(frozen=True, eq=False)
class SceneCapture:
    """What the Dream workspace shows: a scene or branch, its comparison, and the column under the cursor.

    Attributes:
        scene: the newest scene.
        comparison: the frames of the comparison.
        cursor: the column under the cursor, from 0; it may not be decoded yet.
        name: the branch's name.
    """

    scene: Scene
    comparison: Comparison
    cursor: int
    name: str


@dataclass(frozen=True, eq=False)
class CompareCapture:
    """What the Compare workspace shows: checkpoints side by side, and the column under the cursor.

    Attributes:
        result: the newest result.
        names: the names of its courses, as the rows show them.
        cursor: the column under the cursor, from 0.
    """

    result: CompareResult
    names: tuple[str, ...]
    cursor: int

    @property
    def drawn(self) -> tuple[int, ...]:
        """Return the indices of the courses whose frames are all decoded."""
        return tuple(at for at, course in enumerate(self.result.courses) if len(course.model) == self.result.columns)


Capture = LiveCapture | SceneCapture | CompareCapture
"""A capture of any workspace."""
