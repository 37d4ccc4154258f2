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
        frames: (n or more, 64, 64, 3), of which the first `count` are there; the first is the recorded one again.
        reward: (count,), paid on arriving there.
        badge: how its state was come by.
        lacking: why there are no more frames, or none at all.
        note: why its state is not an exact copy; nothing where it is.
    """

    scene: Scene
    start: int
    frames: Images
    count: int
    reward: Floats
    badge: str
    lacking: str
    note: str = ""
