"""What the replay browser asks for: to read, to write and to search. Imports no torch at run time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Images
from dreamer_studio.replay.bookmarks import Bookmark, Bookmarks
from dreamer_studio.viewing.channel import Channel, Commands
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.catalog import Catalog

BLOCK_ROWS = 16
"""Frames that are read together: as many as an episode's file holds in a piece."""

Spot = tuple[int, int]
"""A frame of a stored episode: its number and row."""


@dataclass(frozen=True)
class CatalogRequest:
    """What is to be known of the episodes.

    Attributes:
        returns: numbers of the episodes whose returns are to be read first.
        all_returns: whether the list is sorted or filtered by returns.
    """

    returns: tuple[int, ...] = ()
    all_returns: bool = False


@dataclass(frozen=True)
class FrameRequest:
    """A frame to be shown large, or under the mouse.

    Attributes:
        frame: the frame.
        attempt: of the running episode, as in `Running`; 0 for a stored episode.
    """

    frame: FrameRef
    attempt: int = 0


@dataclass(frozen=True, eq=False)
class Block:
    """Frames around one that was asked for.

    Attributes:
        asked: that frame.
        first: the row of the first one.
        images: (n, 64, 64, 3).
        attempt: as in the request.
    """

    asked: FrameRef
    first: int
    images: Images
    attempt: int = 0


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """The image of a row of a list: (64, 64, 3), or None where its file cannot be read."""

    spot: Spot
    image: Images | None


@dataclass(frozen=True)
class SetBookmark:
    """Bookmark a frame by hand."""

    origin: FrameRef


@dataclass(frozen=True)
class KeepBookmark:
    """Add a bookmark, or give it another note."""

    bookmark: Bookmark


@dataclass(frozen=True)
class ForgetBookmark:
    """Take a bookmark out."""

    bookmark: Bookmark


@dataclass(frozen=True)
class KeepFound:
    """Replace what the search before found."""

    found: Bookmarks


@dataclass(frozen=True)
class SaveScene:
    """Write a frame with `context` - 1 rows before it and up to `length` after it to a file."""

    origin: FrameRef
    context: int
    length: int
    path: Path


ReplayCommand = SetBookmark | KeepBookmark | ForgetBookmark | KeepFound | SaveScene


@dataclass(frozen=True, eq=False)
class BookmarkList:
    """The bookmarks of the run.

    Attributes:
        bookmarks: all of them.
        numbers: (n,), of the stored episodes, ascending, as they were when the bookmarks were last looked at; empty
            while there are no bookmarks.
    """

    bookmarks: Bookmarks
    numbers: NDArray[np.int64]


@dataclass(frozen=True)
class SearchRequest:
    """Search for frames that the model is most wrong about; `stop` ends the search that goes on."""

    stop: bool = False


@dataclass(frozen=True)
class Search:
    """How a search for bookmarks stands.

    Attributes:
        done, episodes: so many of them were gone through.
        update: of the weights that search.
        found: so far.
        over: whether it has come to its end or was stopped.
    """

    done: int
    episodes: int
    update: int
    found: Bookmarks
    over: bool


class ReplayChannels:
    """What the replay browser asks for.

    Attributes:
        catalog: a standing request for the list of episodes.
        frame: asks for the frame to be shown, with its neighbors.
        thumbnails: asks for small images, the first ones first; they are answered one by one.
        bookmarks: a standing request for the bookmarks, whether the browser is seen or not.
        commands: what is to be written to files.
        search: asks for a search, or for the end of it, whether the browser is seen or not.
    """

    def __init__(self) -> None:
        self.catalog: Channel[CatalogRequest, Catalog] = Channel(visible=False)
        self.frame: Channel[FrameRequest, Block] = Channel(visible=False)
        self.thumbnails: Channel[tuple[Spot, ...], tuple[Thumbnail, ...]] = Channel(visible=False)
        self.bookmarks: Channel[None, BookmarkList] = Channel()
        self.commands: Commands[ReplayCommand] = Commands()
        self.search: Channel[SearchRequest, Search] = Channel()

    def set_visible(self, visible: bool) -> None:
        """Say whether anybody can see the browser."""
        self.catalog.visible = self.frame.visible = self.thumbnails.visible = visible
