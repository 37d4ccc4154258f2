"""A real window on a real training, for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dreamer_studio.config import Config
from dreamer_studio.envs import Interruption
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import Session, State, Status
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.training.trainer import Trainer
from dreamer_studio.viewing.channels import Channels
from tests.support.small_runs import CPU

PATIENCE_MS = 60_000
SIZE = (1500, 1000)  # the screen of Qt's offscreen platform is smaller than real screens


def open_session(config: Config, folder: Path, *, paused: bool = False) -> Session:
    """Return a session on a new or existing run."""
    interruption = Interruption()

    def opener() -> Trainer:
        return open_trainer(RunFolder(folder), config, CPU, interruption)

    return Session(opener, config, folder, "cpu", paused=paused, interruption=interruption)


@dataclass
class Studio:
    """A window with its session."""

    window: StudioWindow
    session: Session
    bot: QtBot

    @property
    def channels(self) -> Channels:
        return self.window.run.channels

    @property
    def status(self) -> Status:
        return self.session.status.get()

    def wait_for(self, condition: Callable[[Status], bool]) -> None:
        self.bot.waitUntil(lambda: condition(self.status), timeout=PATIENCE_MS)

    def wait_for_state(self, state: State) -> None:
        self.wait_for(lambda status: status.state is state)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key in the widget that has the focus."""
        self.bot.keyClick(QApplication.focusWidget() or self.window, key, modifier)
        QApplication.processEvents()

    def press_f6_for(self, text: str) -> None:
        """Press F6 once the text of its action is `text`: the window follows the training a tick later."""
        action = self.window.controls.pause
        self.bot.waitUntil(lambda: action.isEnabled() and action.text() == text, timeout=PATIENCE_MS)
        self.bot.keyClick(self.window, Qt.Key.Key_F6)

    def leave(self) -> None:
        """Close without a question, wait until everything has ended, and delete the window.

        A window that lives on is styled again with every theme of every later test, which takes seconds.
        """
        self.window.leave()
        self.bot.waitUntil(lambda: not self.window.isVisible(), timeout=PATIENCE_MS)
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def open_studio(theme: Theme, bot: QtBot, config: Config, folder: Path, *, paused: bool = False) -> Studio:
    """Show the window on a run and start its threads."""
    return show_window(theme, bot, open_session(config, folder, paused=paused), folder.parent / "settings.json")


def show_window(theme: Theme, bot: QtBot, session: Session, settings: Path) -> Studio:
    """Show the window on a session and start its threads."""
    window = StudioWindow(theme, SettingsFile(settings))
    window.resize(*SIZE)
    window.show()
    window.open_run(session)
    return Studio(window, session, bot)
