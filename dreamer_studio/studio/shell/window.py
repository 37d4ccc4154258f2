"""The main window: a frame that shows a page, one run, and another run afterwards.

This module imports nothing that only a run needs: a page is on screen before plots and workspaces are loaded.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QPaintEvent, QWhatsThisClickedEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from dreamer_studio.studio.actions import ACTIONS, When
from dreamer_studio.studio.shell.action_set import ActionSet
from dreamer_studio.studio.shell.dialogs.leaving import Leave, ask_to_close_window, offer_to_leave_at_once
from dreamer_studio.studio.shell.fitting.text_size import TextSize
from dreamer_studio.studio.shell.garbage import GarbageKeeper
from dreamer_studio.studio.shell.help.about import show_about
from dreamer_studio.studio.shell.help.pages import Page
from dreamer_studio.studio.shell.help.window import HelpWindow
from dreamer_studio.studio.shell.placement import place_decorated, restore_place, save_place
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.theme import Scheme, Theme
from dreamer_studio.studio.widgets.banner import Banner, BannerStack
from dreamer_studio.studio.widgets.icons import app_icon
from dreamer_studio.studio.widgets.layout.reading import next_stop
from dreamer_studio.studio.widgets.speech import install_speech
from dreamer_studio.studio.widgets.text import page_label
from dreamer_studio.system.loading import collector_at_rest
from dreamer_studio.viewing.role import Role

if TYPE_CHECKING:
    from dreamer_studio.session import Session, Status
    from dreamer_studio.studio.shell.run_view import RunView, WindowParts
    from dreamer_studio.studio.shell.toolbar import RunToolbar

TITLE = "Dreamer Studio"
NOTE_MS = 12_000
"""Time for which a page shows the outcome of an action."""


@dataclass(frozen=True)
class ClosedRun:
    """A run that the window has closed.

    Attributes:
        status: its last status.
        handed_over: whether the user lets it train without a window.
        leaving: whether the window closes too.
    """

    status: Status
    handed_over: bool
    leaving: bool


class StudioWindow(QMainWindow):
    """Menus and banners around a page or a run. The first run adds a toolbar and a status bar.

    Attributes:
        banners: the reports of failures.
        action_set: the window's actions, for the parts that bind their reactions.
        garbage: collects garbage in the window's thread, because pages and runs have other threads.

    Args:
        theme: the colors.
        settings: the file with theme and layout.
        last_news: returns the last warnings and errors of the log.
    """

    leaving = Signal()
    """Emitted when a run, or a window without one, begins to close, while everything is still on show."""

    abandoned = Signal()
    """Emitted when the user does not wait for the end of closing. The owner of the process then ends it."""

    runOpened = Signal(object)
    """Emitted with the `RunView` of a run that the window shows from now on."""

    runStays = Signal()
    """Emitted when no checkpoint can be written, so that the run stays open."""

    runClosed = Signal(object)
    """Emitted with a `ClosedRun` when the run has ended and has left the window."""

    dropped = Signal(list)
    """Emitted with the paths of files and folders that the user has dropped on the window."""

    def __init__(self, theme: Theme, settings: SettingsFile, last_news: Callable[[], Sequence[str]] = tuple) -> None:
        super().__init__()
        theme.dress(self)
        self._theme, self._settings, self._last_news = theme, settings, last_news
        self._run: RunView | None = None
        self._help: HelpWindow | None = None
        self._parts: WindowParts | None = None
        self._leaving = False
        self._place_due = True
        self._note: Banner | None = None
        self._note_ends = QTimer(self)
        self._note_ends.setSingleShot(True)
        self._note_ends.timeout.connect(self._forget_note)
        self.garbage = GarbageKeeper(self)
        self.garbage.start()
        self.banners = BannerStack(theme)
        self.action_set = ActionSet(theme, self, ACTIONS)
        self._content = QStackedWidget()
        self._opening = page_label()
        self._text_size = TextSize(settings)
        install_speech()
        self._bind_actions()
        self._assemble()

    @property
    def run(self) -> RunView:
        """Return the run on show.

        Raises:
            RuntimeError: no run is open.
        """
        if self._run is None:
            raise RuntimeError("no run is open in this window")
        return self._run

    @property
    def controls(self) -> RunToolbar:
        """Return the toolbar.

        Raises:
            RuntimeError: no run has been open.
        """
        if self._parts is None:
            raise RuntimeError("the first run makes the toolbar")
        return self._parts.controls

    @property
    def has_run(self) -> bool:
        """Return whether a run is open."""
        return self._run is not None

    @property
    def trains(self) -> bool:
        """Return whether a training, or playing, has started and not ended. Any thread may call this."""
        run = self._run
        return run is not None and run.threads.trains

    @property
    def help(self) -> HelpWindow:
        """Return the Help window. The first call makes the window."""
        if self._help is None:
            self._help = HelpWindow(self)
        return self._help

    def show_page(self, page: QWidget) -> None:
        """Show a page, such as the start page, while no run is open. The window keeps all pages."""
        if self._content.indexOf(page) < 0:
            self._content.addWidget(page)
        self._content.setCurrentWidget(page)

    def open_run(self, session: Session, *, begin: bool = True) -> RunView:
        """Show a run. Its threads start once the window has been drawn.

        Args:
            session: the run.
            begin: whether the run's clock starts now; otherwise `RunView.begin` starts it.

        Raises:
            RuntimeError: another run is open.
        """
        if self._run is not None:
            raise RuntimeError("close the run on show before opening another one")
        if self._parts is None:
            self._announce(session.status.get().folder.name)
        with collector_at_rest():
            from dreamer_studio.studio.shell.run_view import RunView, make_parts  # noqa: PLC0415  (plots, workspaces)

        if self._parts is None:
            self._parts = make_parts(
                self, self._content, self._theme, self._settings, self._text_size, self.action_set, self.banners
            )
        self._parts.show()
        run = RunView(self._parts, session)
        self._run = run
        self._content.setCurrentWidget(run.body)
        run.leaving.connect(self.leaving)
        run.stays.connect(self._stay)
        run.ended.connect(self._forget_run)
        self.runOpened.emit(run)
        if begin:
            run.begin()
            self.update()
        return run

    def close_run(self, *, insist: bool = False, hand_over: bool = False) -> None:
        """Save the run and end its threads without blocking the event loop. Then the window shows no run.

        If no checkpoint can be written, the run stays open with a banner; a second close gives up the checkpoint.

        Args:
            insist: whether to close the run in this case too.
            hand_over: whether the training continues without a window afterwards.
        """
        if self._run is not None:
            self._run.close(insist=insist, hand_over=hand_over)

    def leave(self, *, insist: bool = False, hand_over: bool = False) -> None:
        """Close the run without asking, as `close_run` does, and then the window."""
        self._leaving = True
        if self._run is None:
            self.leaving.emit()
            self.close()
        else:
            self._run.close(insist=insist, hand_over=hand_over)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once during a training, then close. A second close offers to close at once."""
        run = self._run
        if run is not None and run.closing.busy:
            event.ignore()
            if run.closing.begun:
                run.close_dialogs()
                offer_to_leave_at_once(self, self.abandoned)
            else:
                asks = self._settings.current.ask_before_closing
                answer = run.closing.ask(self, ask_to_close_window if asks else None)
                if answer is not Leave.STAY:
                    self.leave(hand_over=answer is Leave.HAND_OVER)
            return
        event.accept()
        if self._help is not None:
            self._help.close()
        if not self._leaving:
            self._leaving = True
            if run is not None:
                run.end()
            else:
                self.leaving.emit()
        save_place(self, self._settings)

    def event(self, event: QEvent) -> bool:
        """Open the Help window for a link of a help text or of the Learn workspace."""
        if isinstance(event, QWhatsThisClickedEvent):
            self.help.follow(event.href())
            return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Move the focus in the order of reading, which follows the panels when they reflow."""
        stop = next_stop(self, forward=forward)
        if stop is None:
            return super().focusNextPrevChild(forward)
        stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """After the first paint, place the window inside the screen and let the threads of a new run start."""
        super().paintEvent(event)
        if self._place_due:
            self._place_due = False
            QTimer.singleShot(0, self, functools.partial(place_decorated, self))
        if self._run is not None:
            self._run.threads.note_drawn()

    def changeEvent(self, event: QEvent) -> None:
        """Stop computing while the window is hidden or minimized."""
        if event.type() is QEvent.Type.WindowStateChange and self._run is not None:
            self._run.threads.set_watched(not self.isMinimized())
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and folders."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Pass on the paths of dropped files and folders."""
        event.acceptProposedAction()
        self.dropped.emit([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def _announce(self, name: str) -> None:
        """Say in place of the page that a run opens: the first one loads plots and workspaces, which takes seconds."""
        self._opening.setText(f"Opening {name}: the first run takes some seconds.")
        self._content.setCurrentWidget(self._opening)
        self.repaint()

    def _stay(self) -> None:
        self._leaving = False
        self.runStays.emit()

    def _forget_run(self) -> None:
        assert self._run is not None and self._parts is not None
        closed = ClosedRun(self._run.session.status.get(), self._run.handed_over, self._leaving)
        self._content.removeWidget(self._run.body)
        self._run = None
        self.setWindowTitle(TITLE)
        self.action_set.offer({When.ALWAYS})
        self._parts.hide()
        self.runClosed.emit(closed)
        if self._leaving:
            self.close()

    def _bind_actions(self) -> None:
        self.action_set.bind(
            {
                "window.quit": self.close,
                "help.guide": lambda: self.help.show_page(Page.GUIDE),
                "help.glossary": lambda: self.help.show_page(Page.GLOSSARY),
                "help.paper": lambda: self.help.show_page(Page.PAPER),
                "help.keys": lambda: self.help.show_page(Page.KEYS),
                "help.diagnostics": self._copy_diagnostics,
                "help.about": lambda: show_about(self),
            }
        )
        self.action_set.bind(self._text_size.reactions())
        for scheme in get_args(Scheme):
            self.action_set.bind({f"theme.{scheme}": functools.partial(self.set_theme, scheme)})
        self._tick_theme()

    def _assemble(self) -> None:
        self.setWindowTitle(TITLE)
        self.setWindowIcon(app_icon())
        self.setObjectName("studio")
        self.setAcceptDrops(True)
        self._content.addWidget(self._opening)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banners)
        layout.addWidget(self._content, 1)
        self.setCentralWidget(central)
        self._place_due = not restore_place(self, self._settings)
        if self._settings.problem:
            self.banners.show_message(Role.WARN, self._settings.problem)

    def set_text_scale(self, scale: float) -> None:
        """Use another size of all text, and keep it in the settings."""
        self._text_size.set(scale)

    def set_theme(self, scheme: Scheme) -> None:
        """Use other colors, and keep them in the settings."""
        self._theme.set_scheme(scheme)
        self._settings.change(theme=scheme)
        self._tick_theme()

    def _tick_theme(self) -> None:
        for scheme in get_args(Scheme):
            self.action_set[f"theme.{scheme}"].setChecked(scheme == self._theme.scheme)

    def _copy_diagnostics(self) -> None:
        from dreamer_studio.diagnostics import diagnostics  # noqa: PLC0415  (needs torch's version, and more)

        screen = self.screen()
        facts = {
            "screen": f"{QGuiApplication.platformName()}, {screen.size().width()} x {screen.size().height()}, "
            f"scale {screen.devicePixelRatio():g}",
            "theme": self._settings.current.theme,
        }
        status = self._run.session.status.get() if self._run is not None else None
        QGuiApplication.clipboard().setText(diagnostics(status, self._last_news(), facts))
        self.say("Diagnostics copied. Paste the text where you ask for help.")

    def say(self, text: str) -> None:
        """Show the outcome of an action for some seconds: in the status bar of a run, else as a banner."""
        if self._run is not None and self._parts is not None:
            self._parts.status_bar.say(text)
            return
        self._forget_note()
        self._note = self.banners.show_message(Role.OK, text)
        self._note_ends.start(NOTE_MS)

    def _forget_note(self) -> None:
        if self._note is not None:
            self.banners.remove(self._note)
            self._note = None
