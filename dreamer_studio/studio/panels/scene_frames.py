"""The frame under the cursor, large: what was real beside what the model saw or dreamt."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dreamer_studio.studio.theme import Role, Theme
from dreamer_studio.studio.views import SceneView
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView


class SceneFramesPanel(QWidget):
    """Two cards: the model's picture and the real one of the same step."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FrameView(theme, "Dreamed frame", "The frame under the cursor of the strip.")
        self._real = FrameView(theme, "Real frame", "What the environment showed at this step, where it is recorded.")
        self._model_card = Card(
            theme,
            "Dream",
            role=Role.DREAM,
            help_text="The model's picture of the frame under the cursor. Before the line of the strip it saw that "
            "frame, and this is a reconstruction; after it, it saw nothing more, and this is a dream.",
        )
        self._model_card.set_accent(True)
        self._real_card = Card(
            theme,
            "Real",
            role=Role.REAL,
            help_text="What the environment showed at the same step of the episode. After the line the model did "
            "not see it. It shows the episode's own actions: where the policy acts in the dream, both part.",
        )
        self.setFocusProxy(self.model)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for card, frame in ((self._model_card, self.model), (self._real_card, self._real)):
            card.set_body(frame)
            layout.addWidget(card, 1)
        self._shown: tuple[int, int, int, bool, bool] | None = None

    def set_captured(self, captured: bool) -> None:
        """Show that the keys of the model's picture steer, or no longer do."""
        self.model.set_captured(captured)
        self._model_card.set_subtitle("your keys steer" if captured else "")

    def show_scene(self, view: SceneView, cursor: int) -> None:
        """Show the frame at a column of the strip."""
        decoded, real = cursor < view.decoded, cursor < len(view.real)
        shown = (view.wish.number, view.step, cursor, decoded, real)
        if shown == self._shown:
            return
        self._shown = shown
        self.model.set_frame(view.model[cursor] if decoded else None)
        self._real.set_frame(view.real[cursor] if real else None)
        seen = cursor < view.context
        step = cursor - view.context + 1
        self._model_card.set_badge("seen" if seen else f"+{step}")
        kl = f" \N{MIDDLE DOT} KL {view.kl[cursor]:.1f} nats" if seen else ""
        acted = ", you acted" if view.driven[cursor] else ""
        what = "the model saw this frame" if seen else f"dreamt step {step}{acted}"
        self._model_card.set_caption(
            f"{what} \N{MIDDLE DOT} predicted reward {view.reward[cursor]:.2f} \N{MIDDLE DOT} value "
            f"{view.value[cursor]:.1f} \N{MIDDLE DOT} policy's entropy {view.entropy[cursor]:.1f} nats{kl}"
        )
        if not real:
            why = "this dream was driven" if view.step else "or not yet"
            self._real_card.set_caption(f"not recorded, {why}")
            return
        difference = view.real[cursor].astype(np.float32) - view.model[cursor] if decoded else None
        error = (
            "" if difference is None else f" \N{MIDDLE DOT} mean square error {np.square(difference / 255).mean():.5f}"
        )
        self._real_card.set_caption(
            f"frame {view.first_row + cursor} \N{MIDDLE DOT} received reward {view.received[cursor]:.2f}{error}"
        )
