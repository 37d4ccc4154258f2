"""Lets a person into the latents of the scene on show: asks the desks, and hands on what comes back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.dream.latent_map_panel import LatentMapPanel
from dreamer_studio.studio.dream.latents_panel import LatentsPanel
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.viewing.channels import Views
from dreamer_studio.viewing.latents.messages import Edit
from dreamer_studio.viewing.scene.branches import Branches, key_of
from dreamer_studio.viewing.scene.messages import SceneView


class Editor(QObject):
    """Between the panels for latents and their desks. What is hidden asks for nothing."""

    branched = Signal(int)
    """The branch on show is a new one that leaves its parent at this column."""

    def __init__(
        self, views: Views, branches: Branches, player: Player, latents: LatentsPanel, latent_map: LatentMapPanel
    ) -> None:
        super().__init__(latents)
        self._views = views.latents
        self._branches = branches
        self._player = player
        self._latents = latents
        self._map = latent_map
        self._number = self._since = self._dreamt_on = 0
        self._length = 1
        latents.edited.connect(self._edit)
        latents.dreamOnWanted.connect(self._dream_on)

    def hide(self) -> None:
        """Nobody can see the panels."""
        self._views.dimensions_on_show.put(False)
        self._views.map_on_show.put(False)

    def refresh(self, line: SceneView, column: int, length: int) -> None:
        """Show what has come, of a column of the scene on show; `length` steps are dreamt on from an edit."""
        self._length = length
        views = self._views
        views.dimensions_on_show.put(self._latents.isVisible())
        views.map_on_show.put(self._map.isVisible())
        if self._latents.isVisible():
            self._latents.show_frame(line, column, views.dimensions.get())
            answer = views.edited.get()
            if answer is not None and answer.edit.number > self._since:
                self._latents.show_edited(answer)
        if self._map.isVisible():
            self._map.show_scene(line, column, views.map.get())
        self._take_branch()

    def _edit(self, line: SceneView, column: int, stoch: Floats) -> None:
        self._player.go_to(column)  # it holds: what is edited stays under the cursor
        self._number += 1
        if np.isnan(stoch).all():  # all as it was: what was edited before is no longer on show
            self._since = self._number
        self._views.edit.put(Edit(self._number, line, column, stoch))

    def _dream_on(self, line: SceneView, column: int, stoch: Floats) -> None:
        self._number += 1
        self._views.dream_on.put(Edit(self._number, line, column, stoch, self._length))

    def _take_branch(self) -> None:
        """Show what was dreamt on from an edit, unless a person has gone elsewhere meanwhile."""
        answer, shown = self._views.dreamt_on.get(), self._branches.shown
        if answer is None or answer.edit.number <= self._dreamt_on:
            return
        self._dreamt_on = answer.edit.number
        wished = self._views.dream_on.get()
        if wished is not answer.edit or shown is None or shown.key != key_of(answer.edit.line):
            return
        column = answer.edit.column
        step = answer.line.first_row + column
        self._branches.graft(answer.line, column, f"edit of frame {step}" if answer.line.edited else "")
        self.branched.emit(column)
