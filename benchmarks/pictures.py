"""The pictures of docs/guide.md: ``python -m benchmarks.pictures [FOLDER] [--theme light|dark]``, under X or Xvfb.

Opens the finished example as ``dreamer-studio --demo`` does, uses the window as the guide says, and saves what is on
show, in 256 colours.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QEvent, QEventLoop, QSettings, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from dreamer_studio.process import prepare_process
from dreamer_studio.resources import unpack_demo
from dreamer_studio.session import Session
from dreamer_studio.studio.app import open_run
from dreamer_studio.studio.dreaming import DreamWorkspace
from dreamer_studio.studio.panels.futures import WHAT_IF, FuturesPanel
from dreamer_studio.studio.panels.scene_bar import STORED
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.studio.views import Origin, SceneView
from dreamer_studio.studio.widgets.episode_table import EpisodeTable
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.window import StudioWindow
from dreamer_studio.training.planning import plan_watching

PATIENCE_SECONDS = 120.0
EPISODE, FRAME = 3, 120  # of the example: a cheetah that runs
SIZE = (1600, 1000)
Key = Qt.Key


class Photographer:
    """Uses a window and takes pictures of it."""

    def __init__(self, window: StudioWindow, folder: Path) -> None:
        self._window = window
        self._folder = folder
        (self._desk,) = window.findChildren(DreamWorkspace)

    def take_all(self) -> None:
        """All that the guide shows, in its order."""
        self._wait(lambda: self._window.views.dreams.get() is not None)
        self._settle(4)
        self.key(Key.Key_D)
        self._pick(STORED, EPISODE, FRAME)
        self._act("as recorded")
        self._at(25)
        self._take("scene")
        self._act("policy, sample")
        self._drive()
        self._twin()
        self._futures()
        self._branches()
        self._at(2)
        for name in ("Latents", "Map"):
            self._tab(name)
            self._settle(4)
            self._take(name.lower())
        self.key(Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        self._settle(6)
        (table,) = self._window.findChildren(EpisodeTable)[:1]
        QTest.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(1, 0)).center()
        )
        self._settle(2)
        self._take("replay")

    def key(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key in the window."""
        QTest.keyClick(self._window, key, modifier)
        self._settle(0.2)

    def _drive(self) -> None:
        self._at(self._context - 1)
        self.key(Key.Key_C)
        with self._holding(Key.Key_Right, Key.Key_A):
            self._wait(lambda: self._line.columns > self._context + 12)
            self._take("drive")
        QTest.keyClick(self._picture, Key.Key_Escape)

    def _twin(self) -> None:
        self.key(Key.Key_T)
        self._tab("Gap")
        self._wait(lambda: (view := self._window.views.twin.get()) is not None and view.count > 12)
        self._settle(1)
        self._take("twin")
        self.key(Key.Key_T)

    def _futures(self) -> None:
        self._at(self._context + 2)
        self.key(Key.Key_F)
        self._settle(2)
        self._at(self._context + 14)
        self._take("samples")
        kind = self._find(QComboBox, "Futures of")
        assert isinstance(kind, QComboBox)
        kind.setCurrentText(WHAT_IF)
        kind.activated.emit(kind.currentIndex())
        self._settle(2)
        self._at(self._context + 14)
        self._take("what-if")
        (futures,) = self._desk.findChildren(FuturesPanel)
        QTest.mouseClick(futures.grid, Qt.MouseButton.LeftButton, pos=futures.grid.box(0).center())

    def _branches(self) -> None:
        self._tab("Branches")
        branches = self._desk.branches
        root, *others = [branch.key for branch in branches]
        branches.show(others[-1])
        branches.put_beside(root)
        self._at(self._context + 8)
        self._take("branches")
        branches.put_beside(None)
        branches.show(root)

    @property
    def _line(self) -> SceneView:
        shown = self._desk.branches.shown
        assert shown is not None
        return shown.line

    @property
    def _context(self) -> int:
        return self._line.context

    @property
    def _picture(self) -> QWidget:
        return self._find(FrameView, "Dreamed frame")

    def _find(self, kind: type[QWidget], name: str) -> QWidget:
        return next(widget for widget in self._desk.findChildren(kind) if widget.accessibleName() == name)

    def _pick(self, source: str, episode: int, frame: int) -> None:
        self._settle(1)
        self._desk.dream_from(Origin(source != STORED, episode, frame))
        self._wait(lambda: not self._line.origin.live and self._line.decoded == self._line.columns)

    def _act(self, text: str) -> None:
        number = self._line.wish.number
        box = self._find(QComboBox, "Who acts in the dream")
        assert isinstance(box, QComboBox)
        box.setCurrentText(text)
        box.activated.emit(box.currentIndex())
        self._wait(lambda: self._line.wish.number > number and self._line.decoded == self._line.columns)

    def _tab(self, name: str) -> None:
        tabs = self._desk._below
        tabs.setCurrentIndex(next(place for place in range(tabs.count()) if tabs.tabText(place) == name))
        self._settle(0.5)

    def _at(self, column: int) -> None:
        self._desk.player.go_to(column)
        self._settle(0.5)

    @contextlib.contextmanager
    def _holding(self, *keys: Key) -> Iterator[None]:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            for key in keys:
                QApplication.sendEvent(self._picture, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))
            if kind is QEvent.Type.KeyPress:
                yield

    def _take(self, name: str) -> None:
        self._settle(0.6)
        path = self._folder / f"{name}.png"
        self._window.grab().save(str(path))
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)

    def _wait(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > until:
                raise TimeoutError("the window did not come to show what the guide says")
            self._settle(0.05)

    def _settle(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(int(1000 * seconds), loop.quit)
        loop.exec()


def main() -> int:
    """Take them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs/images/guide"))
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as place:
        plan = plan_watching(unpack_demo(Path(place)))
        session = Session(lambda: open_run(lambda _: plan, "cpu"), plan.config, plan.folder.path, "cpu")
        settings = QSettings(f"{place}/settings.ini", QSettings.Format.IniFormat)
        window = StudioWindow(apply_theme(application, options.theme), session, settings)
        window.resize(*SIZE)
        window.show()
        window.begin()
        try:
            Photographer(window, options.folder).take_all()
        finally:
            window.leave(insist=True)
            while window.isVisible():
                application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 100)
    return 0


if __name__ == "__main__":
    prepare_process()
    raise SystemExit(main())
