"""The frame under the cursor, large: the model's image and the comparison's frame."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from dreamer_studio.dreams.image_error import square_error
from dreamer_studio.studio.help import scenes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import Comparison, step_word


class SceneFramesPanel(CardGrid):
    """Two cards: the model's image, and the comparison's frame of the same step."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.model = FrameView(theme, "Dreamed frame", "The frame under the cursor of the strip.")
        self._comparison = FrameView(theme, "Comparison frame", "The comparison's frame of the same step.")
        self._model_card = Card(
            theme,
            "Dream",
            role=Role.DREAM,
            help_text=scenes.MODEL_FRAME,
        )
        self._model_card.set_accent(True)
        self._comparison_card = Card(
            theme,
            "Comparison",
            help_text=scenes.COMPARISON_FRAME,
        )
        self.setFocusProxy(self.model)
        self._model_card.partner, self._comparison_card.partner = self._comparison_card, self._model_card
        for card, frame in ((self._model_card, self.model), (self._comparison_card, self._comparison)):
            card.set_body(frame)
            self.add_item(card)
        self._shown: tuple[Any, ...] | None = None

    def set_captured(self, captured: bool) -> None:
        """Show whether the keys steer while the model's image has the focus."""
        self.model.set_captured(captured)
        self._model_card.set_subtitle("your keys steer" if captured else "")

    def show_scene(self, scene: Scene, cursor: int, comparison: Comparison) -> None:
        """Show the frame at a column, and the comparison's frame of that step."""
        decoded = cursor < scene.decoded
        shown = (scene.number, scene.branch, scene.step, cursor, decoded, comparison.state)
        if shown == self._shown:
            return
        self._shown = shown
        self.model.set_frame(scene.model[cursor] if decoded else None)
        self._show_comparison(scene, cursor, comparison)
        seen = cursor < scene.context
        step = cursor - scene.context + 1
        self._model_card.set_badge("seen" if seen else f"+{step}")
        kl = f" \N{MIDDLE DOT} KL {scene.columns.kl[cursor]:.1f} nats" if seen else ""
        acted = ", you acted" if scene.columns.driven[cursor] else ""
        changed = ", then you changed its latents" if cursor in scene.edited else ""
        what = f"the model saw this frame{changed}" if seen else f"dreamed{acted}{changed}"
        numbers = scene.columns
        told = (
            f"frame {scene.first_row + cursor}",
            what,
            f"predicted reward {numbers.reward[cursor]:.2f}",
            f"value {numbers.value[cursor]:.1f}",
            f"entropy {numbers.entropy[cursor]:.1f} nats{kl}",
        )
        self._model_card.set_caption(" \N{MIDDLE DOT} ".join(told))

    def _show_comparison(self, scene: Scene, cursor: int, comparison: Comparison) -> None:
        frame, reward = comparison.frame(cursor), comparison.reward_at(cursor)
        self._comparison.set_frame(frame)
        self._comparison_card.set_subtitle(comparison.name)
        badge = comparison.badge or comparison.role.value
        self._comparison_card.set_badge(None if badge == comparison.name.casefold() else badge, comparison.role)
        if frame is None:
            early = cursor < comparison.start and len(comparison.frames) > 0
            begins = f"begins at {step_word(scene, comparison.start)}"
            self._comparison_card.set_caption(begins if early else comparison.lacking)
            return
        received = "received" if comparison.role is Role.REAL else "predicted"
        told = [f"frame {scene.first_row + cursor}"] if comparison.same_episode else [step_word(scene, cursor)]
        if reward is not None:
            told.append(f"{received} reward {reward:.2f}")
        if cursor < scene.decoded:
            other = " (other actions)" if comparison.acts_otherwise(cursor) else ""
            told.append(f"mean square {square_error(scene.model[cursor], frame):.5f}{other}")
        told += [words for words in (comparison.mark_words, comparison.note) if words]
        self._comparison_card.set_caption(" \N{MIDDLE DOT} ".join(told))
