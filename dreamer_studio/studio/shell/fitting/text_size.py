"""The size of all text in the window, set by keys and kept in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.widgets.text import TEXT_SCALES, set_text_scale

if TYPE_CHECKING:  # the window is there before the workspaces
    from dreamer_studio.studio.workspace import Reaction


class TextSize:
    """Applies the size of the settings, and steps through sizes.

    Args:
        settings: the file with the size.
    """

    def __init__(self, settings: SettingsFile) -> None:
        self._settings = settings
        set_text_scale(settings.current.text_scale)

    def reactions(self) -> Mapping[str, Reaction]:
        """Return the reaction to each action, by its id."""
        return {
            "text.larger": lambda: self.step(1),
            "text.smaller": lambda: self.step(-1),
            "text.usual": lambda: self.set(1.0),
        }

    def step(self, steps: int) -> None:
        """Go to a larger or smaller size."""
        current = self._settings.current.text_scale
        nearest = min(range(len(TEXT_SCALES)), key=lambda place: abs(TEXT_SCALES[place] - current))
        self.set(TEXT_SCALES[max(0, min(len(TEXT_SCALES) - 1, nearest + steps))])

    def set(self, scale: float) -> None:
        """Use a size now and in later sessions."""
        set_text_scale(scale)
        self._settings.change(text_scale=scale)
