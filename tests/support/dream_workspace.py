"""The Dream workspace of a window, for tests that use it as a person does."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from dreamer_studio.studio.dream.scene_bar import STORED
from dreamer_studio.studio.dream.strip_panel import StripPanel
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.threads import WorkersThread
from dreamer_studio.studio.widgets.film_strip import FilmStrip
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.scene.states import SceneState
from dreamer_studio.viewing.scene.worker import SceneWorker
from tests.support.studio import PATIENCE_MS, Studio


class DreamDriver:
    """Uses the Dream workspace of a window, and reads what it shows."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        (self.workspace,) = studio.window.findChildren(DreamWorkspace)
        (self.panel,) = studio.window.findChildren(StripPanel)
        (self.strip,) = self.panel.findChildren(FilmStrip)

    def find(self, kind: type[QWidget], name: str) -> QWidget:
        return next(widget for widget in self.workspace.findChildren(kind) if widget.accessibleName() == name)

    def spin(self, name: str) -> QSpinBox:
        box = self.find(QSpinBox, name)
        assert isinstance(box, QSpinBox)
        return box

    @property
    def column(self) -> int:
        return self.workspace.player.column

    @property
    def scene(self) -> Scene | None:
        """The scene on show."""
        shown = self.workspace.branches.shown
        return shown.scene if shown is not None else None

    def state(self, scene: Scene) -> SceneState:
        """Return what the workers keep of a scene."""
        workers = [each for thread in self.studio.window.findChildren(WorkersThread) for each in thread.workers]
        (maker,) = (each for each in workers if isinstance(each, SceneWorker))
        return maker.states.of(scene.latents)

    @property
    def frame(self) -> FrameRef:
        """Return the recorded frame under the cursor."""
        frame = self.workspace.frame
        assert frame is not None
        return frame

    def pick_stored(self, episode: int, frame: int) -> None:
        source = next(box for box in self.workspace.findChildren(QComboBox) if box.findText(STORED) >= 0)
        source.setCurrentText(STORED)
        source.activated.emit(source.currentIndex())
        self.answer()
        self.spin("Stored episode").setValue(episode)
        self.spin("Frame").setValue(frame)

    def press(self, key: Qt.Key) -> None:
        self.studio.bot.keyClick(self.find(FrameView, "Dreamed frame"), key)

    def drag(self, start: int, end: int) -> None:
        """Drag along the strip, from the left edge of a column to that of another."""
        y = round(2 * self.strip.pitch)
        a, b = (QPoint(self.strip.x_of(column) - 1, y) for column in (start, end))
        bot = self.studio.bot
        bot.mousePress(self.strip, Qt.MouseButton.LeftButton, pos=a)
        bot.mouseMove(self.strip, (a + b) / 2)
        bot.mouseMove(self.strip, b)
        bot.mouseRelease(self.strip, Qt.MouseButton.LeftButton, pos=b)

    def answer(self) -> Scene:
        """Wait until the scene of the newest request is decoded and on show, and return the scene."""

        def answered() -> bool:
            scene = self.scene
            return scene is not None and scene.whole and scene.number == self.studio.channels.scene.generation

        self.studio.bot.waitUntil(answered, timeout=PATIENCE_MS)
        assert self.scene is not None
        return self.scene
