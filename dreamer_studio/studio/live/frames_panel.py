"""Observation, reconstruction and error of one frame."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from dreamer_studio.error_map import error_map
from dreamer_studio.studio.help import live
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.viewing.live.messages import LiveResult
from dreamer_studio.viewing.role import Role

CELL = 190
"""Least width of an image's card in pixels, if there is room for a second one."""


class FramesPanel(CardGrid):
    """The three images that show whether the model sees what the agent sees.

    Attributes:
        error_switch: the action that shows and hides the error map.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(cell=CELL, parent=parent)
        self._action_repeat: int | None = None
        self._observation = FrameView(theme, "Observation", "The first image appears with the first episode.")
        self._reconstruction = FrameView(
            theme, "Reconstruction", "The model draws this image. In a new run it begins after the prefill."
        )
        self._error = FrameView(theme, "Error", "Shows the difference of the two images once both exist.")
        self._observation_card = Card(
            theme,
            "Observation",
            role=Role.REAL,
            help_text=live.OBSERVATION,
        )
        self._reconstruction_card = Card(
            theme,
            "Reconstruction",
            role=Role.MODEL,
            help_text=live.RECONSTRUCTION,
        )
        self._error_card = Card(
            theme,
            "Error",
            role=Role.ERROR,
            help_text=live.ERROR,
        )
        self._error_card.set_subtitle("absolute, x4")
        self._error_card.set_key_hint("E")
        self.error_switch = QAction("Error map", self)
        self.error_switch.setCheckable(True)
        self.error_switch.setChecked(True)
        self.error_switch.toggled.connect(self._error_card.setVisible)
        self._observation_card.partner = self._reconstruction_card
        self._reconstruction_card.partner = self._observation_card
        self._error_card.partner = self._reconstruction_card
        for card, frame_view in (
            (self._observation_card, self._observation),
            (self._reconstruction_card, self._reconstruction),
            (self._error_card, self._error),
        ):
            card.set_body(frame_view)
            self.add_item(card)

    def set_empty_texts(self, observation: str, reconstruction: str) -> None:
        """Say what will fill the first two images, and when."""
        self._observation.set_empty_text(observation)
        self._reconstruction.set_empty_text(reconstruction)

    def set_action_repeat(self, action_repeat: int) -> None:
        """Set the environment steps per action, for the caption."""
        self._action_repeat = action_repeat

    def show_live(self, result: LiveResult) -> None:
        """Show a frame in all three images."""
        self._observation.set_frame(result.image)
        self._reconstruction.set_frame(result.reconstruction)
        model = result.reconstruction
        self._error.set_frame(None if model is None else error_map(result.image, model))

    def describe(self, result: LiveResult, *, at_random: bool) -> None:
        """Write the facts about the frame under the three images."""
        repeat = f" \N{MIDDLE DOT} action repeat {self._action_repeat}" if self._action_repeat else ""
        source = "prefill, random actions" if at_random else "live"
        end = f" \N{MIDDLE DOT} {result.end}" if result.end is not None else ""
        self._observation_card.set_caption(
            f"{source} \N{MIDDLE DOT} episode {result.episode}, agent step {result.index}{end}{repeat}"
        )
        if result.reconstruction is None:
            self._reconstruction_card.set_caption("")
            self._error_card.set_caption("")
            return
        difference = np.abs(result.image.astype(np.float32) - result.reconstruction) / 255.0
        kl = f" \N{MIDDLE DOT} KL {result.kl:.1f} nats" if result.kl is not None else ""
        self._reconstruction_card.set_caption(f"the model saw this frame{kl} \N{MIDDLE DOT} update {result.update:,}")
        self._error_card.set_caption(
            f"scale 0 - 0.25, fixed \N{MIDDLE DOT} mean {difference.mean():.4f}, "
            f"mean square {np.square(difference).mean():.5f}"
        )
