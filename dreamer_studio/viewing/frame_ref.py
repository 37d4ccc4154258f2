"""Names a frame of an episode."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FrameRef:
    """A frame to dream from.

    Attributes:
        live: whether it is of the running episode, else of a stored one.
        episode: its number, by which its file is named once it is stored.
        index: the row in it, 0 being the reset.
        scene: the path of an opened scene; then `episode` is what it was cut from, in another run it may be, and an
            `index` of -1 is the frame that it was saved for.
    """

    live: bool
    episode: int
    index: int
    scene: str = ""
