"""The main window: it assembles the parts, reads the mailboxes at 30 Hz, and closes without leaving anything behind."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QDialog, QDockWidget, QMainWindow, QTabWidget, QVBoxLayout, QWidget

from dreamer_studio.diagnostics import diagnostics
from dreamer_studio.envs import EnvSpec
from dreamer_studio.runs.planning import resume_line
from dreamer_studio.session import START, Command, CommandRefusedError, GoBack, Quit, Session, State, Status
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.live.curves_panel import describe_change
from dreamer_studio.studio.live.workspace import LiveWorkspace
from dreamer_studio.studio.replay.dock import ReplayDock
from dreamer_studio.studio.shell.action_set import ActionSet
from dreamer_studio.studio.shell.closing import may_leave, offer_to_leave_at_once
from dreamer_studio.studio.shell.failure_banners import FailureBanners
from dreamer_studio.studio.shell.garbage import GarbageKeeper
from dreamer_studio.studio.shell.help import show_about, show_help
from dreamer_studio.studio.shell.last_seconds import LastSeconds
from dreamer_studio.studio.shell.placement import place_decorated, restore_layout, restore_place, save_layout
from dreamer_studio.studio.shell.run_panel import RunPanel
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.status_bar import StudioStatusBar
from dreamer_studio.studio.shell.toolbar import RunToolbar
from dreamer_studio.studio.theme import Scheme, Theme
from dreamer_studio.studio.threads import CompareThread, SessionThread, SnapshotThread, TwinThread
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.studio.widgets.icons import app_icon
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.studio.workspaces import EVERY_ACTION, WORKSPACES
from dreamer_studio.viewing.channel import Reply
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.live.messages import DreamResult, LiveResult
from dreamer_studio.viewing.overhead import ViewerOverhead
from dreamer_studio.viewing.replay.messages import ReplayChannels
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.throttle import Throttle

if TYPE_CHECKING:
    from dreamer_studio.studio.film.export_dialog import ExportDialog

TICK_MS = 33
FACTS_SECONDS = 0.5  # between looks at the facts in the run panel and the status bar
UNSEEN_MS = 3000  # a window that nobody sees yet is not drawn; its training begins all the same
ASKING_STATES = {State.RUNNING, State.PAUSED, State.WAITING}
DOCK_HEIGHTS = (500, 360)  # of Run and of Control, where both are on show


class StudioWindow(QMainWindow):
    """One run, its training and its dreams.

    It owns the threads; `close` asks once while a training is going on, saves, and waits for all without
    blocking the event loop.

    Attributes:
        channels: what it asks its workers for.
        replay_channels: what its replay browser asks for.

    Args:
        theme: gives the colors.
        session: what it shows and talks to.
        settings: theme and layout are read from it and written to it.
        last_news: gives the last warnings and errors of the log.
    """

    leaving = Signal()
    """It begins to close; everything is still on show."""

    abandoned = Signal()
    """A person does not want to wait for the end of the closing; whoever owns the process ends it."""

    def __init__(
        self,
        theme: Theme,
        session: Session,
        settings: SettingsFile,
        last_news: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        super().__init__()
        self._last_news = last_news
        self._theme = theme
        self._session = session
        self._settings = settings
        self._answers: list[tuple[Future[str], Callable[[str], None]]] = []
        self._changes: list[str] = []
        self._read = START
        self._leaving = False
        self._goodbye: Future[str] | None = None
        self._insisting = False
        self._unsaved = False
        self._saved: tuple[int, float] | None = None
        self._place_due = True
        self.channels = Channels()
        self._export: ExportDialog | None = None
        self._session_thread = SessionThread(session, self)
        self.replay_channels = ReplayChannels()
        self.banners = BannerStack(theme)
        self._live = LiveWorkspace(theme, session, self.channels)
        self._dreaming = DreamWorkspace(theme, self.channels, self.replay_channels)
        self._comparing = CompareWorkspace(theme, self.channels.compare, lambda: self._dreaming.frame)
        self._replay = ReplayDock(theme, session, self.replay_channels, self)
        self._onlookers = (
            SnapshotThread(session, self.channels, self.replay_channels, self),
            TwinThread(session, self.channels, self),
            CompareThread(session, self.channels.compare, self),
            self._replay.reading,
        )
        self._failures = FailureBanners(
            self.banners, session, self._onlookers, functools.partial(self._submit, GoBack())
        )
        self._last_seconds = LastSeconds(session, self._live, self._dreaming, self._comparing, settings, self)
        self._workspaces = QTabWidget()
        self._pages: dict[QWidget, QWidget] = {}
        self._run_panel = RunPanel(theme)
        self._status_bar = StudioStatusBar(theme)
        self._actions = ActionSet(theme, self, EVERY_ACTION)
        self.controls = RunToolbar(self, self._actions)
        self._assemble()
        self._facts_due = Throttle(FACTS_SECONDS)
        self._state_shown: State | None = None
        self._spec: EnvSpec | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._starter = QTimer(self)
        self._starter.setSingleShot(True)
        self._starter.timeout.connect(self._start_threads)
        self._garbage = GarbageKeeper(self)
        onlookers = (functools.partial(getattr, thread, "processor_seconds") for thread in self._onlookers)
        self._cost = ViewerOverhead((time.thread_time, *onlookers))

    def begin(self) -> None:
        """Start the clock, and the threads once the window has been drawn.

        Opening the training loads torch, which keeps other threads from running for a good part of its seconds.
        """
        self._set_viewing_horizon(self.controls.viewing_horizon)
        self._live.setFocus()
        self._tick()
        self._timer.start(TICK_MS)
        self._starter.start(UNSEEN_MS)

    @property
    def trains(self) -> bool:
        """Whether its training, or playing, has started and not ended; from any thread."""
        return self._session_thread.isRunning()

    def leave(self, *, insist: bool = False) -> None:
        """Close without asking: save, end all threads, and go.

        Where no checkpoint can be written the window stays, with a banner, and closing again leaves without one;
        `insist` leaves then as well.
        """
        self._insisting = self._insisting or insist
        if self._leaving:
            return
        self._leaving = True
        self.leaving.emit()
        self._close_dialogs()
        self.controls.disable()
        save_layout(self, self._settings)
        if self._export is not None:
            self._export.reject()
        self._status_bar.say("Saving and closing...")
        if self._starter.isActive():  # there is nothing to end yet
            self._starter.stop()
        else:
            self._goodbye = self._session.submit(Quit(save=not self._unsaved))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while a training is going on; then leave. Closing again offers to do so at once."""
        if self._busy():
            event.ignore()
            if self._leaving:
                self._offer_to_leave_at_once()
            elif self._may_leave():
                self.leave()
            return
        self._timer.stop()
        self._starter.stop()
        self._garbage.stop()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the threads begin after the first image: once the event loop has done all of this one."""
        super().paintEvent(event)
        if self._place_due:
            self._place_due = False
            QTimer.singleShot(0, self, lambda: place_decorated(self))
        if self._starter.isActive():
            self._starter.start(0)

    def changeEvent(self, event: QEvent) -> None:
        """Compute nothing for a window that nobody can see."""
        if event.type() is QEvent.Type.WindowStateChange:
            for thread in self._onlookers:
                thread.set_watched(not self.isMinimized())
        super().changeEvent(event)

    def _start_threads(self) -> None:
        self._garbage.start()
        self._session_thread.start()
        for thread in self._onlookers:
            thread.start(thread.Priority.LowPriority)

    def _assemble(self) -> None:
        self.setWindowTitle("Dreamer Studio")
        self.setWindowIcon(app_icon())
        self.setObjectName("studio")
        self._workspaces.setDocumentMode(True)
        for workspace, word in ((self._live, "Live"), (self._dreaming, "Dream"), (self._comparing, "Compare")):
            self._pages[workspace] = scrolled(workspace)
            self._workspaces.addTab(self._pages[workspace], word)
        self._workspaces.currentChanged.connect(lambda _: self._change_workspace())
        self._bind_actions()
        self.controls.add_toolbar(self._actions["film.export"])
        self.controls.command.connect(self._submit)
        self.controls.viewingHorizonChanged.connect(self._set_viewing_horizon)
        self._dreaming.lengthWanted.connect(self.controls.set_viewing_horizon)
        self._dreaming.problemFound.connect(lambda text: self.banners.show_message(Role.WARN, text))
        self._comparing.problemFound.connect(lambda text: self.banners.show_message(Role.WARN, text))
        self._last_seconds.kept.connect(lambda path: self._status_bar.say(f"Kept in {path}"))
        self._last_seconds.failed.connect(lambda text: self.banners.show_message(Role.WARN, text))
        self._live.frameShown.connect(self._show_action)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banners)
        layout.addWidget(self._workspaces, 1)
        self.setCentralWidget(central)
        dock = QDockWidget("Run", self)
        dock.setObjectName("run-dock")
        dock.setWidget(self._run_panel)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self._replay)
        self.resizeDocks([dock, self._replay], [330, 440], Qt.Orientation.Horizontal)
        self._control_dock = QDockWidget("Control", self)
        self._control_dock.setObjectName("control-dock")
        self._control_dock.setWidget(self._dreaming.control)
        # It comes and goes with the Dream workspace; as a window of its own it would take the keys from the image.
        self._control_dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._control_dock)
        self._replay.hide()
        self._replay.dreamWanted.connect(self._dream_from)
        self._replay.told.connect(self._tell)
        self.resizeDocks([dock, self._control_dock], [*DOCK_HEIGHTS], Qt.Orientation.Vertical)
        self._actions.bind({"view.run": dock.toggleViewAction()})
        self.setStatusBar(self._status_bar)
        self._place_due = not restore_place(self, self._settings)
        restore_layout(self, self._settings)
        self._control_dock.hide()
        if self._settings.problem:
            self.banners.show_message(Role.WARN, self._settings.problem)

    def _bind_actions(self) -> None:
        self._actions.bind(
            {
                "film.export": self._open_export,
                "film.keep": self._last_seconds.keep,
                "film.seconds": self._last_seconds.choose,
                "scene.open": self._replay.open_scene,
                "scene.save": functools.partial(self._with_frame, self._replay.save_scene),
                "dream.bookmark": functools.partial(self._with_frame, self._replay.bookmark),
                "dream.here": self._dream_from_here,
                "dream.control": self._take_control,
                "dream.futures": self._dreaming.imagine_futures,
                "dream.branch": self._dreaming.branch_here,
                "dream.twin": self._dreaming.twin_action,
                "view.error": self._live.toggle_error,
                "view.replay": self._replay.toggleViewAction(),
                "window.quit": self.close,
                "help.keys": lambda: show_help(self),
                "help.diagnostics": self._copy_diagnostics,
                "help.about": lambda: show_about(self),
            }
        )
        for place, spec in enumerate(WORKSPACES):
            self._actions.bind({spec.action.id: functools.partial(self._workspaces.setCurrentIndex, place)})
        for scheme in get_args(Scheme):
            self._actions.bind({f"theme.{scheme}": functools.partial(self._set_theme, scheme)})

    def _tick(self) -> None:
        if self._leaving and self._has_left():
            return
        status = self._session.status.get()
        if status.spec is not None and status.spec is not self._spec:
            self._show_spec(status.spec, status)
        if not self.isMinimized():
            if self._live.isVisible():
                self._live.refresh(status)
            if self._dreaming.isVisible():
                self._dreaming.refresh(status)
            if self._comparing.isVisible():
                self._comparing.refresh(status)
            self._replay.refresh(*self._dreaming.framing)
            self._last_seconds.note()
            if status.state is not self._state_shown or self._facts_due():
                self._state_shown = status.state
                self._show_facts(status)
        if not self._leaving:
            if status.state is State.RUNNING or status.saved != self._saved:
                self._unsaved = False  # it can be saved, and is to be again
            self.controls.show_status(status)
        self._collect_answers()
        self._failures.refresh()

    def _show_spec(self, spec: EnvSpec, status: Status) -> None:
        self._spec = spec
        for part in (self._live, self._run_panel, self._dreaming):
            part.set_spec(spec)
        self.setWindowTitle(f"{status.folder.name} \N{MIDDLE DOT} {status.config.task} - Dreamer Studio")

    def _show_facts(self, status: Status) -> None:
        if status.state is not State.OPENING:
            self._run_panel.show_status(status)
            self._show_changes()
        dream: DreamResult | Scene | None = None
        if self._live.isVisible():
            dream = self.channels.dream.result
        elif self._dreaming.isVisible() and self._dreaming.on_show is not None:
            dream = self._dreaming.on_show.scene
        self._status_bar.show_status(status, dream, self._cost.take())

    def _busy(self) -> bool:
        exporting = self._last_seconds.busy or (self._export is not None and self._export.running)
        return exporting or self._threads_run()

    def _threads_run(self) -> bool:
        return any(thread.isRunning() for thread in (self._session_thread, *self._onlookers))

    def _has_left(self) -> bool:
        """See how the leaving goes: close when all has ended, or stay if the checkpoint could not be written."""
        if self._goodbye is not None and self._goodbye.done():
            failed = self._goodbye.exception() is not None and self._session_thread.isRunning()
            self._goodbye = None
            if failed:
                self._leaving, self._unsaved = False, True
                self._saved = self._session.status.get().saved
                self._close_dialogs()
                if self._insisting:
                    self.leave(insist=True)
                return False
            for thread in self._onlookers:
                thread.stop()
        if self._goodbye is None and not self._threads_run():
            self._last_seconds.cancel()  # a film that is being kept had the time that all the rest took
        if self._goodbye is None and not self._busy():
            self._close_dialogs()
            self.close()
            return True
        return False

    def _submit(self, command: Command) -> None:
        self._answers.append((self._session.submit(command), self._status_bar.say))
        # A button that is greyed now would hand its focus to a number box, which eats keys.
        self._workspaces.currentWidget().setFocus()

    def _collect_answers(self) -> None:
        waiting = []
        for future, react in self._answers:
            if not future.done():
                waiting.append((future, react))
            elif (error := future.exception()) is None:
                react(future.result())
            elif isinstance(error, CommandRefusedError):
                self.banners.show_message(Role.WARN, str(error))
            else:
                self.banners.show_message(Role.ERROR, f"{type(error).__name__}: {error}")
        self._answers = waiting

    def _show_action(self, view: LiveResult) -> None:
        self._run_panel.show_action(view.action, self._session.status.get())

    def _show_changes(self) -> None:
        rows, place = self._session.rows_since(self._read)
        if place.opening != self._read.opening:
            self._changes.clear()
        self._read = place
        self._changes += [f"{row['step']:,} steps: {describe_change(row)}" for row in rows if row["kind"] == "change"]
        self._run_panel.show_changes(self._changes)

    def _open_export(self) -> None:
        snapshot, status = self._session.snapshots.latest, self._session.status.get()
        on_screen = self._last_seconds.on_screen()
        if snapshot is not None and snapshot.update == 0:
            snapshot = None
        if snapshot is None and not on_screen:
            self.banners.show_message(Role.WARN, "There is nothing to export yet: nothing has been on show.")
            return
        if self._export is not None:
            self._export.activateWindow()
            return
        from dreamer_studio.studio.film.export_dialog import ExportDialog  # noqa: PLC0415  (needs torch, which has come now)

        self._export = ExportDialog(snapshot, on_screen, status.folder, self.controls.viewing_horizon, self)
        self._export.finished.connect(self._forget_export)
        self._export.finishedExport.connect(lambda path: self._status_bar.say(f"Exported to {path}"))
        self._export.failedExport.connect(lambda text: self.banners.show_message(Role.WARN, text))
        self._export.show()

    def _forget_export(self) -> None:
        self._export = None

    def _dream_from_here(self) -> None:
        """From the frame on show, in the workspace that is made for it."""
        if self._replay.frame is not None:
            self._dream_from(self._replay.frame)
        elif self._dreaming.isVisible():
            self._dreaming.dream_from_cursor()
        else:
            self._dreaming.dream_from_newest()
            self._workspaces.setCurrentWidget(self._pages[self._dreaming])

    def _dream_from(self, frame: FrameRef) -> None:
        self._dreaming.dream_from(frame)
        self._workspaces.setCurrentWidget(self._pages[self._dreaming])
        self._dreaming.setFocus()

    def _with_frame(self, act: Callable[[FrameRef | None], None]) -> None:
        """Do something with the recorded frame that a person looks at: in the browser, in a dream, or the newest."""
        live = self.channels.live.result
        if self._replay.frame is not None:
            act(self._replay.frame)
        elif self._dreaming.isVisible():
            act(self._dreaming.frame)
        else:
            act(FrameRef(True, live.episode, live.index) if live is not None else None)

    def _tell(self, reply: Reply) -> None:
        if reply.bad:
            self.banners.show_message(Role.WARN, reply.text)
        else:
            self._status_bar.say(reply.text)

    def _take_control(self) -> None:
        self._workspaces.setCurrentWidget(self._pages[self._dreaming])
        self._dreaming.take_control()

    def _change_workspace(self) -> None:
        """What is hidden asks for nothing and is not drawn."""
        self._control_dock.setVisible(self._dreaming.isVisible())
        if self._dreaming.isVisible():
            self._dreaming.begin()
        self._workspaces.currentWidget().setFocus()

    def _set_viewing_horizon(self, steps: int) -> None:
        self._live.set_viewing_horizon(steps)
        self._dreaming.set_viewing_horizon(steps)

    def _may_leave(self) -> bool:
        status = self._session.status.get()
        if status.watching or (status.state not in ASKING_STATES and not self._unsaved):
            return True
        return may_leave(self, resume_line(status.folder, status.config), unsaved=self._unsaved)

    def _offer_to_leave_at_once(self) -> None:
        self._close_dialogs()
        offer_to_leave_at_once(self, self.abandoned)

    def _close_dialogs(self) -> None:
        """None that is open keeps the program from ending, or asks what is settled by now."""
        for dialog in self.findChildren(QDialog):
            if dialog is not self._export:
                dialog.reject()

    def _set_theme(self, scheme: Scheme) -> None:
        self._theme.set_scheme(scheme)
        self._settings.change(theme=scheme)

    def _copy_diagnostics(self) -> None:
        screen = self.screen()
        facts = {
            "screen": f"{QGuiApplication.platformName()}, {screen.size().width()} x {screen.size().height()}, "
            f"scale {screen.devicePixelRatio():g}",
            "theme": self._settings.current.theme,
        }
        text = diagnostics(self._session.status.get(), self._last_news(), facts)
        QGuiApplication.clipboard().setText(text)
        self._status_bar.say("Diagnostics copied: plain text to paste where you ask for help")
