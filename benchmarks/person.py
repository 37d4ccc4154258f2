"""Use a window from a script as a user would: keys, tabs, boxes, and waiting for results."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QTabWidget, QWidget

from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.scene.messages import Scene

PATIENCE_SECONDS = 600.0
LOOK_SECONDS = 0.05
CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


class Person:
    """A user at a window.

    Attributes:
        window: the window.
        workspace: its Dream workspace.
    """

    def __init__(self, window: StudioWindow) -> None:
        self.window = window
        (self.workspace,) = window.findChildren(DreamWorkspace)

    @property
    def scene(self) -> Scene:
        """The scene on show."""
        shown = self.workspace.branches.shown
        assert shown is not None
        return shown.scene

    @property
    def image(self) -> QWidget:
        """The dreamed frame, which takes the keys while the user drives."""
        return self.find(FrameView, "Dreamed frame")

    def find(self, kind: type[QWidget], name: str) -> QWidget:
        """Find a widget of the Dream workspace by its accessible name."""
        return next(widget for widget in self.workspace.findChildren(kind) if widget.accessibleName() == name)

    def key(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Bring the window to the front and press a key."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            wait_for(self.window.isActiveWindow)
        QTest.keyClick(self.window, key, modifier)
        settle(0.2)

    @contextlib.contextmanager
    def holding(self, *keys: Key) -> Iterator[None]:
        """Keep keys down on the dreamed frame."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            for key in keys:
                QApplication.sendEvent(self.image, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))
            if kind is QEvent.Type.KeyPress:
                yield

    def release_control(self) -> None:
        """Release the keys, so the policy continues."""
        QTest.keyClick(self.image, Key.Key_Escape)

    def choose(self, box: str, text: str) -> None:
        """Choose an entry in a box of the Dream workspace."""
        found = self.find(QComboBox, box)
        assert isinstance(found, QComboBox)
        found.setCurrentText(text)
        found.activated.emit(found.currentIndex())

    def act(self, text: str) -> None:
        """Choose who acts in the dream, and wait for the new dream."""
        number = self.scene.number
        self.choose("Who acts in the dream", text)
        wait_for(lambda: self.scene.number > number and self.scene.decoded == len(self.scene.columns))

    def dream_from(self, origin: FrameRef) -> None:
        """Dream from a frame, and wait for the dream."""
        self.workspace.dream_from(origin)
        wait_for(lambda: self.scene.origin == origin and self.scene.decoded == len(self.scene.columns))

    def open_tab(self, name: str) -> None:
        """Open a tab below the strip."""
        tabs = self.workspace.findChildren(QTabWidget)
        holder = next(tab for tab in tabs if name in (tab.tabText(place) for place in range(tab.count())))
        holder.setCurrentIndex(next(place for place in range(holder.count()) if holder.tabText(place) == name))
        settle(0.5)

    def go_to(self, column: int) -> None:
        """Move the time cursor."""
        self.workspace.player.go_to(column)
        settle(0.5)


def wait_for(condition: Callable[[], bool]) -> None:
    """Process the window's events until a condition holds.

    Raises:
        TimeoutError: the condition does not hold in time.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("the window did not show the requested result in time")
        settle(LOOK_SECONDS)


def settle(seconds: float) -> None:
    """Process the window's events for some seconds."""
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()
