"""The keys of the Dream workspace: which part receives a key press."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.dream.steering_panel import SteeringPanel
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.player import Player


class DreamKeys(QObject):
    """Passes keys pressed on the image to steering, then to the player. The strip has the player's keys too.

    On the latents, only Space plays.
    """

    def __init__(
        self, image: QWidget, strip: QWidget, latents: QWidget, steering: SteeringPanel, player: Player
    ) -> None:
        super().__init__(image)
        self._image, self._latents = image, latents
        self._steering = steering
        self._player = player
        for widget in (image, strip, latents):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the keys of steering and player, and leave all other events to the widget."""
        if watched is self._image and self._steering.wants(event):
            return True
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if watched is self._latents and pressed(Scope.PLAYER, event.key()) != "player.play":
            return False  # the latents use the arrows themselves
        return self._player.press(event.key())
