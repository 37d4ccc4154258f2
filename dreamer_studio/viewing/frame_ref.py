"""The address of a frame."""

from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True)
class FrameRef:
    """The address of a frame: an episode and a row in it.

    Attributes:
        live: whether the frame is of the running episode; otherwise of a stored one.
        episode: the episode's number, which names its file once the episode is stored.
        index: the row in the episode; 0 is the reset.
        scene: the path of an opened scene, or empty. Then `episode` is the number of the original episode, perhaps in
            another run, and an `index` of -1 is the frame for which the scene was saved.
    """

    live: bool
    episode: int
    index: int
    scene: str = ""

    @property
    def source(self) -> str:
        """Return the name of the opened scene's file; otherwise "live" or "replay"."""
        return PurePath(self.scene).name or ("live" if self.live else "replay")
