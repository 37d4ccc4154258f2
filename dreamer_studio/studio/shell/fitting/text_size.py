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
        self._enlargement = 1.0
        self._apply()

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
        self._settings.change(text_scale=scale)
        self._apply()

    def enlarge(self, factor: float) -> None:
        """Show all text at a multiple of the size in the settings, until the next call; 1 is the size itself."""
        self._enlargement = factor
        self._apply()

    def _apply(self) -> None:
        set_text_scale(self._settings.current.text_scale * self._enlargement)
