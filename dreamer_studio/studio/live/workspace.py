"""The Live workspace: what the agent sees, reconstructs and dreams now, and the curves of its training."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.session import Session, Status
from dreamer_studio.studio.curve_cards.deck import CurveDeck
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.live.dream_panel import DreamPanel
from dreamer_studio.studio.live.empty_words import empty_words
from dreamer_studio.studio.live.frames_panel import FramesPanel
from dreamer_studio.studio.live.timelines_panel import TimelinesPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.text import text_scale
from dreamer_studio.studio.workspace import Reaction, Workspace
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.film.captures import LiveCapture
from dreamer_studio.viewing.live.messages import LiveResult
from dreamer_studio.viewing.throttle import WORDS_SECONDS, Throttle

# Images are cheap and shown as they arrive. A plot takes some 10 ms to draw, which slows the training.
TIMELINES_SECONDS = 0.5
CURVE_SECONDS = 0.5

CURVES = 4
"""Curves on show, the first of those that the Curves workspace shows."""

MARGIN = 10
LOW_MARGIN = 2
"""Pixels above and below everything in a window that is not tall."""

TALL = 860
"""Least height of the window at which the two timelines stand one above the other."""

IMAGES_SHARE = 0.56
"""Largest share of the height for the images."""

WORDS_HEIGHT = 64
"""Height of the words around an image beyond the margins at its sides."""


class LiveWorkspace(Workspace):
    """Reads the newest answers and the session's newest values at each tick, and passes them to the panels."""

    frameShown = Signal(object)
    """Emitted with the `LiveResult` on show when its captions change."""

    def __init__(
        self,
        theme: Theme,
        session: Session,
        channels: Channels,
        curves: CurveSource,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._channels = channels
        self._dreams = AnswerReader(channels.dream)
        self._viewing_horizon = 0
        self._live: LiveResult | None = None
        self._words: tuple[str, str, str] | None = None
        self._described: LiveResult | None = None
        self._words_due, self._empty_due = Throttle(WORDS_SECONDS), Throttle(WORDS_SECONDS)
        self._timelines_due, self._curves_due = Throttle(TIMELINES_SECONDS), Throttle(CURVE_SECONDS)
        self._frames = FramesPanel(theme)
        self._dream = DreamPanel(theme)
        self._timelines = TimelinesPanel(theme)
        self._curves = CurveDeck(theme, curves, most=CURVES, in_a_row=True)
        self._dream.wanted.connect(lambda: channels.dream.ask(self._viewing_horizon))
        self.setFocusProxy(self._dream)
        self._frames.add_item(self._dream)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        for panel in (self._frames, self._timelines, self._curves):
            layout.addWidget(panel)

    def capture(self) -> LiveCapture | None:
        """Return the frames on show, once there is a frame."""
        if self._live is None:
            return None
        return LiveCapture(self._live, self._dream.on_show, self._dream.step)

    def set_viewing_horizon(self, steps: int) -> None:
        """Set the length of the dreams, and ask for the next dream."""
        self._viewing_horizon = steps
        self._channels.dream.ask(steps)

    def set_spec(self, spec: EnvSpec) -> None:
        """Use the task's action repeat."""
        self._frames.set_action_repeat(spec.action_repeat)

    def reactions(self) -> Mapping[str, Reaction]:
        """Return the reaction that shows and hides the error map."""
        return {"view.error": self._frames.error_switch}

    def showEvent(self, event: QShowEvent) -> None:
        """Start computing the live frame and its dreams."""
        self._set_visible(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Compute nothing while the workspace is hidden."""
        self._set_visible(False)
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the height: the images get what they need, within limits, and the plots share the rest."""
        super().resizeEvent(event)
        tall = self.window().height() >= TALL * text_scale()
        self._timelines.set_most(1 if tall else 0)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        margin = MARGIN if tall else LOW_MARGIN
        layout.setContentsMargins(MARGIN, margin, MARGIN, margin)
        room = max(1, self.height() - 2 * margin)
        across = max(1, self._frames.columns(self.width() - 2 * MARGIN))
        rows = -(-len(self._frames.shown) // across)
        wanted = rows * ((self.width() - 2 * MARGIN) // across + WORDS_HEIGHT)
        images = max(1, min(wanted, round(IMAGES_SHARE * room)))
        for place, share in enumerate((images, round(0.6 * (room - images)), round(0.4 * (room - images)))):
            layout.setStretch(place, share)

    def _set_visible(self, visible: bool) -> None:
        self._channels.live.visible = self._channels.dream.visible = visible

    def refresh(self, status: Status) -> None:
        """Show new results."""
        self._say_why_empty(status)
        self._channels.live.stand(None)
        live = self._channels.live.result
        if live is not None and live is not self._live:
            self._live = live
            self._frames.show_live(live)
        if self._live is not None and self._live is not self._described and self._words_due():
            self._described = self._live
            self._frames.describe(self._live, at_random=status.at_random)
            self.frameShown.emit(self._live)
        dream = self._dreams.fresh()
        if dream is not None and dream.failure is not None:
            self._dream.show_failure(dream.failure)
            self._channels.dream.ask(self._viewing_horizon)  # the worker pauses before it tries again
        self._dream.refresh(self._channels.dream.result)
        if self._timelines_due():
            if self._live is not None:
                self._timelines.show_live(self._live)
            self._timelines.show_dream(self._dream.on_show, self._dream.step)
        if self._curves_due():
            self._curves.refresh_next()
        else:
            self._curves.refresh_stale()

    def _say_why_empty(self, status: Status) -> None:
        words = empty_words(status)
        if words != self._words and self._empty_due():
            self._words = words
            self._frames.set_empty_texts(*words[:2])
            self._dream.set_empty_text(words[2])
