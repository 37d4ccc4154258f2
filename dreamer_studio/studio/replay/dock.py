"""The dock of the replay browser, the thread that reads for it, and the files that scenes go to and come from."""

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
from dreamer_studio.viewing.channel import Reply
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.messages import ReplayChannels, SaveScene, SetBookmark

SCENES = f"Scenes (*{SCENE_SUFFIX})"
NOT_RECORDED = "There is no recorded frame under the cursor; only such frames can be kept."


class ReplayDock(QDockWidget):
    """Hidden at first; while it is, nothing is read for it, and bookmarks and scenes can be made all the same.

    Attributes:
        channels: what the thread is asked for, and what it found.
        reading: the thread, for whoever starts and ends all of them.
        browser: what stands in it.
    """

    dreamWanted = Signal(object)
    """Dream from this frame, an `FrameRef`."""

    told = Signal(object)
    """A line for the person, a `Reply`."""

    def __init__(self, theme: Theme, session: Session, channels: ReplayChannels, parent: QWidget | None = None) -> None:
        super().__init__("Replay", parent)
        self.setObjectName("replay-dock")
        self.channels = channels
        self._session = session
        self._replies = 0
        self._framing = (1, 1)
        self.reading = ReplayThread(session, channels, self)
        self.browser = ReplayBrowser(theme, channels)
        self.setWidget(self.browser)
        self.browser.dreamWanted.connect(self.dreamWanted)
        self.browser.sceneWanted.connect(self.save_scene)
        self.toggleViewAction().triggered.connect(lambda shown: self.browser.setFocus() if shown else None)

    @property
    def frame(self) -> FrameRef | None:
        """The frame that is held in it, while its keys are the person's."""
        return self.browser.frame if self.browser.has_focus else None

    def refresh(self, context: int, length: int) -> None:
        """Show what is new; a scene that is saved has so much context, and as many frames after it."""
        self._framing = context, length
        self.browser.refresh(on_show=self.browser.isVisible())
        self.channels.bookmarks.stand(None)
        replies, self._replies = self.channels.commands.replies_since(self._replies)
        for reply in replies:
            self.told.emit(reply)

    def bookmark(self, frame: FrameRef | None) -> None:
        """Keep a frame."""
        if frame is None:
            self.told.emit(Reply(NOT_RECORDED, bad=True))
        else:
            self.channels.commands.send(SetBookmark(frame))

    def save_scene(self, frame: FrameRef | None) -> None:
        """Ask for a file, and save a frame in it with what is around."""
        if frame is None:
            self.told.emit(Reply(NOT_RECORDED, bad=True))
            return
        folder = RunFolder(self._session.status.get().folder).dreams
        episode = "live" if frame.live else f"episode-{frame.episode}"
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
        dialog.fileSelected.connect(lambda path: self.dreamWanted.emit(FrameRef(False, 0, -1, path)))
        dialog.open()

    def _dialog(self, title: str, folder: Path) -> QFileDialog:
        dialog = QFileDialog(self, title, str(folder) if folder.is_dir() else "", SCENES)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog


def _with_suffix(path: Path) -> Path:
    return path if path.name.endswith(SCENE_SUFFIX) else path.with_name(path.name + SCENE_SUFFIX)
