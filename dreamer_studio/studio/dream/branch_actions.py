"""What the user does with branches: show, start and delete them."""

from __future__ import annotations

import functools

from PySide6.QtCore import QObject, Signal

from dreamer_studio.studio.dream.branches_panel import BranchesPanel
from dreamer_studio.studio.dream.scene_requests import SceneRequests
from dreamer_studio.studio.dream.steering_panel import SteeringPanel
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.viewing.scene.branches import Branch, Branches, Key


class BranchActions(QObject):
    """Changes the branches, and keeps player, steering and requests in step with the branch on show."""

    undoable = Signal(str, object)
    """Emitted after a change that the user can take back, with a sentence, and the function that takes it back."""

    def __init__(
        self,
        branches: Branches,
        panel: BranchesPanel,
        player: Player,
        steering: SteeringPanel,
        requests: SceneRequests,
    ) -> None:
        super().__init__(panel)
        self._branches = branches
        self._player = player
        self._steering = steering
        self._requests = requests
        panel.showWanted.connect(self.show)
        panel.comparisonWanted.connect(branches.compare_with)
        panel.forkWanted.connect(self.fork)
        panel.renameWanted.connect(branches.rename)
        panel.removeWanted.connect(self.remove)

    def show(self, key: Key) -> None:
        """Show a branch at the current column, or at its last column if it is shorter."""
        self._steering.set_engaged(False)
        self._branches.show(key)
        scene = self._branches[key].scene
        self._player.set_columns(scene.decoded)
        self._requests.go_on_from(scene.origin)

    def fork(self) -> None:
        """Start a branch at the cursor, keep the old one, and steer the new branch."""
        if self._branches.shown is None:
            return
        self._branches.fork(self._player.column)
        if self._steering.engaged:
            self._steering.release()
            self._player.set_playing(True)
        else:
            self._steering.set_engaged(True)

    def remove(self, key: Key) -> None:
        """Delete a branch and all branches that start from it. The user can take this back."""
        self._steering.set_engaged(False)
        removed = self._branches.remove(key)
        if removed:
            more = f" and {len(removed) - 1} that start from it" if len(removed) > 1 else ""
            self.undoable.emit(f"Removed {removed[0].name}{more}", functools.partial(self._bring_back, removed))

    def _bring_back(self, removed: tuple[Branch, ...]) -> None:
        if self._branches.bring_back(removed):
            self.show(removed[0].key)

    def play_from(self, column: int) -> None:
        """Play the new branch on show from the column at which it leaves its parent."""
        self._steering.set_engaged(False)
        assert self._branches.shown is not None
        self._player.set_columns(self._branches.shown.scene.decoded)
        self._player.follow(column)
        self._player.set_playing(True)
