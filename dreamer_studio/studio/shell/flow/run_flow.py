"""Decides which run or page the window shows, and what becomes of a training that the user leaves."""

from __future__ import annotations

import functools
import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from dreamer_studio.config import ConfigError
from dreamer_studio.files import UnfitFileError
from dreamer_studio.runs.best import NEWEST
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lock import find_holder
from dreamer_studio.studio.shell.dialogs.leaving import Leave, ask_to_close_run, ask_to_open_another
from dreamer_studio.studio.shell.flow.films import Films
from dreamer_studio.studio.shell.flow.instances import raise_window_of
from dreamer_studio.studio.shell.flow.paths import Kind, kind_of, run_of
from dreamer_studio.studio.shell.flow.preferences import all_folders
from dreamer_studio.studio.shell.flow.questions import ask_for_trust, ask_to_watch
from dreamer_studio.studio.shell.flow.recent import RecentRuns
from dreamer_studio.studio.shell.flow.requests import OpenRequest, existing_run
from dreamer_studio.studio.shell.flow.stop_banner import StopBanner
from dreamer_studio.studio.shell.flow.trainer_banner import TrainerBanner
from dreamer_studio.studio.shell.flow.without_window import WithoutWindow, resume_words
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import ClosedRun, StudioWindow
from dreamer_studio.studio.widgets.folder_dialog import ask_for_folder
from dreamer_studio.viewing.role import Role

if TYPE_CHECKING:
    from dreamer_studio.runs.planning import RunPlan
    from dreamer_studio.session import Session
    from dreamer_studio.studio.shell.run_view import RunView

_log = logging.getLogger(__name__)


class RunFlow(QObject):
    """Opens, closes and hands over the runs of one window.

    Attributes:
        device: where runs compute: "auto", "cpu", "cuda" or "mps".
        recent: the runs that were open last.
        without_window: the trainings without a window.
        farewell: what the command says on the terminal when the window has closed; empty if there is nothing to say.
        last: the run that was open when the window closed; None if it showed a page.

    Args:
        window: the window.
        settings: the settings, with the list of recent runs.
        device: the attribute `device`.
        base: the parent folder of new runs.
        shared: whether to look for other windows that show the same run.
    """

    homeWanted = Signal()
    """Emitted when the window should show the start page."""

    def __init__(self, window: StudioWindow, settings: SettingsFile, device: str, base: Path, *, shared: bool) -> None:
        super().__init__(window)
        self._window, self._settings, self.device, self._base = window, settings, device, base
        self._shared = shared
        self._then: Callable[[], object] | None = None
        self.farewell = ""
        self.last: ClosedRun | None = None
        self.recent = RecentRuns(window, settings, window.action_set["file.recent"], self.open_folder)
        self.without_window = WithoutWindow(window, device)
        self._films = Films(window, self._roots, lambda: self.recent.folders, self._watch)
        window.runOpened.connect(self._follow)
        window.runStays.connect(self._forget_next)
        window.runClosed.connect(self._go_on)
        window.dropped.connect(lambda paths: self.open_path(paths[0]))
        window.action_set.bind(
            {
                "file.open": self.choose_folder,
                "file.recent": lambda: None,  # shows a menu
                "file.close": self.close_run,
                "file.new_window": lambda: self.open_window("--new-window"),
            }
        )

    def open(self, request: OpenRequest, then: Callable[[RunView], object] | None = None) -> None:
        """Open a run in this window. If another run trains here, ask what becomes of that run.

        Args:
            request: the run.
            then: called with the open run.
        """
        plan = self._plan(request)
        if plan is None or (not plan.watch and self._refuse_held(plan.folder.path)):
            return
        self._when_free(functools.partial(self._show, request, then), plan.folder.path.name, request.arguments)

    def open_folder(
        self,
        folder: Path,
        *,
        watch: bool = False,
        checkpoint: str = NEWEST,
        then: Callable[[RunView], object] | None = None,
    ) -> None:
        """Open an existing run, to train it or only to watch it.

        If a window shows the run already, say so; another window comes to the front.

        Args:
            folder: the run.
            watch: whether its policy only plays.
            checkpoint: whose policy plays: ``newest``, ``best`` or an environment step.
            then: called with the open run.
        """
        if not watch and then is None and _is_open(self._window, folder):
            self._window.say(f"{folder.name} is open in this window already.")
            return
        if not watch and self._shared and raise_window_of(str(folder.resolve())):
            self._window.say(f"{folder.name} is open in another window, which comes to the front.")
            return
        try:
            config, holder = RunFolder(folder).read(), find_holder(folder)
        except (InputError, ConfigError, UnfitFileError, OSError) as error:
            self._warn(str(error))
            return
        trusted = config.task if _needs_trust(config.task) else None
        if trusted is not None and not ask_for_trust(self._window, folder, trusted):
            return
        if not watch and holder is not None and holder.held and not holder.ours:
            watch = ask_to_watch(self._window, folder, holder)
            if not watch:
                return
        request = existing_run(
            folder, base=self._base, watch=watch, trusted_task=trusted, checkpoint=checkpoint if watch else NEWEST
        )
        self.open(request, then)

    def compare(self, folders: Sequence[Path]) -> None:
        """Open the first of some runs, without training it, and add the others in the Compare workspace."""
        first, *others = folders

        def add_others(run: RunView) -> None:
            from dreamer_studio.studio.compare.workspace import CompareWorkspace  # noqa: PLC0415  (loads plots)

            workspace = run.tabs.of(CompareWorkspace)
            run.tabs.show_workspace(workspace)
            for other in others:
                workspace.add_run(str(other))

        self.open_folder(first, watch=True, then=add_others)

    def overlay(self, folders: Sequence[Path]) -> None:
        """Open the first of some runs, without training it, and lay the others over it in the Curves workspace."""
        first, *others = folders

        def lay_over(run: RunView) -> None:
            from dreamer_studio.studio.curves.workspace import CurvesWorkspace  # noqa: PLC0415  (loads plots)

            run.tabs.show_workspace(run.tabs.of(CurvesWorkspace))
            for other in others:
                run.curves.add_run(other)

        self.open_folder(first, watch=True, then=lay_over)

    def open_path(self, path: Path) -> None:
        """Open what a path leads to: a run, a scene for the run on show, or a film with its run. Say why if not."""
        match kind_of(path):
            case Kind.RUN if (folder := run_of(path)) is not None:
                self.open_folder(folder)
            case Kind.RUN:
                self._warn(f"{path} is not a run: it has no config.json.")
            case Kind.SCENE if self._window.has_run:
                self._window.run.docks.replay.dream_from_file(path)
            case Kind.SCENE:
                self._warn(f"Open a run first: a model dreams from the scene {path.name}.")
            case Kind.FILM:
                self._films.open(path)
            case Kind.NOTHING:
                self._warn(f"{path.name} is neither the folder of a run, nor a scene, nor a film.")

    def _watch(self, folder: Path, then: Callable[[RunView], object]) -> None:
        self.open_folder(folder, watch=True, then=then)

    def _roots(self) -> tuple[Path, ...]:
        return all_folders(self._base, self._settings)

    def choose_folder(self) -> None:
        """Ask for the folder of a run, and open it."""
        ask_for_folder(self._window, "Open run folder", self.open_path, str(self._base))

    def close_run(self) -> None:
        """Save the run on show and go back to the start page. Ask during a training, unless the user prefers not to."""
        if not self._window.has_run or self._window.run.closing.begun:
            return
        asks = self._settings.current.ask_before_closing
        answer = self._window.run.closing.ask(self._window, ask_to_close_run if asks else None)
        if answer is not Leave.STAY:
            self._window.close_run(hand_over=answer is Leave.HAND_OVER)

    def when_no_run(self, then: Callable[[], object], what: str) -> None:
        """Call a function once no run is open. If a run trains here, ask what becomes of that run.

        Args:
            then: called once no run is open.
            what: what the user opens instead, as words for the question, such as "a new run".
        """
        self._when_free(then, what, ("--new-window",))

    def open_window(self, *arguments: str) -> None:
        """Open another window, as a process of its own."""
        try:
            subprocess.Popen(
                [sys.executable, "-m", "dreamer_studio", *arguments],
                stdin=subprocess.DEVNULL,
                start_new_session=sys.platform != "win32",
            )
        except OSError as error:
            self._warn(f"No other window can be opened: {error}.")

    def _plan(self, request: OpenRequest) -> RunPlan | None:
        """Return the plan of a request, or None after a banner says why there is none."""
        from dreamer_studio.envs import EnvError, UnknownTaskError  # noqa: PLC0415  (not needed for a page)

        try:
            return request.plan_for(self.device)
        except (InputError, ConfigError, UnknownTaskError, EnvError, UnfitFileError, OSError) as error:
            self._warn(str(error))
            return None

    def _refuse_held(self, folder: Path) -> bool:
        """Refuse a run that another process trains, before the run is loaded. Return whether the run is refused."""
        try:
            holder = find_holder(folder)
        except (UnfitFileError, OSError):  # opening the run says what is wrong
            return False
        if holder is None or not holder.held or holder.ours:
            return False
        text = f"{folder.name} is being trained by {holder}, so it cannot be trained here."
        watch = ("Watch it", functools.partial(self.open_folder, folder, watch=True))
        self._window.banners.show_message(Role.WARN, text, "", watch)
        if not self._window.has_run:
            self.homeWanted.emit()
        return True

    def _when_free(self, then: Callable[[], object], what: str, arguments: tuple[str, ...]) -> None:
        if not self._window.has_run:
            then()
            return
        run = self._window.run
        if run.closing.begun:
            self._then = then
            return
        name = run.session.status.get().folder.name
        answer = run.closing.ask(self._window, lambda parent, resume: ask_to_open_another(parent, name, what, resume))
        if answer is Leave.SECOND_WINDOW:
            self.open_window(*arguments)
        elif answer is not Leave.STAY:
            self._then = then
            self._window.close_run(hand_over=answer is Leave.HAND_OVER)

    def _show(self, request: OpenRequest, then: Callable[[RunView], object] | None) -> None:
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)  # the first run loads plots and workspaces
        try:
            run = self._window.open_run(self.make_session(request))
        finally:
            QApplication.restoreOverrideCursor()
        if then is not None:
            then(run)

    def make_session(self, request: OpenRequest) -> Session:
        """Make the session of a request.

        Raises:
            Exception: any exception of its plan.
        """
        from dreamer_studio.studio.shell.flow.sessions import make_session  # noqa: PLC0415  (not needed for a page)

        return make_session(request.plan_for, self.device, paused=request.paused)

    def _follow(self, run: RunView) -> None:
        StopBanner(run, self._window, self.close_run)
        TrainerBanner(run, self._window, lambda: self.open_folder(run.session.status.get().folder))
        run.stateChanged.connect(lambda _: self._note_recent(run))
        run.watchWanted.connect(lambda: self._watch_instead(run.session.status.get().folder))
        run.backWanted.connect(self._window.close_run)

    def _note_recent(self, run: RunView) -> None:
        status = run.session.status.get()
        if status.spec is not None:  # the folder of a new run is known once the run is open
            self.recent.note(status.folder)

    def _watch_instead(self, folder: Path) -> None:
        self._then = functools.partial(self.open_folder, folder, watch=True)
        self._window.close_run()

    def _go_on(self, closed: ClosedRun) -> None:
        then, self._then = self._then, None
        handed_over = self.without_window.hand_over(closed) if closed.handed_over else ""
        if closed.leaving:
            self.last = closed
            self.farewell = handed_over or resume_words(closed.status, self.device)
            return
        self.homeWanted.emit()
        if then is not None:
            then()

    def _forget_next(self) -> None:
        self._then = None

    def _warn(self, text: str) -> None:
        self._window.banners.show_message(Role.WARN, text)


def _is_open(window: StudioWindow, folder: Path) -> bool:
    """Return whether a window has opened a run, and not only to watch the run."""
    if not window.has_run:
        return False
    status = window.run.session.status.get()
    opened = status.spec is not None and not status.watching and not window.run.closing.begun
    return opened and status.folder.resolve() == folder.resolve()


def _needs_trust(task: str) -> bool:
    from dreamer_studio.envs import needs_trust  # noqa: PLC0415  (not needed for a page)

    return needs_trust(task)
