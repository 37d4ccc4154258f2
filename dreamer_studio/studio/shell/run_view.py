"""Everything in the window that belongs to one run: its workspaces, docks, threads, banners, and the clock."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.resources import is_demo
from dreamer_studio.runs.errors import RunLockedError
from dreamer_studio.session import Command, GoBack, Resume, Session, State, Status
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.curve_cards.choices import kept_choices
from dreamer_studio.studio.curve_cards.kept_runs import keep_runs
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.curves.workspace import CurvesWorkspace
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.film.exports import Exports
from dreamer_studio.studio.film.last_seconds import LastSeconds
from dreamer_studio.studio.health.watch import HealthWatch
from dreamer_studio.studio.learn.workspace import LearnWorkspace
from dreamer_studio.studio.live.workspace import LiveWorkspace
from dreamer_studio.studio.replay.workers import search_workers
from dreamer_studio.studio.run_settings.dialog import RunSettings
from dreamer_studio.studio.shell.action_set import ActionSet
from dreamer_studio.studio.shell.closing import Closing, close_dialogs
from dreamer_studio.studio.shell.docks import Docks
from dreamer_studio.studio.shell.failure_banners import FailureBanners
from dreamer_studio.studio.shell.fitting.presenting import Presenting
from dreamer_studio.studio.shell.fitting.text_size import TextSize
from dreamer_studio.studio.shell.frame_actions import FrameActions
from dreamer_studio.studio.shell.guidance.header import RunHeader
from dreamer_studio.studio.shell.guidance.hint_bar import HintBar
from dreamer_studio.studio.shell.guidance.hinting import Hinting
from dreamer_studio.studio.shell.placement import restore_layout, save_layout
from dreamer_studio.studio.shell.run_threads import RunThreads
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.status_bar import StudioStatusBar
from dreamer_studio.studio.shell.submitted_commands import SubmittedCommands
from dreamer_studio.studio.shell.telling.outcomes import Outcomes
from dreamer_studio.studio.shell.toolbar import RunToolbar
from dreamer_studio.studio.shell.trust_actions import TrustActions
from dreamer_studio.studio.shell.workspace_tabs import WorkspaceTabs
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import Action, BannerStack
from dreamer_studio.studio.widgets.text import page_label
from dreamer_studio.studio.workspace import Reaction, RunContext, Workspace
from dreamer_studio.studio.workspaces import viewing_threads
from dreamer_studio.training.errors import NotFiniteError
from dreamer_studio.viewing.channel import Reply
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.film.captures import LiveCapture, SceneCapture
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.live.messages import DreamResult
from dreamer_studio.viewing.replay.messages import ReplayChannels
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.throttle import Throttle

if TYPE_CHECKING:
    from dreamer_studio.export.style import Colors
    from dreamer_studio.library.trainer import Life
    from dreamer_studio.runs.lease.status import TrainerState

TICK_MS = 33
NOT_LOADED = "Not loaded"
FACTS_SECONDS = 0.5
"""Time between updates of the facts in the Facts dock and the status bar."""

_HINT_OF: Final = {DreamWorkspace: "dream", CompareWorkspace: "checkpoint", CurvesWorkspace: "test"}
"""Keys of the hints that lead to these workspaces."""


@dataclass(frozen=True)
class WindowParts:
    """The parts of the window that a run on show uses."""

    window: QMainWindow
    content: QStackedWidget
    theme: Theme
    settings: SettingsFile
    text_size: TextSize
    actions: ActionSet
    controls: RunToolbar
    banners: BannerStack
    status_bar: StudioStatusBar
    toolbar: QToolBar

    def show(self) -> None:
        """Show the parts that only a run has."""
        self.toolbar.show()
        self.status_bar.show()

    def hide(self) -> None:
        """Hide the parts that only a run has: no run is open."""
        self.controls.show_nothing()
        self.status_bar.show_nothing()
        self.toolbar.hide()
        self.status_bar.hide()


def make_parts(
    window: QMainWindow,
    content: QStackedWidget,
    theme: Theme,
    settings: SettingsFile,
    text_size: TextSize,
    actions: ActionSet,
    banners: BannerStack,
) -> WindowParts:
    """Add the toolbar and the status bar to a window."""
    controls, status_bar = RunToolbar(window, actions), StudioStatusBar(theme)
    toolbar = controls.add_toolbar(actions["film.export"])
    controls.show_nothing()
    window.setStatusBar(status_bar)
    return WindowParts(window, content, theme, settings, text_size, actions, controls, banners, status_bar, toolbar)


class RunView(QObject):
    """One run in the window, from its opening to its end.

    Attributes:
        session: the run.
        channels: the channels between the workspaces and their workers.
        replay_channels: the channels between the replay browser and its workers.
        curves: the rows and the choices behind all curves.
        tabs: the workspaces.
        header: the sentence on the state of the run, and hints.
        health: what the rules of Health find, in the status bar.
        body: the header above the workspaces; a text takes their place if the run could not be opened.
        docks: the docks.
        threads: the threads.
        clock: the timer that ticks 30 times a second.
        closing: the steps that close the run.
        handed_over: whether the training continues without a window once the run has closed.

    Args:
        parts: the parts of the window that the run uses.
        session: the run.
    """

    leaving = Signal()
    """Emitted when the run begins to close, while everything is still on show."""

    stays = Signal()
    """Emitted when no checkpoint can be written, so that the run stays open."""

    stateChanged = Signal(object)
    """Emitted with the new `State`."""

    trainerChanged = Signal(object)
    """Emitted with the `OtherTrainer` of a watched run, or None, when its life or state changes."""

    watchWanted = Signal()
    """Emitted when the user wants to watch this run, which another process trains."""

    backWanted = Signal()
    """Emitted when the user wants another run instead of this one."""

    ended = Signal()
    """Emitted when all threads and films have ended, and the window has its actions and docks back."""

    def __init__(self, parts: WindowParts, session: Session) -> None:
        super().__init__(parts.window)
        self._parts = parts
        self.session = session
        self.channels = Channels()
        self.replay_channels = ReplayChannels()
        settings = parts.settings
        choices = kept_choices(vars(settings.current), settings.change_soon, self)
        self.curves = CurveSource(
            choices, session.rows_since, lambda: session.status.get().config, self.channels.curves, self
        )
        keep_runs(self.curves, session.status.get().folder, lambda: settings.current.curves_runs, settings.change_soon)
        context = RunContext(
            parts.theme,
            session,
            self.channels,
            self.replay_channels,
            self.curves,
            lambda: self.tabs.of(DreamWorkspace).frame,
            lambda: self.health.health,
        )
        self.tabs = WorkspaceTabs(context)
        self._not_loaded = page_label(NOT_LOADED)
        self._shown = QStackedWidget()
        self._shown.addWidget(self.tabs)
        self._shown.addWidget(self._not_loaded)
        hinting = Hinting(
            HintBar(parts.theme),
            parts.settings,
            self.channels,
            lambda: self.curves.checkpoints,
            self._used_hints,
            lambda id_: parts.actions[id_].trigger(),
        )
        self.header = RunHeader(session, hinting)
        self.health = HealthWatch(session, parts.theme, self.channels.trust, parts.status_bar.health, self)
        self.body = _stacked(self.header, self._shown)
        parts.content.addWidget(self.body)
        self.tabs.make_early()
        dream = self.tabs.of(DreamWorkspace)
        self.docks = Docks(parts.window, context, dream.control)
        self._presenting = Presenting(
            parts.window, self.tabs, self.docks.set_aside, parts.text_size.enlarge, (self.header,)
        )
        viewing = (*viewing_threads(context, search_workers), self.docks.replay.reading)
        self.threads = RunThreads(session, viewing, self)
        self._outcomes = Outcomes(parts.banners, parts.status_bar.say)
        self._commands = SubmittedCommands(session, self._outcomes, parts.banners)
        self.handed_over = False
        resume = functools.partial(self.submit, Resume())
        self._failures = FailureBanners(parts.banners, session, self.threads.viewing, self._remedies, resume)
        self._run_settings = RunSettings(session, self.submit, parts.window)
        seconds = parts.settings.current.keep_seconds

        def colors() -> Colors:
            return "light" if parts.theme.palette.name == "light" else "dark"

        self._last_seconds = LastSeconds(session, self.tabs.capture, seconds, colors, parts.window, self)
        on_screen, length = self._last_seconds.on_screen, lambda: parts.controls.viewing_horizon
        self._exports = Exports(session, on_screen, length, colors, parts.window, self)
        self.closing = Closing(session, self.threads, self._last_seconds, self._exports, self)
        self._trust = TrustActions(self.tabs)
        self._frames = FrameActions(self.tabs, self.docks.replay, self.channels)
        self._facts_due = Throttle(FACTS_SECONDS)
        self._state: State | None = None
        self._announced: State | None = None
        self._trainer: tuple[Life, TrainerState] | None = None
        self._spec: EnvSpec | None = None
        self.clock = QTimer(self)
        self.clock.setTimerType(Qt.TimerType.PreciseTimer)
        self.clock.timeout.connect(self.tick)
        self._reactions: dict[str, Reaction] = {}
        self._connect()

    def begin(self) -> None:
        """Start the clock now, and the threads once the window has been drawn."""
        self._set_viewing_horizon(self._parts.controls.viewing_horizon)
        self.tabs.current.setFocus()
        self.tick()
        self.clock.start(TICK_MS)
        self.threads.begin()

    def close(self, *, insist: bool = False, hand_over: bool = False) -> None:
        """Save the run, end its threads, and emit `ended`, without blocking the event loop.

        If no checkpoint can be written, the run stays open with a banner; a second close gives up the checkpoint.

        Args:
            insist: whether to close the run in this case too.
            hand_over: whether the training continues without a window afterwards.
        """
        if self.closing.begin(insist=insist):
            self.handed_over = hand_over
            self.leaving.emit()
            self.close_dialogs()
            self._parts.controls.disable()
            with self.docks.unfolded():
                save_layout(self._parts.window, self._parts.settings)
            self._parts.status_bar.say("Saving and closing...")

    def end(self) -> None:
        """Remove the run from the window. All its threads must have ended."""
        self.clock.stop()
        self.threads.end()
        self._failures.end()
        self.health.end()
        close_dialogs(self._parts.window)
        self._parts.actions.release(self._reactions)
        self._parts.controls.command.disconnect(self.submit)
        self._parts.controls.viewingHorizonChanged.disconnect(self._set_viewing_horizon)
        self._presenting.end()
        self._presenting.deleteLater()
        self.docks.remove()
        self.curves.ended.emit()
        self.body.deleteLater()
        self.ended.emit()
        self.deleteLater()

    def set_keep_seconds(self, seconds: int) -> None:
        """Set how many seconds of the screen are kept for a film."""
        self._last_seconds.set_seconds(seconds)

    def dream_from(self, frame: FrameRef) -> None:
        """Dream from a frame, in the Dream workspace."""
        self._frames.dream_from(frame)

    def open_settings(self, name: str) -> None:
        """Show the settings of the run, with the focus in one of them."""
        self._run_settings.open_at(name)

    def close_dialogs(self) -> None:
        """Close all dialogs except the export dialog."""
        close_dialogs(self._parts.window, keep=self._exports.dialog)

    def submit(self, command: Command) -> None:
        """Submit a command. The window shows the answer when it arrives."""
        self._commands.submit(command)
        # A button that turns gray would hand its focus to a number box, which takes the keys.
        self.tabs.current.setFocus()

    def tick(self) -> None:
        """Show new results; called by the clock."""
        if self.closing.begun and self.closing.advance():
            self.end()
            return
        status = self.session.status.get()
        if status.spec is not None and status.spec is not self._spec:
            self._show_spec(status.spec, status)
        if not self.closing.begun:
            self.closing.note(status)
            self._parts.controls.show_status(status)
        self._commands.collect()
        self._failures.refresh()
        if status.state is not self._announced:
            self._announced = status.state
            failed = status.state is State.FAILED and status.spec is None
            self._shown.setCurrentWidget(self._not_loaded if failed else self.tabs)
            self.stateChanged.emit(status.state)
        trainer = None if status.trainer is None else (status.trainer.life, status.trainer.state)
        if trainer != self._trainer:
            self._trainer = trainer
            self.trainerChanged.emit(status.trainer)
        if not self._parts.window.isMinimized():
            self._show(status)  # last, so that a panel that raises stops nothing else

    def _show(self, status: Status) -> None:
        self.tabs.refresh(status)
        self.header.refresh(status)
        self.health.refresh(status)
        self.docks.refresh(self.tabs.of(DreamWorkspace).framing)
        self._last_seconds.note()
        if status.state is not self._state or self._facts_due():
            self._state = status.state
            self.docks.show_status(status)
            self._run_settings.show_status(status)
            self._parts.status_bar.show_status(status, self._dream_on_show(), self.threads.overhead.take())

    def _used_hints(self) -> frozenset[str]:
        """Return the keys of the hints whose advice the user follows at this moment."""
        used = (_HINT_OF.get(type(self.tabs.current)), "replay" if self.docks.replay.isVisible() else None)
        return frozenset(hint for hint in used if hint is not None)

    def _dream_on_show(self) -> DreamResult | Scene | None:
        match self.tabs.capture():
            case LiveCapture(dream=dream):
                return dream
            case SceneCapture(scene=scene):
                return scene
            case _:
                return None

    def _show_spec(self, spec: EnvSpec, status: Status) -> None:
        self._spec = spec
        self.tabs.set_spec(spec)
        self.docks.set_spec(spec)
        name = "Example" if is_demo(status.folder) else status.folder.name
        title = f"{name} \N{MIDDLE DOT} {status.config.task} - Dreamer Studio"
        self._parts.window.setWindowTitle(title)

    def _set_viewing_horizon(self, steps: int) -> None:
        self.tabs.set_viewing_horizon(steps)

    def compare_checkpoint(self, checkpoint: Path) -> None:
        """Compare a checkpoint of this run with the newest one, in the Compare workspace."""
        compare = self.tabs.of(CompareWorkspace)
        compare.tick(checkpoint)
        self.tabs.show_workspace(compare)

    def _tell(self, reply: Reply) -> None:
        tell = self._outcomes.refused if reply.bad else self._outcomes.done
        tell("replay", reply.text)

    def _stay(self) -> None:
        self.handed_over = False
        self.close_dialogs()
        self.stays.emit()

    def _remember(self, name: str, value: object) -> None:
        self._parts.settings.change(**{name: value})

    def _recall(self, workspace: Workspace) -> None:
        """Show a new workspace what the user chose before."""
        if isinstance(workspace, LearnWorkspace):
            workspace.show_choices(self._parts.settings.current.lessons_done)
            workspace.chosen.connect(self._remember)
            workspace.commandWanted.connect(self.submit)
            workspace.actionWanted.connect(lambda id_: self._parts.actions[id_].trigger())

    def _remedies(self, error: Exception | None) -> Sequence[Action]:
        """Return the buttons that help with a failure."""
        match error:
            case NotFiniteError(can_go_back=True):
                return [("Go back to the last checkpoint", lambda: self.submit(GoBack()))]
            case RunLockedError():
                return [("Watch it", self.watchWanted.emit), ("Open another", self.backWanted.emit)]
            case _:
                return []

    def _connect(self) -> None:
        parts, say = self._parts, self._parts.status_bar.say
        parts.controls.command.connect(self.submit)
        parts.controls.viewingHorizonChanged.connect(self._set_viewing_horizon)
        dream, live = self.tabs.of(DreamWorkspace), self.tabs.of(LiveWorkspace)
        dream.lengthWanted.connect(parts.controls.set_viewing_horizon)
        kept = parts.settings.current
        dream.show_choices(kept.dimension, kept.dream_tab, kept.dream_speed)
        dream.chosen.connect(self._remember)
        self.tabs.made.connect(self._recall)
        self.tabs.currentChanged.connect(lambda _: self.docks.show_control(dream.isVisible()))
        live.frameShown.connect(lambda result: self.docks.show_action(result.action, self.session.status.get()))
        self._last_seconds.secondsChosen.connect(lambda seconds: parts.settings.change(keep_seconds=seconds))
        outcomes = self._outcomes
        self._last_seconds.kept.connect(lambda path: outcomes.done("film", f"Saved as {path}"))
        self._exports.exported.connect(lambda path: outcomes.done("export", f"Exported to {path}"))
        self.curves.checkpointWanted.connect(self.compare_checkpoint)
        self.curves.told.connect(say)
        for subject, failed in (
            ("workspace", self.tabs.problemFound),
            ("curves", self.curves.problemFound),
            ("film", self._last_seconds.failed),
            ("export", self._exports.failed),
        ):
            failed.connect(functools.partial(outcomes.refused, subject))
        self.health.gaugeWanted.connect(self._trust.show_gauge)
        for wanted in (self.docks.replay.dreamWanted, self.tabs.frameWanted):
            wanted.connect(self._frames.dream_from)
        self.docks.replay.told.connect(self._tell)
        for undoable in (self.tabs.undoable, self.docks.replay.browser.undoable):
            undoable.connect(say)
        self.closing.failed.connect(self._stay)
        self._reactions = {
            **self.tabs.reactions(),
            **self.docks.reactions(),
            "view.present": self._presenting.toggle,
            "edit.undo": parts.status_bar.take_back,
            **self._frames.reactions(),
            **self._trust.reactions(),
            "run.settings": self._run_settings.open,
            "film.export": self._exports.open,
            "film.keep": self._last_seconds.keep,
            "film.seconds": self._last_seconds.choose,
        }
        parts.actions.bind(self._reactions)
        restore_layout(parts.window, parts.settings)
        self.docks.begin()


def _stacked(*widgets: QWidget) -> QWidget:
    """Return a widget with others one below the other; the last one takes the room."""
    body = QWidget()
    layout = QVBoxLayout(body)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is widgets[-1] else 0)
    return body
