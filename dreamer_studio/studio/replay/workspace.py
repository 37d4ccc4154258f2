"""The replay browser: episodes, bookmarks, and one frame of them, in a dock beside any workspace."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QSplitter, QTabWidget, QVBoxLayout, QWidget

from dreamer_studio.studio.replay.bookmarks_panel import BookmarksPanel
from dreamer_studio.studio.replay.episodes_panel import EpisodesPanel
from dreamer_studio.studio.replay.image_cache import FrameCache, ImageCache
from dreamer_studio.studio.replay.scrubber import ScrubberPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.messages import (
    BrowserRequest,
    ForgetBookmark,
    KeepBookmark,
    ReplayChannels,
    SetBookmark,
)

SHARES = (520, 380)  # of the lists, and of the frame below them


class ReplayBrowser(QWidget):
    """Says what it lacks of what is on show, and shows what comes."""

    dreamWanted = Signal(object)
    """Dream from this frame, an `FrameRef`."""

    sceneWanted = Signal(object)
    """Save this frame, an `FrameRef`, and what is around it."""

    def __init__(self, theme: Theme, channels: ReplayChannels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._channels = channels
        self._images, self._frames = ImageCache(), FrameCache()
        self._thumbnails = self._searches = 0
        self._seen: dict[str, object] = {}
        self.episodes = EpisodesPanel(theme, self._images, self._frames)
        self.bookmarks = BookmarksPanel(theme, self._images)
        self.scrubber = ScrubberPanel(theme, self._frames)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self.episodes, "Episodes")
        self._tabs.addTab(self.bookmarks, "Bookmarks")
        self._lay_out()
        for panel in (self.episodes, self.bookmarks):
            panel.picked.connect(self._hold)
            panel.chosen.connect(self.dream_from_frame)
            panel.playerKey.connect(self.scrubber.press)
        self.bookmarks.noted.connect(lambda bookmark: channels.commands.put(KeepBookmark(bookmark)))
        self.bookmarks.removed.connect(lambda bookmark: channels.commands.put(ForgetBookmark(bookmark)))
        self.bookmarks.searchWanted.connect(self._search)
        self.scrubber.dreamWanted.connect(self.dream_from_frame)
        self.scrubber.bookmarkWanted.connect(self._bookmark)
        self.scrubber.sceneWanted.connect(self._save_scene)

    @property
    def frame(self) -> FrameRef | None:
        """The frame that is held, if any."""
        return self.scrubber.frame

    @property
    def has_focus(self) -> bool:
        """Whether keys are the browser's."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def dream_from_frame(self) -> None:
        """Dream from the frame that is held."""
        if self.frame is not None:
            self.dreamWanted.emit(self.frame)

    def refresh(self, *, on_show: bool) -> None:
        """Show what is new, if anybody can see it, and say what is lacking."""
        if not on_show:
            self._channels.wants.put(BrowserRequest())
            return
        self._take_new()
        frame = self.episodes.hovered_frame()
        lacking = self.scrubber.refresh()
        listing = self._tabs.currentWidget() is self.episodes
        wants = BrowserRequest(
            True,
            frame if frame is not None else lacking,
            self.episodes.missing_images() if listing else self.bookmarks.missing_images(),
            self.episodes.episodes_on_show() if listing else (),
            listing and self.episodes.needs_returns,
        )
        if wants != self._channels.wants.get():
            self._channels.wants.put(wants)

    def _take_new(self) -> None:
        channels = self._channels
        block, catalog = channels.block.get(), channels.catalog.get()
        if block is not None and self._is_new("block", block):
            self._frames.put(block)
        if catalog is not None and self._is_new("catalog", catalog):
            if catalog.running is not None:
                self._frames.set_attempt(catalog.running.attempt)
            self.episodes.set_catalog(catalog)
            self.bookmarks.set_catalog(catalog)
            if self.frame is not None:
                self.scrubber.set_rows(self.episodes.rows_of(self.frame))
        bookmarks, search = channels.bookmarks.get(), channels.search.get()
        if bookmarks is not None and self._is_new("bookmarks", bookmarks):
            self.bookmarks.set_bookmarks(bookmarks)
        if search is not None and self._is_new("search", search):
            self.bookmarks.set_search(search)
            if search.over and channels.search_request.get() == search.number:
                channels.search_request.put(0)
        thumbnails, self._thumbnails = channels.thumbnails.since(self._thumbnails)
        for thumbnail in thumbnails:
            self._images.put(thumbnail.spot, thumbnail.image)
        if thumbnails:
            self.episodes.refresh_images()
            self.bookmarks.refresh_images()
        self.bookmarks.refresh()
        self._tabs.setTabText(1, f"Bookmarks ({self.bookmarks.count:,})" if self.bookmarks.count else "Bookmarks")

    def _is_new(self, name: str, value: object) -> bool:
        before, self._seen[name] = self._seen.get(name), value
        return before is not value

    def _hold(self, frame: FrameRef) -> None:
        self.scrubber.hold(frame, self.episodes.rows_of(frame))

    def _search(self, wanted: bool) -> None:
        self._searches += wanted
        self._channels.search_request.put(self._searches if wanted else 0)

    def _bookmark(self) -> None:
        if self.frame is not None:
            self._channels.commands.put(SetBookmark(self.frame))

    def _save_scene(self) -> None:
        if self.frame is not None:
            self.sceneWanted.emit(self.frame)

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._tabs)
        splitter.addWidget(self.scrubber)
        splitter.setSizes([*SHARES])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(splitter)
        self.setFocusProxy(self.episodes)
