"""The reality twin as the window shows it."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.viewing.scene.messages import Scene


@dataclass(frozen=True, eq=False)
class TwinResult:
    """The real environment along the actions of a scene, from the last frame that the model saw on.

    Attributes:
        scene: the scene as it was when it was last followed.
        start: the column of the first frame.
        frames: (n, 64, 64, 3), read-only; the first one is the recorded frame again.
        reward: (n,), paid on arriving there.
        badge: how the environment came to its state.
        lacking: why there are no more frames, or none at all.
        note: why its state is not an exact copy; empty if it is one.
    """

    scene: Scene
    start: int
    frames: Images
    reward: Floats
    badge: str
    lacking: str
    note: str = ""

    @property
    def count(self) -> int:
        """n, the frames so far."""
        return len(self.frames)
