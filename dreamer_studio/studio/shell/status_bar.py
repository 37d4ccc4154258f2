"""The line at the bottom of the window: state, counts, speeds, device, memory."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from dreamer_studio.library.trainer import Life
from dreamer_studio.session import State, Status
from dreamer_studio.studio.health.dot import HealthDot
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.chips import Chip
from dreamer_studio.texts import rough_time
from dreamer_studio.viewing.live.messages import DreamResult
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene

GIB = 2**30
ANSWER_MS = 6000
UNDO_MS = 15_000
APART = 14  # pixels
_ROLES = {
    State.RUNNING: Role.OK,
    State.FINISHED: Role.OK,
    State.FAILED: Role.ERROR,
    State.PAUSED: Role.WARN,
    State.WAITING: Role.WARN,
}

_LIVES = {
    Life.ALIVE: "Following",
    Life.STILL: "Following: still",
    Life.SILENT: "Following: silent",
    Life.LOST: "Following: lost",
    Life.ENDED: "Watching",
}
_LIFE_ROLES = {Life.STILL: Role.WARN, Life.SILENT: Role.WARN, Life.LOST: Role.ERROR}


class StudioStatusBar(QStatusBar):
    """The facts about the run, followed by the answer to the last command.

    Attributes:
        health: the dot that says how the run is.
        undo: takes back what the answer says.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = Chip(theme)
        self._facts = tuple(_Fact() for _ in range(6))
        self._steps, self._updates, self._speed, self._overhead, self._left, self._dreams = self._facts
        self._machine = QLabel()  # short, and its end is a number
        self._overhead.setToolTip(
            "Processor time of this window and its workers, as a share of one core. The training can lose at most this "
            "share of its updates because you watch. A twin's simulator, Trust's simulators and films come on top."
        )
        self.addWidget(self._state)
        self.health = HealthDot(theme)
        self.addWidget(self.health)
        for label in self._facts:
            label.setContentsMargins(0, 0, APART, 0)
            self.addWidget(label)
        self._answer = _Fact()
        self._answer.setTextFormat(Qt.TextFormat.PlainText)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.timeout.connect(self._clear_answer)
        self.undo = QToolButton()
        self.undo.setText("Undo")
        self.undo.setAutoRaise(True)
        self.undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.undo.clicked.connect(self.take_back)
        self.undo.hide()
        self._undoing: Callable[[], object] | None = None
        self.addPermanentWidget(self._answer)
        self.addPermanentWidget(self.undo)
        self.addPermanentWidget(self._machine)

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show an answer for some seconds, with a button if `undo` takes back what was done."""
        self._answer.setText(text)
        self._undoing = undo
        self.undo.setVisible(undo is not None)
        self.undo.setToolTip(f"Take back: {text}" if undo is not None else "")
        self._forget.start(UNDO_MS if undo is not None else ANSWER_MS)

    def take_back(self) -> None:
        """Take back what the message on show says, if it can be taken back."""
        undo = self._undoing
        self._clear_answer()
        if undo is not None:
            undo()

    def _clear_answer(self) -> None:
        self._answer.clear()
        self._undoing = None
        self.undo.hide()

    def show_nothing(self) -> None:
        """Clear all facts: no run is open."""
        self._undoing = None  # what was said may stay
        self.undo.hide()
        self._state.set("No run", Role.NEUTRAL)
        for label in (*self._facts, self._machine):
            label.clear()

    def show_status(self, status: Status, dream: DreamResult | Scene | None, overhead: float | None) -> None:
        """Write the newest facts.

        Args:
            status: the run's status.
            dream: the dream on show, or None.
            overhead: the viewer's share of a core, or None if not yet known.
        """
        self._state.set(state_in_words(status), _role_of(status))
        if status.spec is None:  # the number of steps may depend on the device, which is not known yet
            return
        speed = f"{status.steps_per_s:.1f} steps/s"
        if status.watching:
            self._steps.setText(f"trained for {status.step:,} environment steps")
        else:
            self._steps.setText(f"{status.step:,} environment steps of {status.config.steps:,}")
            speed += f"   {status.updates_per_s:.2f} updates/s"
        self._speed.setText(speed if status.state is State.RUNNING else "")
        trains = status.state is State.RUNNING and not status.watching
        self._overhead.setText(f"overhead: at most {min(overhead, 1):.0%}" if trains and overhead is not None else "")
        extra = f", {status.part_updates.total:,} of a single part" if status.part_updates.total else ""
        self._updates.setText(f"{status.update:,} updates{extra}")
        self._updates.setToolTip(str(status.part_updates))
        self._left.setText(_time_left(status))
        self._dreams.setText(f"dreams from update {dream.update:,}" if dream is not None else "")
        self._machine.setText(f"{status.device.upper()}   {status.memory_bytes / GIB:.1f} GiB")


class _Fact(QLabel):
    """A text that ends in an ellipsis if room is short, so that it never widens the window beyond the screen."""

    def minimumSizeHint(self) -> QSize:
        """Return a width of almost zero."""
        return QSize(1, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, or the part of it that fits."""
        room = self.rect()  # with the gap to the next fact, if the text needs the gap
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def state_in_words(status: Status) -> str:
    """Return the state of the run in one word."""
    if status.state is State.RUNNING and status.watching:
        return "Watching" if status.trainer is None else _LIVES[status.trainer.life]
    return "Prefill" if status.state is State.RUNNING and status.prefill else status.state.value


def _role_of(status: Status) -> Role:
    if status.state is State.RUNNING and status.watching and status.trainer is not None:
        return _LIFE_ROLES.get(status.trainer.life, Role.OK)
    return _ROLES.get(status.state, Role.NEUTRAL)


def _time_left(status: Status) -> str:
    if status.state is State.FINISHED:
        return "all steps are done"
    if status.state is not State.RUNNING or status.seconds_left is None:
        return ""
    return "less than a minute left" if status.seconds_left < 60 else f"about {rough_time(status.seconds_left)} left"
