"""The replay browser: episodes, bookmarks, and one frame of them, in a dock beside any workspace."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QSplitter, QTabWidget, QVBoxLayout, QWidget

from dreamer_studio.replay.bookmarks import Bookmark
from dreamer_studio.studio.replay.bookmarks_panel import BookmarksPanel
from dreamer_studio.studio.replay.episodes_panel import EpisodesPanel
from dreamer_studio.studio.replay.image_cache import FrameCache, ImageCache
from dreamer_studio.studio.replay.scrubber import ScrubberPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.messages import (
    CatalogRequest,
    ForgetBookmark,
    FrameRequest,
    KeepBookmark,
    ReplayChannels,
    SearchRequest,
    SetBookmark,
    Spot,
)

SHARES = (520, 380)  # heights of the lists and of the frame below them


class ReplayBrowser(QWidget):
    """Asks for the missing data of what is visible, and shows the answers."""

    dreamWanted = Signal(object)
    """Emitted when the user dreams from a frame, with its `FrameRef`."""

    undoable = Signal(str, object)
    """Emitted after a change that the user can take back, with a sentence, and the function that takes it back."""

    sceneWanted = Signal(object)
    """Emitted when the user saves a frame as a scene, with its `FrameRef`."""

    def __init__(self, theme: Theme, channels: ReplayChannels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._channels = channels
        self._images, self._frames = ImageCache(), FrameCache()
        self._attempt = 0
        self._thumbnails = (0, 0)  # the request, and how many of its images were taken
        self._frame_answers, self._catalogs = AnswerReader(channels.frame), AnswerReader(channels.catalog)
        self._kept, self._searches = AnswerReader(channels.bookmarks), AnswerReader(channels.search)
        self.episodes = EpisodesPanel(theme, self._images, self._frames)
        self.bookmarks = BookmarksPanel(theme, self._images)
        self.scrubber = ScrubberPanel(theme, self._frames)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setAccessibleName("Replay lists")
        self._tabs.tabBar().setAccessibleName("Replay lists")
        self._tabs.addTab(self.episodes, "Episodes")
        self._tabs.addTab(self.bookmarks, "Bookmarks")
        self._lay_out()
        for panel in (self.episodes, self.bookmarks):
            panel.picked.connect(self._hold)
            panel.chosen.connect(self.dream_from_frame)
            panel.playerKey.connect(self.scrubber.press)
        self.bookmarks.noted.connect(lambda bookmark: channels.commands.send(KeepBookmark(bookmark)))
        self.bookmarks.removed.connect(self._remove)
        self.bookmarks.searchWanted.connect(self._search)
        self.scrubber.dreamWanted.connect(self.dream_from_frame)
        self.scrubber.bookmarkWanted.connect(self._bookmark)
        self.scrubber.sceneWanted.connect(self._save_scene)

    @property
    def frame(self) -> FrameRef | None:
        """Return the held frame, or None."""
        return self.scrubber.frame

    @property
    def has_focus(self) -> bool:
        """Return whether the browser has the keyboard focus."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def dream_from_frame(self) -> None:
        """Dream from the held frame."""
        if self.frame is not None:
            self.dreamWanted.emit(self.frame)

    def refresh(self, *, on_show: bool) -> None:
        """Show what is new if the browser is visible, and ask for what is missing."""
        self._channels.set_visible(on_show)
        if not on_show:
            return
        self._take_new()
        frame = self.episodes.hovered_frame()
        lacking = self.scrubber.refresh()
        listing = self._tabs.currentWidget() is self.episodes
        self._ask_frame(frame if frame is not None else lacking)
        self._ask_images(self.episodes.missing_images() if listing else self.bookmarks.missing_images())
        returns = self.episodes.episodes_on_show() if listing else ()
        self._channels.catalog.stand(CatalogRequest(returns, listing and self.episodes.needs_returns))

    def _ask_frame(self, frame: FrameRef | None) -> None:
        """Ask once for a missing frame. Ask again if the running episode has restarted meanwhile."""
        if frame is None:
            return
        request = FrameRequest(frame, self._attempt if frame.live else 0)
        if request != self._channels.frame.request:
            self._channels.frame.ask(request)

    def _ask_images(self, missing: tuple[Spot, ...]) -> None:
        """Ask for missing images, unless they have been requested already."""
        channel = self._channels.thumbnails
        answer = channel.newest()
        done = answer is not None and answer.done and answer.generation == channel.generation
        if missing and (done or not set(missing) <= set(channel.request or ())):
            channel.ask(missing)

    def _take_new(self) -> None:
        self._take_frame()
        self._take_catalog()
        self._take_images()
        kept, search = self._kept.fresh(), self._searches.fresh()
        if kept is not None and kept.result is not None:
            self.bookmarks.set_bookmarks(kept.result.bookmarks)
        if search is not None and search.failure is not None:
            self.bookmarks.end_search(search.failure.words)
        elif search is not None and search.result is not None:
            self.bookmarks.set_search(search.result)
        self.bookmarks.refresh()
        self._tabs.setTabText(1, f"Bookmarks ({self.bookmarks.count:,})" if self.bookmarks.count else "Bookmarks")

    def _take_frame(self) -> None:
        answer, request = self._frame_answers.fresh(), self._channels.frame.request
        if answer is None or request is None:
            return
        if answer.failure is not None:
            self._frames.fail(request.frame, answer.failure.reason)
        elif answer.result is not None:
            self._frames.put(answer.result)

    def _take_catalog(self) -> None:
        answer = self._catalogs.fresh()
        if answer is None or answer.result is None or answer.failure is not None:
            return
        catalog = answer.result
        if catalog.running is not None:
            self._attempt = catalog.running.attempt
            self._frames.set_attempt(self._attempt)
        self.episodes.set_catalog(catalog)
        self.bookmarks.set_catalog(catalog)
        held = self.scrubber.held
        if held is not None:
            rows = self.episodes.rows_of(held)
            if held.live and not rows:  # the running episode has ended; perhaps it is stored now
                held = replace(held, live=False)
                self.scrubber.take_over(held)
                rows = self.episodes.rows_of(held)
            self.scrubber.set_rows(rows)

    def _take_images(self) -> None:
        answer = self._channels.thumbnails.newest()
        if answer is None or answer.result is None or answer.failure is not None:
            return
        generation, taken = self._thumbnails
        fresh = answer.result[taken if generation == answer.generation else 0 :]
        self._thumbnails = answer.generation, len(answer.result)
        for thumbnail in fresh:
            self._images.put(thumbnail.spot, thumbnail.image)
        if fresh:
            self.episodes.refresh_images()
            self.bookmarks.refresh_images()

    def _remove(self, bookmark: Bookmark) -> None:
        commands = self._channels.commands
        commands.send(ForgetBookmark(bookmark))
        told = f"Removed the bookmark of episode {bookmark.episode:,}, frame {bookmark.index:,}"
        self.undoable.emit(told, lambda: commands.send(KeepBookmark(bookmark)))

    def _hold(self, frame: FrameRef) -> None:
        self.scrubber.hold(frame, self.episodes.rows_of(frame))

    def _search(self, wanted: bool) -> None:
        self._channels.search.ask(SearchRequest(stop=not wanted))

    def _bookmark(self) -> None:
        if self.frame is not None:
            self._channels.commands.send(SetBookmark(self.frame))

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
