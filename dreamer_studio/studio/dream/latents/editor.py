"""Edits the latents of the scene on show: sends the requests, and shows the answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.dream.latents.map_panel import LatentMapPanel
from dreamer_studio.studio.dream.latents.panel import LatentsPanel
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.viewing.channel import AnswerReader, Channel
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.latents.messages import EditRequest
from dreamer_studio.viewing.scene.branches import Branches, key_of
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.throttle import Throttle

LOOK_SECONDS = 0.2  # between requests for the latents of a driven dream


class Editor(QObject):
    """Connects the panels for latents with their channels. Hidden panels send no request."""

    branched = Signal(int)
    """Emitted when a new branch is on show, with the column at which it leaves its parent."""

    def __init__(
        self, channels: Channels, branches: Branches, player: Player, latents: LatentsPanel, latent_map: LatentMapPanel
    ) -> None:
        super().__init__(latents)
        self._channels = channels
        self._branches = branches
        self._player = player
        self._latents = latents
        self._map = latent_map
        self._dreams = AnswerReader(channels.dream_on)
        self._looks_due, self._map_due = Throttle(LOOK_SECONDS), Throttle(LOOK_SECONDS)
        self._length = 1
        latents.edited.connect(self._edit)
        latents.dreamOnWanted.connect(self._dream_on)

    def hide(self) -> None:
        """Send no request while the panels are hidden."""
        self._set_visible(latents=False, latent_map=False)

    def refresh(self, scene: Scene, column: int, length: int) -> None:
        """Show new answers at a column of the scene on show. Dreams from an edit have `length` steps."""
        self._length = length
        channels = self._channels
        self._set_visible(latents=self._latents.isVisible(), latent_map=self._map.isVisible())
        if self._latents.isVisible():
            _keep_up(channels.dimensions, scene, self._looks_due)
            self._latents.show_frame(scene, column, channels.dimensions.newest())
            self._latents.show_edited(channels.edit.newest())
        if self._map.isVisible():
            _keep_up(channels.latent_map, scene, self._map_due)
            self._map.show_scene(scene, column, channels.latent_map.newest())
        self._take_branch()

    def _set_visible(self, *, latents: bool, latent_map: bool) -> None:
        self._channels.dimensions.visible = self._channels.edit.visible = latents
        self._channels.latent_map.visible = latent_map

    def _edit(self, scene: Scene, column: int, stoch: Floats) -> None:
        self._player.go_to(column)  # holds the player, so the edited frame stays under the cursor
        if np.isnan(stoch).all():  # everything restored: nothing to decode
            self._channels.edit.withdraw()
        else:
            self._channels.edit.ask(EditRequest(scene, column, stoch))

    def _dream_on(self, scene: Scene, column: int, stoch: Floats) -> None:
        self._channels.dream_on.ask(EditRequest(scene, column, stoch, self._length))

    def _take_branch(self) -> None:
        """Show a new dream from an edit as a branch, unless the user has chosen another branch meanwhile."""
        answer, shown = self._dreams.current(), self._branches.shown
        if answer is None:
            return
        if answer.failure is not None:
            self._latents.show_failure(answer.failure)
            return
        dreamed = answer.result
        if dreamed is None or shown is None or shown.key != key_of(dreamed.request.scene):
            return
        column = dreamed.request.column
        step = dreamed.scene.first_row + column
        self._branches.graft(dreamed.scene, column, f"edit of frame {step}" if dreamed.scene.edited else "")
        self.branched.emit(column)


def _keep_up(channel: Channel[Scene, Any], scene: Scene, due: Throttle) -> None:
    """Ask again when the latents of the scene on show change, but not at every driven step."""
    asked = channel.request
    if asked is not None and asked.latents == scene.latents:
        return
    if asked is None or key_of(asked) != key_of(scene) or due():
        channel.ask(scene)
