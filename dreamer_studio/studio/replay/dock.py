"""The dock with the replay browser, the thread that reads for it, and the dialogs for scene files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDockWidget, QFileDialog, QWidget

from dreamer_studio.replay.scenes import SCENE_SUFFIX
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import Session
from dreamer_studio.studio.replay.workspace import ReplayBrowser
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.threads import ReplayThread
from dreamer_studio.studio.widgets.fields.focus import FocusPlace
from dreamer_studio.studio.widgets.layout.stage import Stage
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.viewing.channel import Reply
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.messages import ReplayChannels, SaveScene, SetBookmark

SCENES = f"Scenes (*{SCENE_SUFFIX})"
NOT_RECORDED = "There is no recorded frame under the cursor. Move the cursor to one first."


class ReplayDock(QDockWidget):
    """The dock, hidden at first. While it is hidden, nothing is read for it; bookmarks and scenes work all the same.

    Attributes:
        channels: the requests to the thread, and its answers.
        reading: the thread, for the code that starts and ends all threads.
        browser: the replay browser in the dock.
    """

    dreamWanted = Signal(object)
    """Emitted when the user dreams from a frame, with its `FrameRef`."""

    told = Signal(object)
    """Emitted with a `Reply`: a sentence for the user."""

    def __init__(self, theme: Theme, session: Session, channels: ReplayChannels, parent: QWidget | None = None) -> None:
        super().__init__("Replay", parent)
        self.setObjectName("replay-dock")
        self.channels = channels
        self._session = session
        self._replies = 0
        self._framing = (1, 1)
        self.reading = ReplayThread(session, channels, self)
        self.browser = ReplayBrowser(theme, channels)
        self.setWidget(scrolled(Stage(self.browser)))
        self.browser.dreamWanted.connect(self.dreamWanted)
        self.browser.sceneWanted.connect(self.save_scene)
        self._focus = FocusPlace()
        self.toggleViewAction().triggered.connect(self._pass_focus)

    @property
    def frame(self) -> FrameRef | None:
        """Return the held frame while the dock has the focus, else None."""
        return self.browser.frame if self.browser.has_focus else None

    def refresh(self, context: int, length: int) -> None:
        """Show what is new. A saved scene gets `context` frames before its frame, and `length` rows after it."""
        self._framing = context, length
        self.browser.refresh(on_show=self.browser.isVisible())
        self.channels.bookmarks.stand(None)
        replies, self._replies = self.channels.commands.replies_since(self._replies)
        for reply in replies:
            self.told.emit(reply)

    def bookmark(self, frame: FrameRef | None) -> None:
        """Bookmark a frame."""
        if frame is None:
            self.told.emit(Reply(NOT_RECORDED, bad=True))
        else:
            self.channels.commands.send(SetBookmark(frame))

    def save_scene(self, frame: FrameRef | None) -> None:
        """Ask for a file, and save a frame in it with its surroundings."""
        if frame is None:
            self.told.emit(Reply(NOT_RECORDED, bad=True))
            return
        folder = RunFolder(self._session.status.get().folder).dreams
        episode = "live" if frame.live else f"{'test-' if frame.test else ''}episode-{frame.episode}"
        dialog = self._dialog("Save the scene", folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"{episode}-frame-{frame.index}{SCENE_SUFFIX}")
        context, length = self._framing
        dialog.fileSelected.connect(
            lambda path: self.channels.commands.send(SaveScene(frame, context, length, _with_suffix(Path(path))))
        )
        dialog.open()

    def open_scene(self) -> None:
        """Ask for a file, and dream from the scene in it."""
        dialog = self._dialog("Open a scene", RunFolder(self._session.status.get().folder).dreams)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.dream_from_file(Path(path)))
        dialog.open()

    def _pass_focus(self, shown: bool) -> None:
        """Give the focus to the browser, or back to the widget that had it before."""
        if shown:
            self._focus.remember()
            self.browser.setFocus()
        else:
            self._focus.go_back(self)

    def dream_from_file(self, scene: Path) -> None:
        """Dream from the scene in a file."""
        self.dreamWanted.emit(FrameRef(False, 0, -1, str(scene)))

    def _dialog(self, title: str, folder: Path) -> QFileDialog:
        dialog = QFileDialog(self, title, str(folder) if folder.is_dir() else "", SCENES)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog


def _with_suffix(path: Path) -> Path:
    return path if path.name.endswith(SCENE_SUFFIX) else path.with_name(path.name + SCENE_SUFFIX)
