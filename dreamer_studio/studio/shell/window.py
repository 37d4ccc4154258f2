"""The main window: a frame that shows no run, one run, and another run afterwards."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import get_args

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from dreamer_studio.diagnostics import diagnostics
from dreamer_studio.session import Session
from dreamer_studio.studio.actions import When
from dreamer_studio.studio.shell.action_set import ActionSet
from dreamer_studio.studio.shell.closing import offer_to_leave_at_once
from dreamer_studio.studio.shell.help import show_about, show_help
from dreamer_studio.studio.shell.placement import place_decorated, restore_place
from dreamer_studio.studio.shell.run_view import RunView, WindowParts
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.status_bar import StudioStatusBar
from dreamer_studio.studio.shell.toolbar import RunToolbar
from dreamer_studio.studio.theme import Scheme, Theme
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.studio.widgets.icons import app_icon
from dreamer_studio.studio.widgets.text import mute
from dreamer_studio.studio.workspaces import EVERY_ACTION
from dreamer_studio.viewing.role import Role

TITLE = "Dreamer Studio"
NO_RUN = "No run is open. Start the program with --run FOLDER to open one, or with --demo to see the example."


class StudioWindow(QMainWindow):
    """Toolbar, menus, banners and status bar around the run on show.

    Attributes:
        banners: the reports of failures.
        controls: the toolbar.

    Args:
        theme: the colors.
        settings: the file with theme and layout.
        last_news: returns the last warnings and errors of the log.
    """

    leaving = Signal()
    """Emitted when a run begins to close, while everything is still on show."""

    abandoned = Signal()
    """Emitted when the user does not wait for the end of closing. The owner of the process then ends it."""

    runClosed = Signal()
    """Emitted when the run has ended and nothing of it remains in the window."""

    def __init__(self, theme: Theme, settings: SettingsFile, last_news: Callable[[], Sequence[str]] = tuple) -> None:
        super().__init__()
        self._theme, self._settings, self._last_news = theme, settings, last_news
        self._run: RunView | None = None
        self._leaving = False
        self._place_due = True
        self.banners = BannerStack(theme)
        self._status_bar = StudioStatusBar(theme)
        self._actions = ActionSet(theme, self, EVERY_ACTION)
        self.controls = RunToolbar(self, self._actions)
        self._content = QStackedWidget()
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
    def has_run(self) -> bool:
        """Return whether a run is open."""
        return self._run is not None

    @property
    def trains(self) -> bool:
        """Return whether a training, or playing, has started and not ended. Any thread may call this."""
        run = self._run
        return run is not None and run.threads.trains

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
        parts = WindowParts(
            self, self._theme, self._settings, self._actions, self.controls, self.banners, self._status_bar
        )
        run = RunView(parts, session)
        self._run = run
        self._content.addWidget(run.tabs)
        self._content.setCurrentWidget(run.tabs)
        run.leaving.connect(self.leaving)
        run.stays.connect(self._stay)
        run.ended.connect(self._forget_run)
        if begin:
            run.begin()
            self.update()
        return run

    def close_run(self, *, insist: bool = False) -> None:
        """Save the run and end its threads without blocking the event loop. Then the window is empty.

        If no checkpoint can be written, the run stays open with a banner; a second close gives up the checkpoint.
        `insist` closes the run in this case too.
        """
        if self._run is not None:
            self._run.close(insist=insist)

    def leave(self, *, insist: bool = False) -> None:
        """Close the run without asking, as `close_run` does, and then the window."""
        self._leaving = True
        if self._run is None:
            self.close()
        else:
            self._run.close(insist=insist)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once during a training, then close. A second close offers to close at once."""
        run = self._run
        if run is not None and run.closing.busy:
            event.ignore()
            if run.closing.begun:
                run.close_dialogs()
                offer_to_leave_at_once(self, self.abandoned)
            elif run.closing.may_begin(self):
                self.leave()
            return
        event.accept()
        if run is not None:
            run.end()

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

    def _stay(self) -> None:
        self._leaving = False

    def _forget_run(self) -> None:
        assert self._run is not None
        self._content.removeWidget(self._run.tabs)
        self._run = None
        self.setWindowTitle(TITLE)
        self._actions.offer({When.ALWAYS})
        self.controls.show_nothing()
        self._status_bar.show_nothing()
        self.runClosed.emit()
        if self._leaving:
            self.close()

    def _bind_actions(self) -> None:
        self._actions.bind(
            {
                "window.quit": self.close,
                "help.keys": lambda: show_help(self),
                "help.diagnostics": self._copy_diagnostics,
                "help.about": lambda: show_about(self),
            }
        )
        for scheme in get_args(Scheme):
            self._actions.bind({f"theme.{scheme}": functools.partial(self._set_theme, scheme)})

    def _assemble(self) -> None:
        self.setWindowTitle(TITLE)
        self.setWindowIcon(app_icon())
        self.setObjectName("studio")
        self.controls.add_toolbar(self._actions["film.export"])
        self.controls.show_nothing()
        empty = QLabel(NO_RUN)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        mute(empty)
        self._content.addWidget(empty)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banners)
        layout.addWidget(self._content, 1)
        self.setCentralWidget(central)
        self.setStatusBar(self._status_bar)
        self._place_due = not restore_place(self, self._settings)
        if self._settings.problem:
            self.banners.show_message(Role.WARN, self._settings.problem)

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
        status = self._run.session.status.get() if self._run is not None else None
        QGuiApplication.clipboard().setText(diagnostics(status, self._last_news(), facts))
        self._status_bar.say("Diagnostics copied. Paste the text where you ask for help")
