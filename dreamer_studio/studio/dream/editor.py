"""Lets a person into the latents of the scene on show: asks the desks, and hands on what comes back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.dream.latent_map_panel import LatentMapPanel
from dreamer_studio.studio.dream.latents_panel import LatentsPanel
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.latents.messages import Edit
from dreamer_studio.viewing.scene.branches import Branches, key_of
from dreamer_studio.viewing.scene.messages import Scene


class Editor(QObject):
    """Between the panels for latents and their desks. What is hidden asks for nothing."""

    branched = Signal(int)
    """The branch on show is a new one that leaves its parent at this column."""

    def __init__(
        self, channels: Channels, branches: Branches, player: Player, latents: LatentsPanel, latent_map: LatentMapPanel
    ) -> None:
        super().__init__(latents)
        self._channels = channels.latents
        self._branches = branches
        self._player = player
        self._latents = latents
        self._map = latent_map
        self._number = self._since = self._dreamed_on = 0
        self._length = 1
        latents.edited.connect(self._edit)
        latents.dreamOnWanted.connect(self._dream_on)

    def hide(self) -> None:
        """Nobody can see the panels."""
        self._channels.dimensions_on_show.put(False)
        self._channels.map_on_show.put(False)

    def refresh(self, scene: Scene, column: int, length: int) -> None:
        """Show what has come, of a column of the scene on show; `length` steps are dreamed on from an edit."""
        self._length = length
        channels = self._channels
        channels.dimensions_on_show.put(self._latents.isVisible())
        channels.map_on_show.put(self._map.isVisible())
        if self._latents.isVisible():
            self._latents.show_frame(scene, column, channels.dimensions.get())
            answer = channels.edited.get()
            if answer is not None and answer.edit.number > self._since:
                self._latents.show_edited(answer)
        if self._map.isVisible():
            self._map.show_scene(scene, column, channels.map.get())
        self._take_branch()

    def _edit(self, scene: Scene, column: int, stoch: Floats) -> None:
        self._player.go_to(column)  # it holds: what is edited stays under the cursor
        self._number += 1
        if np.isnan(stoch).all():  # all as it was: what was edited before is no longer on show
            self._since = self._number
        self._channels.edit.put(Edit(self._number, scene, column, stoch))

    def _dream_on(self, scene: Scene, column: int, stoch: Floats) -> None:
        self._number += 1
        self._channels.dream_on.put(Edit(self._number, scene, column, stoch, self._length))

    def _take_branch(self) -> None:
        """Show what was dreamed on from an edit, unless a person has gone elsewhere meanwhile."""
        answer, shown = self._channels.dreamed_on.get(), self._branches.shown
        if answer is None or answer.edit.number <= self._dreamed_on:
            return
        self._dreamed_on = answer.edit.number
        requested = self._channels.dream_on.get()
        if requested is not answer.edit or shown is None or shown.key != key_of(answer.edit.scene):
            return
        column = answer.edit.column
        step = answer.scene.first_row + column
        self._branches.graft(answer.scene, column, f"edit of frame {step}" if answer.scene.edited else "")
        self.branched.emit(column)
