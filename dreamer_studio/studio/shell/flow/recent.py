"""The runs that were open last, in the settings and in the File menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from dreamer_studio.runs.folder import CONFIG_FILE
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.widgets.text import menu_text, plain_tooltip

MOST: Final = 10
"""Most runs in the menu."""


class RecentRuns:
    """Keeps the last runs, and fills a menu with those that still exist.

    Args:
        window: has the menu and gives its style to the tooltips.
        settings: the file with the list.
        action: the action that shows the menu.
        open_run: opens a run by its folder.
    """

    def __init__(
        self, window: QWidget, settings: SettingsFile, action: QAction, open_run: Callable[[Path], None]
    ) -> None:
        self._settings, self._open = settings, open_run
        self._menu = QMenu(window)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        action.setMenu(self._menu)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return the folders of the last runs that still exist, newest first."""
        return tuple(path for path in map(Path, self._settings.current.recent) if (path / CONFIG_FILE).is_file())

    def note(self, folder: Path) -> None:
        """Put a run at the top of the list."""
        path = str(folder.absolute())
        others = [each for each in self._settings.current.recent if each != path]
        self._settings.change(recent=(path, *others[: MOST - 1]))

    def _fill(self) -> None:
        self._menu.clear()
        for number, folder in enumerate(self.folders, 1):
            added = self._menu.addAction(f"&{number % MOST} {menu_text(folder.name)}")
            added.setToolTip(plain_tooltip(str(folder)))
            added.triggered.connect(lambda _, path=folder: self._open(path))
        if self._menu.isEmpty():
            self._menu.addAction("No run yet").setEnabled(False)
        else:
            self._menu.addSeparator()
            self._menu.addAction("Clear the list").triggered.connect(lambda: self._settings.change(recent=()))
