"""Writes the user's bookmarks and scenes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from dreamer_studio.files import set_aside
from dreamer_studio.replay import ReplayError
from dreamer_studio.replay.bookmarks import (
    Bookmark,
    BookmarkError,
    Bookmarks,
    read_bookmarks,
    with_bookmark,
    with_found,
    without_bookmark,
    write_bookmarks,
)
from dreamer_studio.replay.hard_moments import HardMomentsError
from dreamer_studio.replay.scenes import About, SavedScene, write_scene
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import Session
from dreamer_studio.texts import reason_of
from dreamer_studio.viewing.channel import Commands
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.bookmark_reader import BookmarkReader, not_now
from dreamer_studio.viewing.replay.messages import (
    ForgetBookmark,
    KeepBookmark,
    KeepFound,
    ReplayCommand,
    SaveScene,
    SetBookmark,
)
from dreamer_studio.viewing.replay.moment_bookmarks import mark_removed
from dreamer_studio.viewing.scene.messages import SceneRequest
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource


class BookmarkWriter:
    """Executes the browser's commands. It reads the file again before each change, since others may write it."""

    def __init__(
        self, session: Session, source: SceneSource, reader: BookmarkReader, commands: Commands[ReplayCommand]
    ) -> None:
        self.channel = commands
        self._session = session
        self._source = source
        self._reader = reader

    def turn(self) -> bool:
        """Execute one command, if there is any, and return whether there was."""
        command = self.channel.take()
        if command is None:
            return False
        self._obey(command)
        return True

    def finish(self) -> None:
        """Execute the remaining commands before the thread ends."""
        while self.turn():
            pass

    @property
    def _folder(self) -> RunFolder:
        return RunFolder(self._session.status.get().folder)

    @property
    def _path(self) -> Path:
        return self._folder.bookmarks

    def _obey(self, command: ReplayCommand) -> None:
        try:
            match command:
                case SaveScene():
                    self._save_scene(command)
                case SetBookmark(origin):
                    self._set(origin)
                case KeepBookmark(bookmark):
                    self._mark(bookmark, removed=False)
                    self._change(with_bookmark(self._bookmarks(), bookmark))
                case ForgetBookmark(bookmark):
                    self._mark(bookmark, removed=True)
                    self._change(without_bookmark(self._bookmarks(), bookmark))
                case KeepFound(found):
                    self._change(with_found(self._bookmarks(), found))
        except (NoSceneError, ReplayError, HardMomentsError, OSError) as error:
            self.channel.reply(str(error), bad=True)

    def _mark(self, bookmark: Bookmark, *, removed: bool) -> None:
        """Write whether a hard moment is removed; other bookmarks need no mark."""
        if bookmark.kind != "hard":
            return
        with self._keeping():
            moved = mark_removed(self._folder, bookmark, removed=removed)
        if moved is not None:
            self.channel.reply(f"The unreadable list of removed moments is now in {moved.name}.")

    def _set(self, origin: FrameRef) -> None:
        status = self._session.status.get()
        if origin.live and status.watching:
            raise NoSceneError("A watched run does not store this episode. File, Save scene... keeps its frames.")
        if origin.scene:
            raise NoSceneError(
                "You can bookmark only frames of this run's replay. This frame is in the file of an opened scene."
            )
        if origin.test is not None:
            raise NoSceneError("You can bookmark only frames of this run's replay. This frame belongs to a test.")
        self._change(with_bookmark(self._bookmarks(), Bookmark(origin.episode, origin.index)))
        self.channel.reply(f"Bookmarked frame {origin.index} of episode {origin.episode}")

    def _bookmarks(self) -> Bookmarks:
        """Return the bookmarks in the file. Set an unusable file aside first, so that nothing in it is lost.

        Raises:
            OSError: the disk cannot be read now, or the file cannot be set aside. Then no bookmark may be written.
        """
        try:
            return read_bookmarks(self._path)
        except BookmarkError:
            self.channel.reply(f"The bookmarks that could not be read are in {set_aside(self._path).name} now.")
            return ()
        except OSError as error:
            raise OSError(not_now(self._path, error)) from error

    def _change(self, bookmarks: Bookmarks) -> None:
        with self._keeping():
            write_bookmarks(self._path, bookmarks)
        self._reader.show(bookmarks)

    @contextlib.contextmanager
    def _keeping(self) -> Iterator[None]:
        """Turn a failed write, as in a read-only folder, into a sentence for the user."""
        try:
            yield
        except OSError as error:
            folder, reason = self._folder.path, error.strerror or reason_of(error)
            raise OSError(f"Bookmarks cannot be kept in {folder}: {reason}.") from error

    def _save_scene(self, command: SaveScene) -> None:
        request = SceneRequest(command.origin, command.context, command.length, "recorded", 0)
        found, spec = self._source.find(request), self._session.status.get().spec
        if found is None or spec is None:
            raise NoSceneError("There is nothing to save yet.")
        frame = found.origin.index - found.first
        task = self._source.task_of(found.origin)
        about = About(
            task, spec.action_kind, spec.action_names, found.origin.episode, found.first, frame, len(found.rows)
        )
        write_scene(command.path, SavedScene(about, found.rows))
        self.channel.reply(f"Saved a scene of {len(found.rows)} frames as {command.path}")
