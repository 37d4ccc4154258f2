"""The stochastic dimensions of the frame under the cursor: inspect them, edit them, and dream on."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.help import scenes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.latent_rows import FrameLatents, LatentRows, gaussian_in_words
from dreamer_studio.studio.widgets.text import plain_label
from dreamer_studio.viewing.channel import Answer, RequestFailure
from dreamer_studio.viewing.latents.messages import DimensionsResult, EditResult
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.throttle import WORDS_SECONDS, Throttle


class LatentsPanel(QWidget):
    """A row for each dimension, the edited frame, and buttons to restore the frame and to dream on."""

    edited = Signal(object, int, object)
    """Emitted when the user edits the latents of a scene at a column: (S,), NaN where unchanged."""

    dreamOnWanted = Signal(object, int, object)
    """Emitted when the user dreams on from a column of a scene with these latents: (S,), NaN where unchanged."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self._dimensions: DimensionsResult | None = None
        self._failed: tuple[Answer[Any], ...] = ()  # the last two reported failures, of dimensions and edits
        self._column = -1
        self._changes: Floats = np.empty(0)
        self._due = Throttle(WORDS_SECONDS)
        self.rows = LatentRows(theme, "Fills with the first dream of this workspace.")
        self.image = FrameView(theme, "Edited frame", "Drag a ring to see the frame with your number.")
        self._words = plain_label(wrap=True)
        self._words.setAccessibleName("What the edit changes")
        self.reset = push_button("Reset", "Restore all dimensions to the model's sample")
        self.dream_on = push_button("Dream on", "Make a branch from this frame with your latents; the policy acts")
        self._card = Card(theme, "Latents", help_text=scenes.LATENTS, caption_lines=2)
        self.rows.moved.connect(self._move)
        self.rows.restored.connect(self._restore)
        self.rows.chosen.connect(lambda _: self._tell())
        self.reset.clicked.connect(self._reset)
        self.dream_on.clicked.connect(lambda: self._emit(self.dreamOnWanted))
        self.setFocusProxy(self.rows)
        self._lay_out()
        self._enable()

    def show_frame(self, scene: Scene, column: int, answer: Answer[DimensionsResult] | None) -> None:
        """Show a column of a scene once its dimensions arrive. Drop edits of other columns."""
        self._tell_failure(answer)
        dimensions = None if answer is None else answer.result
        known = dimensions if dimensions is not None and dimensions.latents == scene.latents else None
        if known is None or column >= len(known.all.sample):
            return
        if known is self._dimensions and column == self._column:
            self._scene = scene  # same latents; more frames may be decoded or recorded
        elif self._due():  # rows that change faster are unreadable
            self._scene, self._column, self._dimensions = scene, column, known
            self._forget(known.all.sample.shape[1])
            self._fill()

    def show_edited(self, answer: Answer[EditResult] | None) -> None:
        """Show the frame decoded from the newest edit."""
        self._tell_failure(answer)
        scene, column, edited = self._scene, self._column, None if answer is None else answer.result
        if scene is None or edited is None or not self._changed:
            return
        if edited.request.scene.latents != scene.latents or edited.request.column != column:
            return
        self.image.set_frame(edited.image)
        told = [
            f"{name} {number:.2f} ({number - before:+.2f})".replace("-", "\N{MINUS SIGN}")
            for name, number, before in (
                ("reward", edited.reward, scene.columns.reward[column]),
                ("value", edited.value, scene.columns.value[column]),
            )
        ]
        self._words.setText("\n".join(told))

    def show_failure(self, failure: RequestFailure) -> None:
        """Say why there is no result."""
        self._card.set_caption(failure.words)

    def _tell_failure(self, answer: Answer[Any] | None) -> None:
        """Show each failure of a request once."""
        if answer is not None and answer.failure is not None and answer not in self._failed:
            self._failed = (*self._failed[-1:], answer)
            self.show_failure(answer.failure)

    @property
    def _changed(self) -> bool:
        return not bool(np.isnan(self._changes).all())

    def _state(self) -> FrameLatents | None:
        if self._dimensions is None:
            return None
        at, known = self._column, self._dimensions.all
        seen = at < len(known.mean)
        sample = known.sample[at]
        return FrameLatents(
            known.prior_mean[at],
            known.prior_std[at],
            known.mean[at] if seen else None,
            known.std[at] if seen else None,
            known.kl[at] if seen else None,
            sample,
            np.where(np.isnan(self._changes), sample, self._changes),
        )

    def _fill(self) -> None:
        self.rows.show_state(self._state())
        self._tell()
        self._enable()

    def _tell(self) -> None:
        state, scene = self._state(), self._scene
        if state is None or scene is None:
            return
        at = self.rows.current
        seen = state.kl is not None
        step = self._column - scene.context + 1
        self._card.set_badge("seen" if seen else f"+{step}", Role.MODEL if seen else Role.DREAM)
        told = [f"Dimension {at}: prior {gaussian_in_words(state.prior_mean[at], state.prior_std[at])}"]
        if state.mean is not None and state.std is not None and state.kl is not None:
            told.append(f"posterior {gaussian_in_words(state.mean[at], state.std[at])}")
            told.append(f"KL {state.kl[at]:.2f} of {state.kl.sum():.1f} nats")
        else:
            told.append("no posterior: the model did not see this frame")
        told.append(f"sample {state.sample[at]:.2f}")
        if state.value[at] != state.sample[at]:
            told.append(f"yours {state.value[at]:.2f}")
        words = " \N{MIDDLE DOT} ".join(told).replace(" -", " \N{MINUS SIGN}")
        self._card.set_caption(words)
        self.rows.setAccessibleDescription(words)
        self._card.set_subtitle(f"weights of update {scene.update:,}")

    def _move(self, dimension: int, deviations: float) -> None:
        state = self._state()
        if state is None:
            return
        self._changes[dimension] = state.prior_mean[dimension] + deviations * state.prior_std[dimension]
        self._change()

    def _restore(self, dimension: int) -> None:
        self._changes[dimension] = np.nan
        self._change()

    def _reset(self) -> None:
        self._changes[:] = np.nan
        self._change()

    def _change(self) -> None:
        if not self._changed:
            self._forget(len(self._changes))
        self._fill()
        self._emit(self.edited)

    def _emit(self, signal: SignalInstance) -> None:
        signal.emit(self._scene, self._column, self._changes.copy())

    def _forget(self, size: int) -> None:
        self._changes = np.full(size, np.nan)
        self.image.set_frame(None)
        self._words.setText("")

    def _enable(self) -> None:
        self.reset.setEnabled(self._changed)
        self.dream_on.setEnabled(self._dimensions is not None)

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.addWidget(self.image, 1)
        for widget in (self._words, self.reset, self.dream_on):
            side.addWidget(widget)
        body = QWidget()
        inside = QHBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.rows, 3)
        inside.addLayout(side, 1)
        self._card.set_body(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)
