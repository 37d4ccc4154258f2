"""The pictures of docs/guide.md: ``python -m benchmarks.pictures [FOLDER] [--theme light|dark]``, under X or Xvfb.

Opens the finished example as ``dreamer-studio --demo`` does, uses the window as the guide says, and saves what is on
show, in 256 colours.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QEventLoop, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.person import CONTROL, Key, Person, settle, wait_for
from dreamer_studio.process import prepare_process
from dreamer_studio.resources import unpack_demo
from dreamer_studio.session import Session
from dreamer_studio.studio.app import open_run
from dreamer_studio.studio.panels.futures import WHAT_IF, FuturesPanel
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.studio.views import Origin
from dreamer_studio.studio.widgets.episode_table import EpisodeTable
from dreamer_studio.studio.window import StudioWindow
from dreamer_studio.training.planning import plan_watching

EPISODE, FRAME = 3, 120  # of the example: a cheetah that runs
SIZE = (1600, 1000)


class Photographer:
    """Uses a window and takes pictures of it."""

    def __init__(self, window: StudioWindow, folder: Path) -> None:
        self._window = window
        self._folder = folder
        self._person = Person(window)

    def take_all(self) -> None:
        """All that the guide shows, in its order."""
        person = self._person
        wait_for(lambda: self._window.views.dreams.get() is not None)
        settle(4)
        person.key(Key.Key_D)
        settle(1)
        person.dream_from(Origin(False, EPISODE, FRAME))
        person.act("as recorded")
        person.go_to(25)
        self._take("scene")
        person.act("policy, sample")
        self._drive()
        self._twin()
        self._futures()
        self._branches()
        person.go_to(2)
        for name in ("Latents", "Map"):
            person.open_tab(name)
            settle(4)
            self._take(name.lower())
        person.key(Key.Key_R, CONTROL)
        settle(6)
        (table,) = self._window.findChildren(EpisodeTable)[:1]
        QTest.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(1, 0)).center()
        )
        settle(2)
        self._take("replay")

    def _drive(self) -> None:
        person = self._person
        context = person.line.context
        person.go_to(context - 1)
        person.key(Key.Key_C)
        with person.holding(Key.Key_Right, Key.Key_A):
            wait_for(lambda: person.line.columns > context + 12)
            self._take("drive")
        person.release_control()

    def _twin(self) -> None:
        person = self._person
        person.key(Key.Key_T)
        person.open_tab("Gap")
        wait_for(lambda: (view := self._window.views.twin.get()) is not None and view.count > 12)
        settle(1)
        self._take("twin")
        person.key(Key.Key_T)

    def _futures(self) -> None:
        person = self._person
        context = person.line.context
        person.go_to(context + 2)
        person.key(Key.Key_F)
        settle(2)
        person.go_to(context + 14)
        self._take("samples")
        person.choose("Futures of", WHAT_IF)
        settle(2)
        person.go_to(context + 14)
        self._take("what-if")
        (futures,) = person.desk.findChildren(FuturesPanel)
        QTest.mouseClick(futures.grid, Qt.MouseButton.LeftButton, pos=futures.grid.box(0).center())

    def _branches(self) -> None:
        self._person.open_tab("Branches")
        branches = self._person.desk.branches
        root, *others = [branch.key for branch in branches]
        branches.show(others[-1])
        branches.put_beside(root)
        self._person.go_to(self._person.line.context + 8)
        self._take("branches")
        branches.put_beside(None)
        branches.show(root)

    def _take(self, name: str) -> None:
        settle(0.6)
        path = self._folder / f"{name}.png"
        self._window.grab().save(str(path))
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


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
