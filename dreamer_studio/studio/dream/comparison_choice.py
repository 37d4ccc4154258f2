"""Chooses the comparison of a dream: another branch, the reality twin, or the recorded frames."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from dreamer_studio.studio.actions import action, tooltip
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.scene.branches import Branches
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import Comparison, other_branch, real, twin


class ComparisonChoice(QObject):
    """Keeps the user's choice. While the twin is chosen, the twin follows the scene.

    Attributes:
        twin: the action that switches the twin on and off.
    """

    def __init__(self, channels: Channels, branches: Branches, parent: QObject) -> None:
        super().__init__(parent)
        self._channel = channels.twin
        self._branches = branches
        self.twin = QAction(action("dream.twin").text, self)
        self.twin.setCheckable(True)
        self.twin.setToolTip(tooltip(action("dream.twin")))
        self.twin.toggled.connect(self._switch)

    def of(self, scene: Scene, *, visible: bool) -> Comparison:
        """Return the comparison for the scene on show; `visible` says whether the workspace is visible."""
        self._channel.visible = visible
        if self.twin.isChecked():
            self._follow(scene)
        if self._branches.comparison is not None:
            return other_branch(scene, self._branches.comparison)
        if not self.twin.isChecked():
            return real(scene)
        answer = self._channel.newest()
        return twin(scene, None) if answer is None else twin(scene, answer.result, answer.failure)

    def hide(self) -> None:
        """Pause the twin while the workspace is hidden."""
        self._channel.visible = False

    def _follow(self, scene: Scene) -> None:
        """Have the twin follow the scene on show."""
        asked = self._channel.request
        if asked is None or asked.columns is not scene.columns:
            self._channel.ask(scene)

    def _switch(self, wanted: bool) -> None:
        if wanted:
            self._branches.compare_with(None)
        else:
            self._channel.withdraw()
