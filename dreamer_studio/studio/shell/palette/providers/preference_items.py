"""The preferences of the window."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Final

from dreamer_studio.studio.shell.palette.items import PaletteItem
from dreamer_studio.studio.shell.settings import Settings, SettingsFile

PREFERENCES: Final[dict[str, tuple[str, Callable[[Settings], str]]]] = {
    "theme": ("Theme", lambda settings: settings.theme),
    "text_scale": ("Text size", lambda settings: f"{settings.text_scale:.0%}"),
    "keep_seconds": ("Film of the last seconds", lambda settings: f"{settings.keep_seconds} s"),
    "runs_folders": ("Folders of runs", lambda settings: f"the default and {len(settings.runs_folders)} more"),
    "ask_before_closing": ("Ask before a training is closed", lambda settings: _on(settings.ask_before_closing)),
    "hints": ("Show hints", lambda settings: _on(settings.hints)),
}
"""The text of each preference, and a function that returns its value in words."""


class PreferenceItems:
    """Opens the preferences at a field.

    Args:
        settings: the settings of the window.
        show: shows the preferences with the focus in the field of a setting.
    """

    def __init__(self, settings: SettingsFile, show: Callable[[str], object]) -> None:
        self._settings, self._show = settings, show

    def items(self) -> Iterator[PaletteItem]:
        """Return the preferences with their values."""
        for name, (text, value) in PREFERENCES.items():
            yield PaletteItem(
                f"preference:{name}",
                "Preference",
                text,
                place=f"now {value(self._settings.current)}",
                detail="Open the preferences at this field.",
                words=name.replace("_", " "),
                run=functools.partial(self._show, name),
            )


def _on(on: bool) -> str:
    return "on" if on else "off"
