"""Where the replay browser meets what reads, writes and searches for it. No torch and no Qt here."""

from __future__ import annotations

import queue
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Images
from dreamer_studio.replay.bookmarks import Bookmark, Bookmarks
from dreamer_studio.session import Feed, Mailbox
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.catalog import Catalog

BLOCK_ROWS = 16
"""Frames that are read together: as many as an episode's file holds in a piece."""

PICTURES_KEPT = 512
NEWS_KEPT = 100

Spot = tuple[int, int]
"""A frame of a stored episode: its number and row."""


@dataclass(frozen=True)
class BrowserRequest:
    """What a person looks at in the browser; what is asked for in it and not there yet is read, the first things first.

    Attributes:
        on_show: whether anybody can see the browser; nothing is read for it otherwise.
        frame: to be shown large, or under the mouse.
        images: of the rows on show.
        returns: numbers of the episodes on show.
        all_returns: whether the list is sorted or filtered by them.
    """

    on_show: bool = False
    frame: FrameRef | None = None
    images: tuple[Spot, ...] = ()
    returns: tuple[int, ...] = ()
    all_returns: bool = False


@dataclass(frozen=True, eq=False)
class Block:
    """Frames around one that was asked for.

    Attributes:
        asked: that frame.
        first: the row of the first one.
        images: (n, 64, 64, 3).
        problem: why there are none, in words.
        attempt: of the running episode, as in `Running`.
    """

    asked: FrameRef
    first: int
    images: Images
    problem: str = ""
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


@dataclass(frozen=True)
class News:
    """A line for the person: what was done, or why it could not be."""

    text: str
    bad: bool = False


@dataclass(frozen=True)
class Search:
    """How a search for bookmarks stands.

    Attributes:
        number: of the request that it answers.
        done, episodes: so many of them were gone through.
        update: of the weights that search.
        found: so far.
        over: whether it has come to its end or was stopped.
    """

    number: int
    done: int
    episodes: int
    update: int
    found: Bookmarks
    over: bool


class ReplayChannels:
    """Mailboxes for what is new, and a queue for what is to be written.

    Attributes:
        wants: the newest `BrowserRequest`.
        catalog: the newest `Catalog`.
        block: the newest `Block`.
        thumbnails: what was asked for as `images`.
        bookmarks: all of the run; None until they were looked for.
        numbers: (n,), of the stored episodes, ascending, as they were when the bookmarks were last looked at; empty
            while there are no bookmarks.
        commands: each is obeyed once, in turn.
        news: what came of them.
        search_request: the number of the search that is wanted; 0 for none.
        search: the newest `Search`.
    """

    def __init__(self) -> None:
        self.wants: Mailbox[BrowserRequest] = Mailbox(BrowserRequest())
        self.catalog: Mailbox[Catalog | None] = Mailbox(None)
        self.block: Mailbox[Block | None] = Mailbox(None)
        self.thumbnails: Feed[Thumbnail] = Feed(PICTURES_KEPT)
        self.bookmarks: Mailbox[Bookmarks | None] = Mailbox(None)
        self.numbers: Mailbox[NDArray[np.int64]] = Mailbox(np.empty(0, np.int64))
        self.commands: queue.SimpleQueue[ReplayCommand] = queue.SimpleQueue()
        self.news: Feed[News] = Feed(NEWS_KEPT)
        self.search_request: Mailbox[int] = Mailbox(0)
        self.search: Mailbox[Search | None] = Mailbox(None)
