"""The Curves workspace: any measure of the training over any axis, with other runs laid over."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.session import Status
from dreamer_studio.studio.curve_cards.deck import CurveDeck
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.curves.bar import CurvesBar
from dreamer_studio.studio.curves.runs_bar import RunsBar
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.workspace import Workspace
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.curves.messages import CurvesChannels
from dreamer_studio.viewing.throttle import Throttle

ROUND_SECONDS = 2.0
"""Time in which each card is drawn once."""


class CurvesWorkspace(Workspace):
    """Shows all chosen curves, and draws one card at a time.

    Attributes:
        bar, runs, deck: the parts of the workspace.
    """

    def __init__(
        self, theme: Theme, source: CurveSource, channels: CurvesChannels, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._channels = channels
        self._answers = AnswerReader(channels.runs)
        self.deck = CurveDeck(theme, source)
        self.bar = CurvesBar(source, self.deck)
        self.runs = RunsBar(theme, source)
        self.runs.runsWanted.connect(lambda: channels.runs.ask(None))
        self._due = Throttle(0.0)
        source.choices.changed.connect(self._set_pace)
        source.undoable.connect(self.undoable)
        self._set_pace()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.bar)
        layout.addWidget(self.runs)
        layout.addWidget(self.deck, 1)
        self.setFocusProxy(self.bar.unit)

    def refresh(self, status: Status) -> None:
        """Show new rows."""
        self.runs.set_task(status.config.task)
        answer = self._answers.fresh()
        if answer is not None and answer.result is not None:
            self.runs.show_runs(answer.result)
        if self._due():
            self.deck.refresh_next()
        else:
            self.deck.refresh_stale()

    def _set_pace(self) -> None:
        self._due = Throttle(ROUND_SECONDS / max(4, len(self.deck.cards)))
