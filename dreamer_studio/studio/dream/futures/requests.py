"""Asks for futures of a frame, and turns the future that the user chooses into a branch."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from dreamer_studio.studio.dream.futures.panel import FuturesPanel
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.scene.branches import Branch, Branches, key_of
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.trust.words import spread_in_words

GONE = "The branch this future starts from was deleted. Press F for new futures."


class FuturesRequests(QObject):
    """Connects the futures panel with its channel. A hidden panel sends no request."""

    problemFound = Signal(str)
    """Emitted when a future cannot become a branch, with the reason."""

    branched = Signal()
    """Emitted when a future has become the branch on show."""

    def __init__(self, channels: Channels, branches: Branches, panel: FuturesPanel) -> None:
        super().__init__(panel)
        self._channel, self._trust = channels.futures, channels.trust
        self._branches = branches
        self._panel = panel
        panel.wanted.connect(self._channel.ask)
        panel.adopted.connect(self._adopt)

    def imagine(self, scene: Scene, cursor: int, length: int) -> None:
        """Ask for futures of `length` steps, from the frame under the cursor or the last decoded frame before it."""
        self._panel.ask(scene, min(cursor, scene.decoded - 1), length)

    def end(self, shown: Branch) -> int:
        """Return the column after the last frame of the futures of the scene on show, or 0 without futures."""
        result = self._channel.result
        if result is None or not self._panel.isVisible() or result.request.scene.request is not shown.scene.request:
            return 0
        return result.request.column + 1 + result.decoded

    def refresh(self, scene: Scene, cursor: int) -> None:
        """Show the newest futures at a column of the scene on show."""
        self._channel.visible = self._panel.isVisible()
        if self._panel.isVisible():
            self._panel.tell_spread(spread_in_words(self._trust.result))
            self._panel.show_futures(self._channel.newest(), scene, cursor)

    def hide(self) -> None:
        """Send no request while the workspace is hidden."""
        self._channel.visible = False

    def _adopt(self, future: int, name: str) -> None:
        """Turn a future into a branch of its scene, and show the branch."""
        result = self._channel.result
        if result is None or key_of(result.request.scene) not in self._branches:
            self.problemFound.emit(GONE)
            return
        self._branches.show(key_of(result.request.scene))
        self._branches.graft(result.scene_of(future), result.request.column, name)
        self.branched.emit()
