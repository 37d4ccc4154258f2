"""The imagined rollout that plays beside the live frame."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.help import live
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.player import HOLD_SECONDS, STEPS
from dreamer_studio.viewing.channel import RequestFailure
from dreamer_studio.viewing.live.messages import DreamResult
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.throttle import WORDS_SECONDS, Throttle

FRAMES_PER_SECOND = 12.0


class DreamPanel(QWidget):
    """Plays a dream, then asks for the next one. Keys hold the dream and step through it."""

    wanted = Signal()
    """Emitted when the dream is over, to ask for the next dream from the episode's newest frame."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: DreamResult | None = None
        self._step = 0
        self._playing = True
        self._clock = 0.0
        self._asked = False
        self._shown: tuple[int, int] | None = None
        self._told: tuple[int, int, bool] | None = None
        self._words_due = Throttle(WORDS_SECONDS)
        self._frame = FrameView(
            theme, "Dream", "Dreams need trained weights. In a new run they begin after the prefill."
        )
        self._card = Card(
            theme,
            "Dream",
            role=Role.DREAM,
            help_text=live.DREAM,
        )
        self._card.set_accent(True)
        self._card.set_body(self._frame)
        self._card.set_subtitle("from the live frame")
        self._card.set_key_hint("D")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)
        self._frame.installEventFilter(self)
        self.setFocusProxy(self._frame)

    def refresh(self, result: DreamResult | None) -> None:
        """Take the newest dream and move on as time passes; called at each tick."""
        now = time.monotonic()
        if result is None:
            self._ask()
            return
        if self._result is not None and result.number == self._result.number:
            self._result = result
        elif self._result is None or self._playing:  # a held dream stays
            self._asked = False
            self._result, self._step, self._clock = result, 0, now
        if self._playing:
            self._play(now)
        self._show()

    def set_empty_text(self, text: str) -> None:
        """Say what will fill the image, and when."""
        self._frame.set_empty_text(text)

    def show_failure(self, failure: RequestFailure) -> None:
        """Say that a dream failed. The next dream has been requested."""
        self._told = None
        self._card.set_caption(failure.words)

    @property
    def on_show(self) -> DreamResult | None:
        """Return the dream on show."""
        return self._result

    @property
    def step(self) -> int:
        """Return the imagined step on show, counted from 1."""
        return self._step + 1

    def toggle_playing(self) -> None:
        """Switch between play and hold."""
        self._playing = not self._playing
        self._clock = time.monotonic()

    def move(self, steps: int) -> None:  # type: ignore[override]
        """Hold, and move by a number of frames."""
        if self._result is not None:
            self._playing = False
            self._step = max(0, min(self._result.decoded - 1, self._step + steps))
            self._show()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Handle the keys of the player while the image has the focus."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._result is not None:
            action = pressed(Scope.PLAYER, event.key())
            if action == "player.play":
                self.toggle_playing()
            elif action in STEPS:
                self.move(STEPS[action])
            else:
                return False
            return True
        return False

    def _play(self, now: float) -> None:
        result = self._result
        assert result is not None
        due = int((now - self._clock) * FRAMES_PER_SECOND)
        if self._step >= result.length - 1:
            if now - self._clock > HOLD_SECONDS:
                self._ask()
        elif due > 0:
            self._clock = now
            self._step = min(self._step + due, result.decoded - 1)

    def _ask(self) -> None:
        if not self._asked:
            self._asked = True
            self.wanted.emit()

    def _show(self) -> None:
        result = self._result
        if result is None or result.decoded == 0:
            return
        step = min(self._step, result.decoded - 1)
        shown = (result.number, step)
        if shown != self._shown:  # repaint only after a change
            self._shown = shown
            self._frame.set_frame(result.frames[step])
        told = (*shown, self._playing)
        if told != self._told and (not self._playing or self._words_due()):
            self._told = told
            self._describe(result, step)

    def _describe(self, result: DreamResult, step: int) -> None:
        held = "" if self._playing else " \N{MIDDLE DOT} held"
        self._card.set_subtitle(f"from step {result.index}")
        told = (
            f"step {step + 1} of {result.length}{held}",
            f"reward {result.reward[step]:.2f}",
            f"value {result.value[step]:.1f}",
            f"update {result.update:,}",
            "policy acts (sample), the model sees nothing",
        )
        self._card.set_caption(" \N{MIDDLE DOT} ".join(told))
