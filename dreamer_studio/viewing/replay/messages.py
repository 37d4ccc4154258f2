"""The requests of the replay browser, to read, write and search. Imports no torch at run time."""

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
"""Frames that are read together: as many as a piece of an episode's file holds."""

Spot = tuple[int, int]
"""A frame of a stored episode: its number and row."""


@dataclass(frozen=True)
class CatalogRequest:
    """A request for the list of episodes.

    Attributes:
        returns: numbers of the episodes whose returns are read first.
        all_returns: whether the list is sorted or filtered by returns.
    """

    returns: tuple[int, ...] = ()
    all_returns: bool = False


@dataclass(frozen=True)
class FrameRequest:
    """A request for a frame, to show it large or under the mouse.

    Attributes:
        frame: the frame.
        attempt: the attempt of the running episode, as in `Running`; 0 for a stored episode.
    """

    frame: FrameRef
    attempt: int = 0


@dataclass(frozen=True, eq=False)
class Block:
    """The frames around a requested frame.

    Attributes:
        asked: the requested frame.
        first: the row of the first image.
        images: (n, 64, 64, 3).
        attempt: as in the request.
    """

    asked: FrameRef
    first: int
    images: Images
    attempt: int = 0


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """The image of a row of a list: (64, 64, 3), or None if its file is unreadable."""

    spot: Spot
    image: Images | None


@dataclass(frozen=True)
class SetBookmark:
    """Bookmark a frame by hand."""

    origin: FrameRef


@dataclass(frozen=True)
class KeepBookmark:
    """Add a bookmark, or change its note."""

    bookmark: Bookmark


@dataclass(frozen=True)
class ForgetBookmark:
    """Remove a bookmark."""

    bookmark: Bookmark


@dataclass(frozen=True)
class KeepFound:
    """Replace the bookmarks of the last search."""

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
        bookmarks: all bookmarks.
        numbers: (n,), numbers of the stored episodes, ascending, when the bookmarks were last checked; empty without
            bookmarks.
    """

    bookmarks: Bookmarks
    numbers: NDArray[np.int64]


@dataclass(frozen=True)
class SearchRequest:
    """Search for the frames that the model gets most wrong; `stop` ends the current search."""

    stop: bool = False


@dataclass(frozen=True)
class Search:
    """The state of a search for bookmarks.

    Attributes:
        done, episodes: number of searched episodes, and of all.
        update: the update of the weights that search.
        found: the bookmarks found so far.
        over: whether the search has ended or was stopped.
    """

    done: int
    episodes: int
    update: int
    found: Bookmarks
    over: bool


class ReplayChannels:
    """The channels of the replay browser.

    Attributes:
        catalog: a standing request for the list of episodes.
        frame: asks for a frame with its neighbors.
        thumbnails: asks for small images; they are answered one by one, in order.
        bookmarks: a standing request for the bookmarks, whether the browser is visible or not.
        commands: the changes to write to files.
        search: asks for a search, or for its end, whether the browser is visible or not.
    """

    def __init__(self) -> None:
        self.catalog: Channel[CatalogRequest, Catalog] = Channel(visible=False)
        self.frame: Channel[FrameRequest, Block] = Channel(visible=False)
        self.thumbnails: Channel[tuple[Spot, ...], tuple[Thumbnail, ...]] = Channel(visible=False)
        self.bookmarks: Channel[None, BookmarkList] = Channel()
        self.commands: Commands[ReplayCommand] = Commands()
        self.search: Channel[SearchRequest, Search] = Channel()

    def set_visible(self, visible: bool) -> None:
        """Set whether the browser is visible."""
        self.catalog.visible = self.frame.visible = self.thumbnails.visible = visible
