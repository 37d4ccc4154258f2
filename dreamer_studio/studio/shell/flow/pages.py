"""The pages that the window shows while no run is open: the start page, New run and Runs."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from dreamer_studio.config import ConfigError
from dreamer_studio.runs.best import BEST
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studio.shell.flow.preferences import Preferences, all_folders
from dreamer_studio.studio.shell.flow.requests import OpenRequest, example
from dreamer_studio.studio.shell.flow.run_flow import RunFlow
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.role import Role

if TYPE_CHECKING:
    from dreamer_studio.config import Config
    from dreamer_studio.studio.new_run.page import NewRunPage
    from dreamer_studio.studio.run_list.runs_card import RunsCard
    from dreamer_studio.studio.runs.board import RunsBoard
    from dreamer_studio.studio.runs.page import RunsPage
    from dreamer_studio.studio.start.page import StartPage
    from dreamer_studio.studio.workspace import Workspace
    from dreamer_studio.viewing.new_run.new_run import NewRun
    from dreamer_studio.viewing.new_run.new_study import NewStudy


class Pages(QObject):
    """Makes the pages when they are first shown, and connects them with the flow of runs.

    Attributes:
        preferences: the preferences of the window.

    Args:
        theme: the colors.
        window: shows the pages.
        settings: the settings, with the folders of runs.
        base: the parent folder of new runs.
        flow: opens the runs.
    """

    foldersChanged = Signal(object)
    """Emitted with the folders of runs when the user has changed them."""

    def __init__(self, theme: Theme, window: StudioWindow, settings: SettingsFile, base: Path, flow: RunFlow) -> None:
        super().__init__(window)
        self._theme, self._window, self._settings, self._base, self._flow = theme, window, settings, base, flow
        self._start_page: StartPage | None = None
        self._new_run: NewRunPage | None = None
        self._runs_page: RunsPage | None = None
        self.preferences = Preferences(window, settings, base, self._list_folders)
        window.action_set.bind({"file.new": self.show_new_run})
        flow.homeWanted.connect(self.show_start)
        window.runOpened.connect(lambda run: run.tabs.made.connect(self._connect_workspace))

    @property
    def start(self) -> StartPage:
        """Return the start page."""
        if self._start_page is None:
            self._start_page = self._make_start_page()
        return self._start_page

    def show_start(self) -> None:
        """Show the start page."""
        self.start.set_others(self._flow.recent.folders)
        self._window.show_page(self.start)
        self._window.action_set.bind({"view.runs": self.show_runs})  # an open run binds the action to its workspace

    def show_runs(self) -> None:
        """Show the page with all runs and their averages, while no run is open."""
        if self._runs_page is None:
            from dreamer_studio.studio.runs.page import RunsPage  # noqa: PLC0415  (loads plots)

            self._runs_page = RunsPage(self._theme)
            self._runs_page.backWanted.connect(self.show_start)
            self._connect_board(self._runs_page.board)
        self._runs_page.board.set_others(self._flow.recent.folders)
        self._window.show_page(self._runs_page)
        self._runs_page.setFocus()

    def show_new_run(self, settings_of: Path | None = None) -> None:
        """Show the page of a new run once no run is open, with the settings of the run `settings_of` if it is given."""
        config: Config | None = None
        if settings_of is not None:
            try:
                config = RunFolder(settings_of).read()
            except (InputError, ConfigError, OSError) as error:
                self._window.banners.show_message(Role.WARN, str(error))
                return
        self._flow.when_no_run(lambda: self._show_new_run(config), "a new run")

    def choose_task(self, task: str) -> None:
        """Show the page of a new run with a task, once no run is open."""
        self._flow.when_no_run(lambda: self._show_new_run(None).choose_task(task), "a new run")

    def end(self) -> None:
        """End the threads and processes of the pages."""
        if self._start_page is not None:
            self._start_page.stop()
        if self._new_run is not None:
            self._new_run.end()
        if self._runs_page is not None:
            self._runs_page.board.stop()

    def _show_new_run(self, config: Config | None) -> NewRunPage:
        if self._new_run is None:
            from dreamer_studio.studio.new_run.page import NewRunPage  # noqa: PLC0415  (not needed for the start page)

            self._new_run = NewRunPage(self._theme, self._base, device=self._flow.device, roots=self._roots)
            self._new_run.startWanted.connect(self._start)
            self._new_run.studyWanted.connect(self._start_study)
            self._new_run.canceled.connect(self.show_start)
        if config is not None:
            self._new_run.take_settings(config)
        self._window.show_page(self._new_run)
        return self._new_run

    def _start(self, new: NewRun) -> None:
        words = tuple(shlex.split(new.command)[1:])
        self._flow.open(OpenRequest(functools.cache(lambda _: new.plan()), words, new.paused))

    def _start_study(self, new: NewStudy) -> None:
        """Train a study in the background, and show its runs as soon as there are any."""
        folder = self._flow.without_window.train_study(new)
        if folder is None:
            return
        if new.root.resolve() not in [each.resolve() for each in self._folders()]:
            self.preferences.change("runs_folders", (*self._settings.current.runs_folders, str(folder)))
        self.show_runs()
        if self._runs_page is not None:
            self._runs_page.board.select_study(folder)

    def _make_start_page(self) -> StartPage:
        from dreamer_studio.studio.start.page import StartPage  # noqa: PLC0415  (a run on show comes first)

        flow, actions = self._flow, self._window.action_set
        start = StartPage(self._theme, self._folders())
        start.sort_by(self._settings.current.runs_order)
        start.sorted.connect(lambda order: self._settings.change(runs_order=order))
        start.newRunWanted.connect(self.show_new_run)
        start.openFolderWanted.connect(flow.choose_folder)
        start.exampleWanted.connect(lambda: flow.open(example(base=self._base)))
        start.guideWanted.connect(actions["help.guide"].trigger)
        self._connect_list(start.runs)
        return start

    def _connect_list(self, runs: RunsCard) -> None:
        """Carry out the user's actions on the runs of a list."""
        flow, actions = self._flow, self._window.action_set
        runs.openWanted.connect(lambda folder, watch: flow.open_folder(folder, watch=watch))
        runs.bestWanted.connect(lambda folder: flow.open_folder(folder, watch=True, checkpoint=BEST))
        runs.stopWanted.connect(flow.without_window.stop)
        runs.compareWanted.connect(flow.compare)
        runs.overlayWanted.connect(flow.overlay)
        runs.settingsWanted.connect(self.show_new_run)
        runs.averagesWanted.connect(actions["view.runs"].trigger)
        runs.foldersWanted.connect(actions["file.preferences"].trigger)

    def _connect_workspace(self, workspace: Workspace) -> None:
        """Let the Runs workspace of an open run list the same runs as the page, and open them."""
        from dreamer_studio.studio.runs.workspace import RunsWorkspace  # noqa: PLC0415  (an open run has loaded it)

        if isinstance(workspace, RunsWorkspace):
            self._connect_board(workspace.board)

    def _connect_board(self, board: RunsBoard) -> None:
        self._connect_list(board.runs)
        board.set_folders(self._folders())
        board.set_others(self._flow.recent.folders)
        self.foldersChanged.connect(board.set_folders)

    def _folders(self) -> tuple[Path, ...]:
        return all_folders(self._base, self._settings)

    def _roots(self) -> tuple[Path, ...]:
        return (*self._folders(), *self._flow.recent.folders)

    def _list_folders(self, folders: Sequence[Path]) -> None:
        if self._start_page is not None:
            self._start_page.set_folders(folders)
        self.foldersChanged.emit(tuple(folders))
