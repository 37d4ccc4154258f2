"""The frame under the cursor, large: what was real beside what the model saw or dreamed."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from dreamer_studio.dreams.image_error import square_error
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import Comparison, step_word


class SceneFramesPanel(QWidget):
    """Two cards: the model's image and the real one of the same step."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FrameView(theme, "Dreamed frame", "The frame under the cursor of the strip.")
        self._beside = FrameView(theme, "Frame beside", "What stands beside the dream at this step.")
        self._model_card = Card(
            theme,
            "Dream",
            role=Role.DREAM,
            help_text="The model's image of the frame under the cursor. Before the line of the strip it saw that "
            "frame, and this is a reconstruction; after it, it saw nothing more, and this is a dream.",
        )
        self._model_card.set_accent(True)
        self._beside_card = Card(
            theme,
            "Beside",
            help_text="The same step elsewhere. Real: what the environment showed in the episode; after the line the "
            "model did not see it, and where the policy acts in the dream both part. Or the branch that you have put "
            "beside this one.",
        )
        self.setFocusProxy(self.model)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for card, frame in ((self._model_card, self.model), (self._beside_card, self._beside)):
            card.set_body(frame)
            layout.addWidget(card, 1)
        self._shown: tuple[Any, ...] | None = None

    def set_captured(self, captured: bool) -> None:
        """Show that the keys of the model's image steer, or no longer do."""
        self.model.set_captured(captured)
        self._model_card.set_subtitle("your keys steer" if captured else "")

    def show_scene(self, view: Scene, cursor: int, beside: Comparison) -> None:
        """Show the frame at a column of the strip, and the one beside it."""
        decoded = cursor < view.decoded
        shown = (view.number, view.branch, view.step, cursor, decoded, beside.state)
        if shown == self._shown:
            return
        self._shown = shown
        self.model.set_frame(view.model[cursor] if decoded else None)
        self._show_beside(view, cursor, beside)
        seen = cursor < view.context
        step = cursor - view.context + 1
        self._model_card.set_badge("seen" if seen else f"+{step}")
        kl = f" \N{MIDDLE DOT} KL {view.columns.kl[cursor]:.1f} nats" if seen else ""
        acted = ", you acted" if view.columns.driven[cursor] else ""
        changed = ", then you changed its latents" if cursor in view.edited else ""
        what = f"the model saw this frame{changed}" if seen else f"dreamed step {step}{acted}{changed}"
        numbers = view.columns
        self._model_card.set_caption(
            f"{what} \N{MIDDLE DOT} predicted reward {numbers.reward[cursor]:.2f} \N{MIDDLE DOT} value "
            f"{numbers.value[cursor]:.1f} \N{MIDDLE DOT} policy's entropy {numbers.entropy[cursor]:.1f} nats{kl}"
        )

    def _show_beside(self, view: Scene, cursor: int, beside: Comparison) -> None:
        frame, reward = beside.frame(cursor), beside.reward_at(cursor)
        self._beside.set_frame(frame)
        self._beside_card.set_subtitle(beside.name)
        self._beside_card.set_badge(beside.badge or beside.role.value, beside.role)
        if frame is None:
            early = cursor < beside.start and len(beside.frames) > 0
            begins = f"it begins at {step_word(view, beside.start)}"
            self._beside_card.set_caption(begins if early else beside.lacking)
            return
        received = "received" if beside.role is Role.REAL else "predicted"
        told = [f"frame {view.first_row + cursor}"] if beside.same_episode else [step_word(view, cursor)]
        if reward is not None:
            told.append(f"{received} reward {reward:.2f}")
        if cursor < view.decoded:
            told.append(f"mean square error {square_error(view.model[cursor], frame):.5f}")
        told += [words for words in (beside.mark_words, beside.note) if words]
        self._beside_card.set_caption(" \N{MIDDLE DOT} ".join(told))
