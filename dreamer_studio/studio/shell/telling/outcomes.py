"""Reports the outcome of a request: in the status bar, or as a banner that goes away by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.viewing.role import Role

Undo = Callable[[], object]

WARNING_SECONDS: Final = 15.0
"""Time for which a refusal stays on show."""


class Outcomes:
    """Shows the newest refusal of each subject, until the same succeeds or some seconds have passed.

    An empty subject stands for none: such a success removes no refusal.

    Args:
        banners: shows refusals.
        say: shows a success in the status bar, with a function that takes it back or None.
    """

    def __init__(self, banners: BannerStack, say: Callable[[str, Undo | None], None]) -> None:
        self._banners = banners
        self._say = say

    def done(self, subject: str, text: str, undo: Undo | None = None) -> None:
        """Report a success that `undo` can take back, and remove the last refusal of this subject."""
        self._banners.clear(subject)
        self._say(text, undo)

    def refused(self, subject: str, text: str) -> None:
        """Report a refusal in place of the last refusal of this subject."""
        self._banners.show_message(Role.WARN, text, subject=subject, seconds=WARNING_SECONDS)
