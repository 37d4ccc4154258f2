"""What reads and writes for the replay browser, without a window."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.replay import Episode, EpisodeStore
from dreamer_studio.session import Session, State
from dreamer_studio.viewing.replay.bookmark_writer import BookmarkWriter
from dreamer_studio.viewing.replay.catalog import Catalog
from dreamer_studio.viewing.replay.messages import (
    Block,
    BrowserRequest,
    ReplayChannels,
    ReplayCommand,
)
from dreamer_studio.viewing.replay.worker import ReplayWorker
from dreamer_studio.viewing.scene.source import SceneSource
from tests.support.idle_session import SPEC


class Library:
    """The browser's mailboxes and what works behind them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.channels = ReplayChannels()
        source = SceneSource(session, 0)
        self.desk = ReplayWorker(session, source, self.channels)
        self.keeper = BookmarkWriter(session, source, self.channels)
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

    def want(self, **wants: Any) -> None:
        self.channels.wants.put(BrowserRequest(True, **wants))
        self.work()

    def work(self) -> None:
        self.desk._listed_at = 0.0
        while self.desk.turn():
            pass
        self.desk._listed_at = 0.0
        while self.desk.turn():
            pass

    @property
    def catalog(self) -> Catalog:
        catalog = self.channels.catalog.get()
        assert catalog is not None
        return catalog

    @property
    def block(self) -> Block:
        block = self.channels.block.get()
        assert block is not None
        return block

    def obey(self, *commands: ReplayCommand) -> list[str]:
        """What is told about commands."""
        before = self.channels.news.since(0)[1]
        for command in commands:
            self.channels.commands.put(command)
        self.keeper.finish()
        return [news.text for news in self.channels.news.since(before)[0]]

    def look_again(self) -> list[str]:
        """What is told of the bookmarks at the next look."""
        self.keeper._looked_at = 0.0
        return self.obey()


@pytest.fixture
def library(session: Session) -> Library:
    return Library(session)
