"""Takes the screenshots of docs/guide.md: uses the window on the finished example as the guide says."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from benchmarks.person import CONTROL, Key, Person, settle, wait_for
from benchmarks.pictures.album import save
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.curves.workspace import CurvesWorkspace
from dreamer_studio.studio.dream.futures.panel import WHAT_IF, FuturesPanel
from dreamer_studio.studio.film.export_dialog import ExportDialog
from dreamer_studio.studio.replay.episodes_panel import EpisodesPanel
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.viewing.frame_ref import FrameRef

EPISODE, FRAME = 90, 120  # of the example: a cheetah that runs
SHOWN_CURVES = ("Return", "Image loss", "KL", "Speed", "Entropy", "metric:update/imagined_reward")
HOVERED = 20  # samples from the right end to the crosshair


class GuidePhotographer:
    """Use a window and take screenshots."""

    def __init__(self, window: StudioWindow, folder: Path) -> None:
        self._window = window
        self._folder = folder
        self._person = Person(window)

    def take_all(self) -> None:
        """Take all screenshots of the guide, in order."""
        person = self._person
        wait_for(lambda: self._window.run.channels.dream.result is not None)
        settle(4)
        person.key(Key.Key_D)
        settle(1)
        person.dream_from(FrameRef(False, EPISODE, FRAME))
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
        (episodes,) = self._window.findChildren(EpisodesPanel)
        table = episodes.table
        QTest.mouseClick(
            table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(1, 0)).center()
        )
        settle(2)
        self._take("replay")
        person.key(Key.Key_R, CONTROL)
        person.key(Key.Key_E, CONTROL)
        (dialog,) = self._window.findChildren(ExportDialog)
        settle(0.6)
        save(dialog, self._folder / "export.png")
        dialog.reject()
        self._curves()

    def take_run(self) -> None:
        """Take the screenshots of a continued training: practice dreams, and all checkpoints on one scene."""
        person = self._person
        wait_for(lambda: self._window.run.channels.dream.result is not None)
        person.key(Key.Key_D)
        person.open_tab("Practice")
        practice = self._window.run.channels.practice
        wait_for(lambda: practice.result is not None)
        settle(4)
        self._take("practice")
        newest = self._window.run.session.episodes.refresh().newest
        person.dream_from(FrameRef(False, newest, FRAME))
        person.go_to(person.scene.context - 1)
        person.key(Key.Key_3, CONTROL)
        (workspace,) = self._window.findChildren(CompareWorkspace)
        settle(2)
        workspace.take_dream_frame()
        workspace.show_lapse(True)
        compared = self._window.run.channels.compare.scene
        wait_for(lambda: (view := compared.result) is not None and view.whole)
        workspace.player.go_to(person.scene.context + 14)
        self._take("compare")

    def _drive(self) -> None:
        person = self._person
        context = person.scene.context
        person.go_to(context - 1)
        person.key(Key.Key_C)
        with person.holding(Key.Key_Right, Key.Key_A):
            wait_for(lambda: len(person.scene.columns) > context + 12)
            self._take("drive")
        person.release_control()

    def _twin(self) -> None:
        person = self._person
        person.key(Key.Key_T)
        person.open_tab("Gap")
        wait_for(lambda: (view := self._window.run.channels.twin.result) is not None and view.count > 12)
        settle(1)
        self._take("twin")
        person.key(Key.Key_T)

    def _futures(self) -> None:
        person = self._person
        context = person.scene.context
        person.go_to(context + 2)
        person.key(Key.Key_F)
        settle(2)
        person.go_to(context + 14)
        self._take("samples")
        person.choose("Futures of", WHAT_IF)
        settle(2)
        person.go_to(context + 14)
        self._take("what-if")
        (futures,) = person.workspace.findChildren(FuturesPanel)
        QTest.mouseClick(futures.grid, Qt.MouseButton.LeftButton, pos=futures.grid.box(0).center())

    def _branches(self) -> None:
        self._person.open_tab("Branches")
        branches = self._person.workspace.branches
        root, *others = [branch.key for branch in branches]
        branches.show(others[-1])
        branches.compare_with(root)
        self._person.go_to(self._person.scene.context + 8)
        self._take("branches")
        branches.compare_with(None)
        branches.show(root)

    def _curves(self) -> None:
        self._person.key(Key.Key_5, CONTROL)
        self._window.run.curves.choices.change(shown=SHOWN_CURVES)
        settle(4)
        (workspace,) = self._window.findChildren(CurvesWorkspace)
        plot = workspace.deck.cards[0].plot
        plot.setFocus()
        for _ in range(HOVERED):
            QTest.keyClick(plot, Key.Key_Left)
        self._take("curves")

    def _take(self, name: str) -> None:
        settle(0.6)
        save(self._window, self._folder / f"{name}.png")
