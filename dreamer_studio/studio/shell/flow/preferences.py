"""Applies the preferences to the window, the pages and the run on show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

from PySide6.QtCore import QObject, Qt

from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Scheme


class Preferences(QObject):
    """Shows the dialog, writes each change and applies it at once.

    Args:
        window: the window.
        settings: the file with the settings.
        base: the default folder of runs.
        list_folders: lists the runs of other folders.
    """

    def __init__(
        self, window: StudioWindow, settings: SettingsFile, base: Path, list_folders: Callable[[Sequence[Path]], None]
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self._base = window, settings, base
        self._list_folders = list_folders
        window.action_set.bind({"file.preferences": self.show})
        for looks in (*(f"theme.{scheme}" for scheme in get_args(Scheme)), "text.larger", "text.smaller", "text.usual"):
            window.action_set[looks].triggered.connect(self._show_looks)

    def show(self, field: str = "") -> None:
        """Show the dialog beside the window. If `field` names a setting, give the focus to its field."""
        from dreamer_studio.studio.preferences.dialog import PreferencesDialog  # noqa: PLC0415  (not needed at first)

        open_one = next((each for each in self._window.findChildren(PreferencesDialog) if each.isVisible()), None)
        dialog = open_one or PreferencesDialog(self._settings.current, self._base, self._window)
        if open_one is None:
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.changed.connect(self.change)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        if field:
            dialog.fields[field].setFocus()

    def _show_looks(self) -> None:
        """Show theme and text size in an open dialog after an action has changed them."""
        from dreamer_studio.studio.preferences.dialog import PreferencesDialog  # noqa: PLC0415  (not needed at first)

        for dialog in self._window.findChildren(PreferencesDialog):
            dialog.show_looks(self._settings.current)

    def change(self, name: str, value: Any) -> None:
        """Change a setting, write it, and apply it."""
        if name == "theme":
            self._window.set_theme(value)
            return
        if name == "text_scale":
            self._window.set_text_scale(value)
            return
        self._settings.change(**{name: value})
        if name == "hints" and value:
            self._settings.change(hints_seen=())  # whoever wants hints again wants all of them
        if name == "keep_seconds" and self._window.has_run:
            self._window.run.set_keep_seconds(value)
        elif name == "runs_folders":
            self._list_folders(all_folders(self._base, self._settings))


def all_folders(base: Path, settings: SettingsFile) -> tuple[Path, ...]:
    """Return the folders in which the list of runs looks for runs."""
    return (base, *map(Path, settings.current.runs_folders))
