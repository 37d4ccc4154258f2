"""The dialog for the settings of a running training. It stays open beside the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTabWidget, QVBoxLayout, QWidget

from dreamer_studio.session import Command, Session, Status
from dreamer_studio.studio.help import pages
from dreamer_studio.studio.run_settings.changes_tab import ChangesTab
from dreamer_studio.studio.run_settings.pause_tab import PauseTab
from dreamer_studio.studio.run_settings.settings_tab import SettingsTab
from dreamer_studio.studio.widgets.help_button import HelpButton
from dreamer_studio.viewing.run_settings.changes import ChangeLog

SIZE = (860, 560)  # logical pixels; fits a screen of 1024 x 768


class RunSettingsDialog(QDialog):
    """Settings, rules and changes of one run, each on a tab.

    Attributes:
        settings, pausing, changes: the tabs.

    Args:
        session: the run.
        submit: submits a command.
        parent: the window.
    """

    def __init__(self, session: Session, submit: Callable[[Command], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings of the run")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._log = ChangeLog(session)
        self.settings, self.pausing, self.changes = SettingsTab(), PauseTab(), ChangesTab()
        self._tabs = QTabWidget()
        self._tabs.addTab(self.settings, "&Settings")
        self._tabs.addTab(self.pausing, "&Pause when")
        self._tabs.addTab(self.changes, "&Changes")
        self._tabs.setCornerWidget(HelpButton("Settings of the run", pages.RUN_SETTINGS))
        for commanded in (self.settings.commanded, self.pausing.commanded, self.changes.commanded):
            commanded.connect(submit)
        self._tabs.currentChanged.connect(lambda _: self._enter_tab())
        layout = QVBoxLayout(self)
        layout.addWidget(self._tabs)
        self.resize(*SIZE)
        self.show_status(session.status.get())
        self.settings.setFocus()

    def show_status(self, status: Status) -> None:
        """Follow the run."""
        if self._log.read():
            self.changes.show_changes(self._log.changes, self._log.to_undo)
        self.settings.show_status(status)
        self.pausing.show_status(status, self._log.newest)

    def show_setting(self, name: str) -> None:
        """Show a setting on its tab, with the focus in its field."""
        self._tabs.setCurrentWidget(self.settings)
        self.settings.show_setting(name)

    def _enter_tab(self) -> None:
        """Give the focus to the first field of the tab, unless the user goes from tab to tab by arrows."""
        if not self._tabs.tabBar().hasFocus():
            self._tabs.currentWidget().setFocus()


class RunSettings:
    """Opens the dialog on request, at most once.

    Args:
        session: the run.
        submit: submits a command.
        window: the window of the run.
    """

    def __init__(self, session: Session, submit: Callable[[Command], object], window: QWidget) -> None:
        self._session, self._submit, self._window = session, submit, window
        self.dialog: RunSettingsDialog | None = None

    def open(self) -> None:
        """Show the dialog, or bring it to the front."""
        if self.dialog is None:
            self.dialog = RunSettingsDialog(self._session, self._submit, self._window)
            self.dialog.finished.connect(self._forget)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def open_at(self, name: str) -> None:
        """Show the dialog at a setting."""
        self.open()
        assert self.dialog is not None
        self.dialog.show_setting(name)

    def show_status(self, status: Status) -> None:
        """Follow the run while the dialog is open."""
        if self.dialog is not None:
            self.dialog.show_status(status)

    def _forget(self) -> None:
        self.dialog = None
