"""The way back after Stop: start again, or see all runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.widgets.banner import Banner
from dreamer_studio.viewing.role import Role

if TYPE_CHECKING:
    from dreamer_studio.session import State
    from dreamer_studio.studio.shell.run_view import RunView


class StopBanner(QObject):
    """Shows a banner with two buttons while a run is stopped.

    Args:
        run: the run, which owns this object.
        window: shows the banner.
        go_back: closes the run.
    """

    def __init__(self, run: RunView, window: StudioWindow, go_back: Callable[[], object]) -> None:
        super().__init__(run)
        self._run, self._window, self._go_back = run, window, go_back
        self._banner: Banner | None = None
        run.stateChanged.connect(self._note)
        run.ended.connect(self._remove)

    def _note(self, state: State) -> None:
        """Show the banner for `State.STOPPED`, compared by name: the start page loads this module without sessions."""
        self._remove()
        if state.name != "STOPPED" or self._run.closing.begun:
            return
        status = self._run.session.status.get()
        text = "Stopped." if status.watching else f"Stopped at update {status.update:,}, saved."
        again = ("Start again", self._window.action_set["run.start"].trigger)
        back = ("Back to all runs", self._go_back)
        self._banner = self._window.banners.show_message(Role.OK, text, "", again, back)

    def _remove(self) -> None:
        if self._banner is not None:
            self._window.banners.remove(self._banner)
            self._banner = None
