"""What the workspaces have on show at a moment: values, for whoever keeps or exports them."""

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
    """Of the Live workspace: the running episode, and the frame of its dream.

    Attributes:
        live: the newest frame and what the model makes of it.
        dream: the dream that plays, or None before the first.
        step: of it, counted from 1.
    """

    live: LiveResult
    dream: DreamResult | None
    step: int


@dataclass(frozen=True, eq=False)
class SceneCapture:
    """Of the Dream workspace: a scene or branch, what stands beside it, and the column under the cursor.

    Attributes:
        scene: the scene as far as it has come.
        beside: what it is compared with.
        cursor: a column of it, from 0; it may not be decoded yet.
        name: a person's word for the branch.
    """

    scene: Scene
    beside: Comparison
    cursor: int
    name: str


@dataclass(frozen=True, eq=False)
class CompareCapture:
    """Of the Compare workspace: checkpoints side by side, and the column under the cursor.

    Attributes:
        view: the scene as far as it has come.
        names: of its courses, as they stand beside their rows.
        cursor: a column of it, from 0.
    """

    view: CompareResult
    names: tuple[str, ...]
    cursor: int

    @property
    def drawn(self) -> tuple[int, ...]:
        """Places of the courses all of whose frames are decoded."""
        return tuple(at for at, course in enumerate(self.view.courses) if len(course.model) == self.view.columns)


Capture = LiveCapture | SceneCapture | CompareCapture
"""What a workspace has on show."""
