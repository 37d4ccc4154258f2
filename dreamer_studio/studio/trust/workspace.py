"""The Trust workspace: how far to believe the model's dreams, judged on episodes that it never learned from."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from dreamer_studio.files import write_whole
from dreamer_studio.session import Status
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.cards import TrustCards
from dreamer_studio.studio.trust.verdict_panel import VerdictPanel
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.folder_dialog import ask_for_folder
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar
from dreamer_studio.studio.widgets.layout.stage import Stage
from dreamer_studio.studio.widgets.text import mute, plain_label
from dreamer_studio.studio.workspace import Workspace
from dreamer_studio.trust.players import DEFAULT_EPISODES
from dreamer_studio.trust.report import record_of
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.health.finding import Health
from dreamer_studio.viewing.trust.messages import TrustRequest, TrustResult

EVERY_SECONDS: Final = 60.0
"""Time between two judgments without a request."""

BEFORE: Final = "Fills with the first update. In a new run it comes after the prefill."
FIRST: Final = "The first judgment is being made."


class TrustWorkspace(Workspace):
    """Asks for a judgment once a minute, and at once on request, while the workspace is visible.

    Attributes:
        verdict, cards: the parts of the workspace.
        judge_now, play, export: the buttons.
    """

    def __init__(
        self, theme: Theme, channels: Channels, health: Callable[[], Health], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._channel, self._blind, self._health = channels.trust, channels.blind, health
        self._answers = AnswerReader(self._channel)
        self._newest: TrustResult | None = None
        self._asked_at: float | None = None
        self._working = False
        self.verdict = VerdictPanel(theme)
        self.verdict.tell(BEFORE)
        self.cards = TrustCards(theme)
        self.judge_now = push_button("Judge now", "Judge the newest weights at once")
        self.play = push_button(
            f"Play {DEFAULT_EPISODES} test episodes",
            "Play more episodes with the newest weights in a separate environment, and judge on them too",
        )
        self.export = push_button("Export figures and record...", "Write figures, tables and the record into a folder")
        self._line = plain_label(wrap=True)
        self._lay_out()
        self.judge_now.clicked.connect(lambda: self._ask(TrustRequest()))
        self.play.clicked.connect(lambda: self._ask(TrustRequest(DEFAULT_EPISODES)))
        self.export.clicked.connect(lambda: ask_for_folder(self, "Export figures and record", self.write_files))
        self.export.setEnabled(False)
        self.cards.points.picked.connect(self._dream_from)
        self.cards.blind.driveWanted.connect(lambda: self._blind.ask(None))
        self.cards.blind.cancelWanted.connect(self._blind.withdraw)
        self.cards.health.gaugeWanted.connect(self.show_gauge)
        self.verdict.tryWanted.connect(self._show_what_to_try)
        self._marked: Card | None = None
        self.setFocusProxy(self.verdict)
        self.setAccessibleName("Trust")

    def showEvent(self, event: QShowEvent) -> None:
        """Judge while the workspace is visible."""
        self._channel.visible = True
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Compute nothing while the workspace is hidden."""
        self._channel.visible = False
        self._mark(None)
        super().hideEvent(event)

    def refresh(self, status: Status) -> None:
        """Show a new judgment, and ask for one when it is time."""
        answer = self._answers.fresh()
        if answer is not None:
            self._working = not answer.done
            if answer.result is not None:
                self.cards.history.show_history(answer.result.kept, answer.result.kl)
            if answer.failure is not None:
                self._tell_failure(answer.failure.reason)
            elif answer.done and answer.result is not None and answer.result.report is not None:
                self._show(answer.result)
        learned = status.update > 0
        for button in (self.judge_now, self.play):
            if self._working and button.hasFocus():  # a gray button would hand its focus to a number box
                self.verdict.setFocus()
            button.setEnabled(learned and not self._working)
        if learned and not self._working and self._is_due(status.update):
            self._ask(TrustRequest())
        result = self._channel.result
        pace = result.step_seconds if result is not None else None
        self.cards.blind.show_blind(self._blind.newest(), status, pace, asked=self._blind.asked)
        self.cards.health.show_health(self._health())
        self._line.setText(self._facts())

    def show_gauge(self, name: str) -> None:
        """Scroll to the card of a gauge, mark the card, and give it the focus."""
        card = self.cards.card_of(name)
        stage, area = (_around(self, kind) for kind in (Stage, QScrollArea))
        if isinstance(stage, Stage):
            stage.restore()
        if isinstance(area, QScrollArea):
            QTimer.singleShot(0, card, functools.partial(area.ensureWidgetVisible, card))  # after the layout
        self._mark(card)
        card.help_button.setFocus()

    def _show_what_to_try(self, name: str) -> None:
        """Show the card of a gauge, and open its help once the card is in sight."""
        self.show_gauge(name)
        button = self.cards.card_of(name).help_button
        QTimer.singleShot(0, button, button.open)

    def _mark(self, card: Card | None) -> None:
        if self._marked is not None:
            self._marked.set_accent(False)
        if card is not None:
            card.set_accent(True)
        self._marked = card

    @property
    def facts(self) -> str:
        """Return the line above the cards."""
        return self._line.text()

    def _is_due(self, update: int) -> bool:
        if self._asked_at is None:
            return True
        report = self._newest.report if self._newest is not None else None
        judged = report is not None and report.update == update
        return not judged and time.monotonic() - self._asked_at >= EVERY_SECONDS

    def _ask(self, request: TrustRequest) -> None:
        self._asked_at = time.monotonic()
        self._working = True
        self._channel.ask(request)
        if self._newest is None:
            self.verdict.tell(FIRST)

    def _show(self, result: TrustResult) -> None:
        assert result.report is not None
        self._newest = result
        self.export.setEnabled(True)
        self.verdict.show_judgment(result.report.judgment)
        self.cards.show_judgment(result.report.judgment, lambda episode, row: result.frame(episode, row).words)

    def _dream_from(self, episode: int, row: int) -> None:
        assert self._newest is not None
        self.frameWanted.emit(self._newest.frame(episode, row))

    def _tell_failure(self, reason: str) -> None:
        if self._newest is None:
            self.verdict.tell(reason)
        else:
            self.problemFound.emit(reason)

    def _facts(self) -> str:
        parts = []
        if self._newest is not None and self._newest.report is not None:
            report = self._newest.report
            age = time.monotonic() - self._newest.at
            parts += [
                f"Update {report.update:,}",
                f"{report.judgment.episodes} test episodes that no update learned from",
                "95% intervals over episodes",
                f"computed {age:.0f} s ago in {self._newest.seconds:.1f} s",
            ]
            if self._newest.remark:
                parts.append(self._newest.remark)
        result = self._channel.result
        if self._working and result is not None and result.progress:
            parts.append(result.progress)
        return " \N{MIDDLE DOT} ".join(parts)

    def write_files(self, folder: Path) -> None:
        """Write the record, the tables and the figures of the newest judgment into a folder."""
        assert self._newest is not None and self._newest.report is not None
        try:
            self._newest.report.write(folder)
            for plot in self.cards.plots:
                plot.figure().write(folder, plot.accessibleName())
            self.cards.history.write(folder)
            blind = self.cards.blind.shown
            if blind is not None and blind.gauge is not None:
                record = {"step": blind.step, "update": blind.update, **record_of(blind.gauge)}
                write_whole(folder / "blind.json", (json.dumps(record, indent=2) + "\n").encode())
        except OSError as error:
            self.problemFound.emit(f"The judgment cannot be written: {error}")

    def _lay_out(self) -> None:
        mute(self._line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.verdict)
        layout.addWidget(FlowBar((self.judge_now, self.play, self.export)))
        layout.addWidget(self._line)
        layout.addWidget(self.cards, 1)


def _around(widget: QWidget, kind: type[QWidget]) -> QWidget | None:
    """Return the nearest widget of a kind that contains another widget."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, kind):
        above = above.parentWidget()
    return above
