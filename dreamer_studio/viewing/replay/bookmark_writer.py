"""Writes what a person keeps of a run: bookmarks and scenes. Qt-free, in the thread that reads for the browser."""

from __future__ import annotations

import queue
import time
from pathlib import Path

from dreamer_studio.files import set_aside
from dreamer_studio.replay import EpisodeStore, ReplayError
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
from dreamer_studio.replay.scenes import About, SavedScene, write_scene
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import Session
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.messages import (
    ForgetBookmark,
    KeepBookmark,
    KeepFound,
    News,
    ReplayChannels,
    ReplayCommand,
    SaveScene,
    SetBookmark,
)
from dreamer_studio.viewing.scene.messages import SceneRequest
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource

LOOK_SECONDS = 1.0  # between looks for what another window has written
NOT_SEEN = -1, -1
"""The stamp of no file: bookmarks are to be read at the next look."""


class BookmarkWriter:
    """Obeys the commands of the browser. The file is the truth: it is read again before each change of it."""

    def __init__(self, session: Session, source: SceneSource, channels: ReplayChannels) -> None:
        self._session = session
        self._source = source
        self._channels = channels
        self._looked_at = 0.0
        self._seen: tuple[int, int] | None = NOT_SEEN
        self._trouble = ""
        self._store: EpisodeStore | None = None

    def turn(self) -> bool:
        """Obey one command, or see whether the bookmarks have changed.

        Returns:
            whether there was anything to do.
        """
        try:
            command = self._channels.commands.get_nowait()
        except queue.Empty:
            self._look()
            return False
        self._obey(command)
        return True

    def finish(self) -> None:
        """Obey what is left before the thread ends."""
        while self.turn():
            pass

    @property
    def _path(self) -> Path:
        return RunFolder(self._session.status.get().folder).bookmarks

    def _look(self) -> None:
        """Read the bookmarks where they are not those that were read last."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        seen = _stamp(self._path)
        if seen != self._seen:
            self._seen = seen
            self._read()
        self._place()

    def _read(self) -> None:
        """Show what is in the file; where the disk cannot be read now, what was shown stays, and it is tried again."""
        trouble = ""
        try:
            self._channels.bookmarks.put(read_bookmarks(self._path))
        except BookmarkError as error:
            self._channels.bookmarks.put(())
            self._tell(f"{error}. It is set aside when the next bookmark is saved.", bad=True)
        except OSError as error:
            self._seen, trouble = NOT_SEEN, _not_now(self._path, error)
            if trouble != self._trouble:
                self._tell(trouble, bad=True)
        self._trouble = trouble

    def _place(self) -> None:
        """Say which episodes are stored, so that those of the bookmarks can be found."""
        if self._channels.bookmarks.get():
            store = self._source.episodes()
            if store is not self._store:
                self._store = store
                self._channels.numbers.put(store.numbers)

    def _obey(self, command: ReplayCommand) -> None:
        try:
            match command:
                case SaveScene():
                    self._save_scene(command)
                case SetBookmark(origin):
                    self._set(origin)
                case KeepBookmark(bookmark):
                    self._change(with_bookmark(self._bookmarks(), bookmark))
                case ForgetBookmark(bookmark):
                    self._change(without_bookmark(self._bookmarks(), bookmark))
                case KeepFound(found):
                    self._change(with_found(self._bookmarks(), found))
        except (NoSceneError, ReplayError, OSError) as error:
            self._tell(str(error), bad=True)

    def _set(self, origin: FrameRef) -> None:
        status = self._session.status.get()
        if origin.live and status.watching:
            raise NoSceneError("This episode is played for you and not stored; File, Save scene... keeps its frames.")
        if origin.scene:
            raise NoSceneError(
                "A frame of an opened scene lies in that scene's file; only frames of this run's replay "
                "can be bookmarked."
            )
        self._change(with_bookmark(self._bookmarks(), Bookmark(origin.episode, origin.index)))
        self._tell(f"Bookmarked frame {origin.index} of episode {origin.episode}")

    def _bookmarks(self) -> Bookmarks:
        """Those in the file; a file that holds none is set aside first, so that nothing in it is lost.

        Raises:
            OSError: the disk cannot be read now, or the file not be set aside; no bookmark is to be written then.
        """
        try:
            return read_bookmarks(self._path)
        except BookmarkError:
            self._tell(f"The bookmarks that could not be read are in {set_aside(self._path).name} now.")
            return ()
        except OSError as error:
            raise OSError(_not_now(self._path, error)) from error

    def _change(self, bookmarks: Bookmarks) -> None:
        write_bookmarks(self._path, bookmarks)
        self._seen = _stamp(self._path)
        self._channels.bookmarks.put(bookmarks)
        self._place()

    def _save_scene(self, command: SaveScene) -> None:
        request = SceneRequest(0, command.origin, command.context, command.length, "recorded", 0)
        found, spec = self._source.find(request), self._session.status.get().spec
        if found is None or spec is None:
            raise NoSceneError("There is nothing to save yet.")
        frame = found.origin.index - found.first
        task = self._source.task_of(found.origin)
        about = About(
            task, spec.action_kind, spec.action_names, found.origin.episode, found.first, frame, len(found.rows)
        )
        write_scene(command.path, SavedScene(about, found.rows))
        self._tell(f"Saved a scene of {len(found.rows)} frames as {command.path}")

    def _tell(self, text: str, *, bad: bool = False) -> None:
        self._channels.news.append(News(text, bad))


def _not_now(path: Path, error: OSError) -> str:
    return f"{path.name} cannot be read just now ({error.strerror or error}); it is left as it is"


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file does; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
