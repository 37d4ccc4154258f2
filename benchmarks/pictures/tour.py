"""A tour of the window that takes a screenshot at each stop: start page, New run, dialogs, and all workspaces."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit

from benchmarks.person import CONTROL, Key, Person, settle, wait_for
from benchmarks.pictures.album import Album
from dreamer_studio.library.roots import default_root
from dreamer_studio.session import State
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.curves.workspace import CurvesWorkspace
from dreamer_studio.studio.new_run.page import NewRunPage
from dreamer_studio.studio.preferences.dialog import PreferencesDialog
from dreamer_studio.studio.replay.episodes_panel import EpisodesPanel
from dreamer_studio.studio.run_settings.dialog import RunSettingsDialog
from dreamer_studio.studio.runs.workspace import RunsWorkspace
from dreamer_studio.studio.shell.flow.pages import Pages
from dreamer_studio.studio.shell.flow.run_flow import RunFlow
from dreamer_studio.studio.shell.palette.palette import CommandPalette
from dreamer_studio.studio.shell.palette.popup import SearchField
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.workspace import TrustWorkspace
from dreamer_studio.viewing.frame_ref import FrameRef

TASK, PRESET, HORIZON = "walker-walk", "laptop", "20"
TYPED = "dream"
FRAMES_SECONDS, UPDATES_SECONDS, PLOTS_SECONDS = 3.0, 25.0, 4.0
FRAME = 120  # of the stored episode from which the dream starts


class Tour:
    """Goes through the whole program, in one window with its pages and its command palette."""

    def __init__(self, window: StudioWindow, theme: Theme, settings: SettingsFile, album: Album) -> None:
        base = default_root()
        self._window, self._album = window, album
        self._flow = RunFlow(window, settings, "cpu", base, shared=False)
        self._pages = Pages(theme, window, settings, base, self._flow)
        self._palette = CommandPalette(theme, window, settings, base, self._flow, self._pages)

    def go(self, run: Path) -> None:
        """Take all screenshots.

        Args:
            run: a run to continue, with at least three checkpoints to compare and two test episodes to judge on.
        """
        try:
            self._start_page()
            self._new_run()
            self._open(run)
            self._live()
            self._dream()
            self._compare()
            self._trust()
            self._curves()
            self._runs()
        finally:
            self._pages.end()
            self._palette.end()

    def _start_page(self) -> None:
        self._pages.show_start()
        wait_for(lambda: len(self._pages.start.entries) > 0)
        settle(FRAMES_SECONDS)
        self._album.take("start")
        self._take_dialog("file.preferences", "preferences", PreferencesDialog)
        self._look_up("palette-start")

    def _new_run(self) -> None:
        self._window.action_set["file.new"].trigger()
        (page,) = self._window.findChildren(NewRunPage)
        panels = page.panels
        wait_for(lambda: len(panels.tasks.shown_tasks()) > 1)
        QTest.keyClicks(panels.tasks.search_box, TASK)
        QTest.keyClick(panels.tasks.search_box, Key.Key_Return)
        wait_for(lambda: panels.preview.facts.value("Actions") != "-")
        measure = panels.presets.button_of(PRESET)
        if measure.text() == "Measure":  # otherwise the page is already measuring
            measure.click()
        wait_for(lambda: "disk " in panels.presets.estimate_of(PRESET))
        settle(FRAMES_SECONDS)
        self._album.take("new-run")
        panels.preview.check.click()
        wait_for(lambda: bool(panels.check.row_texts))
        self._album.take("check")
        panels.settings.fold.click()
        editor = panels.settings.rows["horizon"].field.editor
        assert isinstance(editor, QLineEdit)
        editor.selectAll()
        QTest.keyClick(editor, Key.Key_Delete)
        QTest.keyClicks(editor, HORIZON)
        self._album.take("new-run-settings")
        self._pages.show_start()

    def _open(self, run: Path) -> None:
        self._flow.open_folder(run)
        status = self._window.run.session.status
        begun = status.get().update
        wait_for(lambda: status.get().update > begun)
        wait_for(lambda: self._window.run.channels.dream.result is not None)

    def _live(self) -> None:
        settle(UPDATES_SECONDS)
        self._album.take("live")
        self._take_dialog("run.settings", "run-settings", RunSettingsDialog)
        self._look_up("palette-run")
        self._window.action_set["help.keys"].trigger()
        self._album.take_dialog("help-keys", self._window.help)
        self._window.action_set["help.glossary"].trigger()
        self._album.take_dialog("help-glossary", self._window.help)
        self._window.help.close()
        self._window.action_set["run.pause"].trigger()
        wait_for(lambda: self._window.run.session.status.get().state is State.PAUSED)

    def _dream(self) -> None:
        person = Person(self._window)
        person.key(Key.Key_D)
        wait_for(lambda: person.workspace.branches.shown is not None)
        newest = self._window.run.session.episodes.refresh().newest
        person.dream_from(FrameRef(False, newest, FRAME))
        person.act("as recorded")
        person.go_to(person.scene.context + 10)
        settle(PLOTS_SECONDS)
        self._album.take("dream")
        person.key(Key.Key_R, CONTROL)
        settle(PLOTS_SECONDS)
        (panel,) = self._window.findChildren(EpisodesPanel)
        cell = panel.table.visualRect(panel.table.model().index(1, 0))
        QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
        settle(FRAMES_SECONDS)
        self._album.take("replay")
        person.key(Key.Key_R, CONTROL)

    def _compare(self) -> None:
        self._window.action_set["view.compare"].trigger()
        (workspace,) = self._window.findChildren(CompareWorkspace)
        settle(FRAMES_SECONDS)
        workspace.take_dream_frame()
        workspace.show_lapse(True)
        compared = self._window.run.channels.compare.scene
        wait_for(lambda: (scene := compared.result) is not None and scene.whole)
        settle(FRAMES_SECONDS)
        self._album.take("compare")

    def _trust(self) -> None:
        self._window.action_set["view.trust"].trigger()
        (workspace,) = self._window.findChildren(TrustWorkspace)
        wait_for(workspace.export.isEnabled)  # a judgment is on show
        settle(PLOTS_SECONDS)
        self._album.take("trust")

    def _curves(self) -> None:
        self._window.action_set["view.curves"].trigger()
        (workspace,) = self._window.findChildren(CurvesWorkspace)
        settle(PLOTS_SECONDS)
        plot = workspace.deck.cards[0].plot
        plot.setFocus()
        for _ in range(3):
            QTest.keyClick(plot, Key.Key_Left)
        self._album.take("curves")

    def _runs(self) -> None:
        self._window.action_set["view.runs"].trigger()
        (workspace,) = self._window.findChildren(RunsWorkspace)
        wait_for(lambda: bool(workspace.board.averages.plot.groups))
        settle(PLOTS_SECONDS)
        self._album.take("runs")

    def _look_up(self, name: str) -> None:
        wait_for(self._window.isActiveWindow)
        self._palette.toggle()
        (field,) = self._palette.popup.findChildren(SearchField)
        QTest.keyClicks(field, TYPED)
        self._album.take(name)
        self._palette.popup.close_palette()

    def _take_dialog(self, action: str, name: str, kind: type[QDialog]) -> None:
        self._window.action_set[action].trigger()
        (dialog,) = (found for found in self._window.findChildren(kind) if found.isVisible())
        self._album.take_dialog(name, dialog)
        dialog.close()
