"""The reality twin as the window shows it."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.viewing.scene.messages import Scene


@dataclass(frozen=True, eq=False)
class TwinResult:
    """The real environment along the actions of a scene, from the last frame that the model saw on.

    Attributes:
        scene: the scene as it was when the twin last followed it.
        start: the column of the first frame.
        frames: (n, 64, 64, 3), read-only; the first frame repeats the recorded one.
        reward: (n,), received with each frame.
        badge: how the environment reached its state.
        lacking: the reason why there are no further frames, or none at all.
        note: the reason why its state is not an exact copy; empty if it is.
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
        """Return n, the number of frames so far."""
        return len(self.frames)

    @property
    def end(self) -> int:
        """Return the column after the last frame."""
        return self.start + self.count
