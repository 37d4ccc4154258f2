"""Requests and results of the list of runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dreamer_studio.arrays import Images
from dreamer_studio.library.entry import RunEntry
from dreamer_studio.library.labels import Label
from dreamer_studio.library.trash import Trashed
from dreamer_studio.viewing.channel import Channel, Commands


@dataclass(frozen=True)
class Listing:
    """The runs in some folders.

    Attributes:
        roots: the folders.
        entries: the runs, newest first.
        trashed: runs that this program moved to the trash and can bring back, oldest first.
    """

    roots: tuple[Path, ...]
    entries: tuple[RunEntry, ...]
    trashed: tuple[Trashed, ...] = ()


@dataclass(frozen=True)
class ThumbnailSpot:
    """The thumbnail of a run at a time. Another time or state asks for another image.

    Attributes:
        run: the run's folder.
        time: time of the newest row of its log; any unit serves, because times are only compared.
        training: whether the run trains; the last files are written before it stops.
    """

    run: Path
    time: int = 0
    training: bool = False


@dataclass(frozen=True, eq=False)
class RunThumbnail:
    """A small image of a run, (64, 64, 3); None if it has no readable episode."""

    spot: ThumbnailSpot
    image: Images | None


@dataclass(frozen=True)
class LabelRun:
    """Give a run a name and a note."""

    run: Path
    label: Label


@dataclass(frozen=True)
class TrashRuns:
    """Move runs to the trash."""

    runs: tuple[Path, ...]


@dataclass(frozen=True)
class UndoTrash:
    """Bring back the runs that the last command moved to the trash."""


@dataclass(frozen=True)
class StopStudy:
    """Ask everything that trains runs of a study to save and end.

    Attributes:
        folder: the study's folder.
    """

    folder: Path


LibraryCommand = LabelRun | TrashRuns | UndoTrash | StopStudy


class LibraryChannels:
    """Connects the start page and its workers.

    Attributes:
        listing: a standing request for the runs in some folders.
        thumbnails: asks for the thumbnails of the visible runs.
        commands: labels, moves to the trash and back, and stops of studies, in order.
    """

    def __init__(self) -> None:
        self.listing: Channel[tuple[Path, ...], Listing] = Channel()
        self.thumbnails: Channel[tuple[ThumbnailSpot, ...], tuple[RunThumbnail, ...]] = Channel()
        self.commands: Commands[LibraryCommand] = Commands()

    def set_visible(self, visible: bool) -> None:
        """Set whether the list is visible. Nothing is read for a hidden one."""
        self.listing.visible = visible
        self.thumbnails.visible = visible
