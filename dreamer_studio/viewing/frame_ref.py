"""The address of a frame: in the running episode, in a stored one, in a test, or in an opened scene."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True)
class HeldOutTest:
    """The test to which an episode belongs; no update learned from it.

    Attributes:
        update: of the weights that played it.
        played: whether the window played it, and keeps it in memory; otherwise the training stored it.
    """

    update: int
    played: bool = False

    @property
    def words(self) -> str:
        """Return the test's name."""
        return f"{'played ' if self.played else ''}test of update {self.update:,}"


@dataclass(frozen=True)
class FrameRef:
    """The address of a frame: an episode and a row in it.

    Attributes:
        live: whether the frame belongs to the running episode; otherwise to a stored one.
        episode: the episode's number, which names its file once the episode is stored.
        index: the row in the episode; 0 is the reset.
        scene: the path of an opened scene, or empty. Then `episode` is the number of the original episode, perhaps in
            another run, and an `index` of -1 is the frame for which the scene was saved.
        test: the test of the episode; None for episodes of the training. Then `episode` is the episode's number among
            those of the tests.
    """

    live: bool
    episode: int
    index: int
    scene: str = ""
    test: HeldOutTest | None = None

    @property
    def source(self) -> str:
        """Return the name of the opened scene's file, or of the test; otherwise "live" or "replay"."""
        if self.test is not None:
            return self.test.words
        return PurePath(self.scene).name or ("live" if self.live else "replay")

    @property
    def episode_name(self) -> str:
        """Return a short name of the episode."""
        return f"{self.source}{', episode' if self.test is not None else ''} {self.episode}"

    @property
    def words(self) -> str:
        """Return the address as text."""
        source = "running episode" if self.live else "stored episode"
        if self.scene or self.test is not None:
            source = f"{self.source}, episode"
        return f"{source} {self.episode}, frame {self.index}"

    def of_same_episode(self, other: FrameRef) -> bool:
        """Return whether another frame belongs to the same episode, which may have ended in between."""
        return (self.episode, self.scene, self.test) == (other.episode, other.scene, other.test)
