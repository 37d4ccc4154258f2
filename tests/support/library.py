"""The workers that read and write for the replay browser, without a window."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.replay import Episode, EpisodeStore
from dreamer_studio.replay.bookmarks import Bookmarks
from dreamer_studio.session import Session, State
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.bookmark_reader import BookmarkReader
from dreamer_studio.viewing.replay.bookmark_writer import BookmarkWriter
from dreamer_studio.viewing.replay.catalog import Catalog
from dreamer_studio.viewing.replay.catalog_worker import CatalogWorker
from dreamer_studio.viewing.replay.frame_worker import FrameWorker, ThumbnailWorker
from dreamer_studio.viewing.replay.messages import (
    Block,
    CatalogRequest,
    FrameRequest,
    ReplayChannels,
    ReplayCommand,
    Spot,
    Thumbnail,
)
from dreamer_studio.viewing.scene.source import SceneSource
from tests.support.idle_session import SPEC


class Library:
    """The browser's channels and the workers behind them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.channels = ReplayChannels()
        source = SceneSource(session)
        self.channels.set_visible(True)
        self.channels.bookmarks.ask(None)
        self.frames = FrameWorker(source, self.channels.frame)
        self.lister = CatalogWorker(session, source, self.channels.catalog, list_seconds=0.0)
        self.images = ThumbnailWorker(source, self.channels.thumbnails)
        commands = self.channels.commands
        self.reader = BookmarkReader(session, source, self.channels.bookmarks, commands, look_seconds=0.0)
        self.writer = BookmarkWriter(session, source, self.reader, commands)
        self.be(state=State.RUNNING, spec=SPEC)

    @property
    def folder(self) -> Path:
        return self.session.status.get().folder

    def be(self, **changes: Any) -> None:
        self.session.status.put(dataclasses.replace(self.session.status.get(), **changes))

    def store(self, *episodes: Episode) -> None:
        store = EpisodeStore(self.folder / "episodes", 0)
        for episode in episodes:
            store.add(episode)
        self.be(replay_episodes=len(store), replay_newest=store.newest)

    def want(
        self,
        *,
        frame: FrameRef | None = None,
        images: tuple[Spot, ...] = (),
        returns: tuple[int, ...] = (),
        all_returns: bool = False,
        attempt: int = 0,
    ) -> None:
        """Request a frame, images and returns, and give turns until nothing is left to do."""
        self.channels.catalog.ask(CatalogRequest(returns, all_returns))
        if frame is not None:
            self.channels.frame.ask(FrameRequest(frame, attempt))
        if images:
            self.channels.thumbnails.ask(images)
        self.work()

    def work(self) -> None:
        working = True
        while working:
            worked = [worker.turn() for worker in (self.frames, self.lister, self.images)]
            working = any(worked)

    @property
    def catalog(self) -> Catalog:
        catalog = self.channels.catalog.result
        assert catalog is not None
        return catalog

    @property
    def block(self) -> Block:
        block = self.channels.frame.result
        assert block is not None
        return block

    @property
    def problem(self) -> str:
        """Return why the newest frame could not be read."""
        answer = self.channels.frame.newest()
        assert answer is not None and answer.failure is not None
        return answer.failure.reason

    @property
    def thumbnails(self) -> tuple[Thumbnail, ...]:
        return self.channels.thumbnails.result or ()

    @property
    def bookmarks(self) -> Bookmarks | None:
        """Return the bookmarks that the browser shows."""
        kept = self.channels.bookmarks.result
        return None if kept is None else kept.bookmarks

    def obey(self, *commands: ReplayCommand) -> list[str]:
        """Send commands, and return the replies."""
        before = self.channels.commands.replies_since(0)[1]
        for command in commands:
            self.channels.commands.send(command)
        self.writer.finish()
        self.reader.turn()
        return [reply.text for reply in self.channels.commands.replies_since(before)[0]]

    def look_again(self) -> list[str]:
        """Let the reader look at the bookmarks again, and return its replies."""
        return self.obey()


@pytest.fixture
def library(session: Session) -> Library:
    return Library(session)
