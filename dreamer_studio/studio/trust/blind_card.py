"""The card of blind driving: how long it takes, its progress, and its result."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.session import Status
from dreamer_studio.studio.help import trust
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.intervals import IntervalBars
from dreamer_studio.studio.widgets.button import enable_pair, push_button
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar
from dreamer_studio.studio.widgets.text import mute, plain_label
from dreamer_studio.texts import rough_time
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.measured import EQUIVALENT, Measured, Verdict
from dreamer_studio.trust.players import BLIND_IN_ALL, EVERY, MOST_ROWS
from dreamer_studio.viewing.channel import Answer
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.trust.messages import BlindResult

EMPTY: Final = (
    "Drive blind to see how much of its return the policy keeps if it sees only every 2nd, 4th, ... 45th frame."
)
UNKNOWN_PACE: Final = "the first episode shows how long this takes"


class BlindCard(Card):
    """Starts and cancels blind driving, and shows its shares.

    Attributes:
        shares: the share of the return for each k.
        drive, cancel: the buttons.
        shown: the result on show, or None.
    """

    driveWanted: ClassVar[Signal] = Signal()
    """Emitted when the user starts blind driving."""

    cancelWanted: ClassVar[Signal] = Signal()
    """Emitted when the user cancels blind driving."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Blind driving", help_text=trust.BLIND, role=Role.DREAM, caption_lines=0, parent=parent)
        self.set_subtitle("share of the return above chance")
        self.shares = IntervalBars(theme, name="Blind driving", empty_text=EMPTY)
        self.drive = push_button("Drive blind", "Play the episodes now; everything else continues")
        self.cancel = push_button("Cancel", "Stop blind driving, and end its environment")
        self._text = plain_label(wrap=True)
        mute(self._text)
        self.shown: BlindResult | None = None
        self.drive.clicked.connect(self.driveWanted)
        self.cancel.clicked.connect(self.cancelWanted)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.shares, 1)
        layout.addWidget(self._text)
        layout.addWidget(FlowBar((self.drive, self.cancel)))
        self.set_body(body)
        self.setFocusProxy(self.drive)

    @property
    def text(self) -> str:
        """Return the line above the buttons."""
        return self._text.text()

    def show_blind(
        self, answer: Answer[BlindResult] | None, status: Status, step_seconds: float | None, *, asked: bool
    ) -> None:
        """Show the progress or the failure of driving; otherwise the newest result, and how long driving takes.

        Args:
            answer: the newest answer.
            status: of the run.
            step_seconds: time of an agent step in Trust's environment, or None if unknown.
            asked: whether there is a request that was not canceled.
        """
        working = asked and not (answer is not None and answer.done)
        enable_pair(self.drive, self.cancel, working=working, startable=status.update > 0)
        result = answer.result if answer is not None else None
        if working:
            self._text.setText(f"{(result.progress if result else '') or 'waits'}.".capitalize())
        elif answer is not None and answer.failure is not None:
            self._text.setText(answer.failure.reason)
        else:
            if result is not None and result.gauge is not None and result is not self.shown:
                self.shown = result
                self._show_gauge(result.gauge)
            found = f"{self._found()} " if self.shown is not None else ""
            self._text.setText(f"{found}{self._cost(status, step_seconds)}")

    def _found(self) -> str:
        assert self.shown is not None and self.shown.gauge is not None
        reason, count = self.shown.gauge.reason, self.shown.gauge.measured.n
        return f"{reason[0].upper()}{reason[1:]}; n {count} episodes, update {self.shown.update:,}."

    def _cost(self, status: Status, step_seconds: float | None) -> str:
        spec = status.spec
        steps = min(MOST_ROWS - 1, -(-spec.time_limit // spec.action_repeat)) if spec is not None else MOST_ROWS - 1
        pace = UNKNOWN_PACE if step_seconds is None else f"at most {rough_time(BLIND_IN_ALL * steps * step_seconds)}"
        return f"Plays {BLIND_IN_ALL} episodes of at most {steps:,} steps with the newest weights: {pace}."

    def _show_gauge(self, gauge: Gauge) -> None:
        shares = {every: gauge.details[f"every_{every}"] for every in EVERY[1:]}
        self.shares.show_ratios(
            {f"sees every {_ordinal(every)} frame": _judged(share) for every, share in shares.items()}
        )


def _ordinal(number: int) -> str:
    return f"{number}{'nd' if number == 2 else 'th'}"


def _judged(share: Measured) -> Measured:
    """Return a share with a verdict: does the share count as the whole return?"""
    kept = 1 / EQUIVALENT
    verdict: Verdict = "holds" if share.low >= kept else "fails" if share.high < kept else "cannot tell"
    return replace(share, verdict=verdict)
