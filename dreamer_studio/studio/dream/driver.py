"""Drives a dream, one step at a time: the next step starts when the last step is on show."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from dreamer_studio.studio.dream.steering_panel import SteeringPanel
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.scene.branches import Branches
from dreamer_studio.viewing.scene.messages import DriveStep, Scene

MOST_COLUMNS = 2000


class Driver(QObject):
    """Asks for steps while the user steers, and moves the cursor along with the answers.

    Driving never overwrites the dream itself: the first step starts a branch. After a step back in a branch, driving
    overwrites the later frames, unless the user forks the branch.
    """

    ended = Signal(str)
    """Emitted when driving ends without the user, with the reason."""

    def __init__(self, channels: Channels, branches: Branches, player: Player, control: SteeringPanel) -> None:
        super().__init__(control)
        self._channel = channels.drive
        self._answers = AnswerReader(channels.drive)
        self._branches = branches
        self._player = player
        self._control = control
        self._sent: DriveStep | None = None
        self._arrived: DriveStep | None = None
        self._scene = 0

    @property
    def waiting(self) -> bool:
        """Return whether a step has no answer yet."""
        return self._sent is not self._arrived

    def engage(self) -> None:
        """Drive from the cursor, and stop waiting for an unanswered step."""
        self._arrived = self._sent
        shown = self._branches.shown
        self._scene = shown.key[0] if shown is not None else 0

    def arrive(self) -> None:
        """Take the answer, and move the cursor to the new frame unless the user has moved the cursor meanwhile.

        After a failed step, the next step starts from the same frame.
        """
        answer, sent = self._answers.current(), self._sent
        if answer is None or sent is None or sent is self._arrived:
            return
        self._arrived = sent
        if answer.failure is not None and not answer.failure.unexpected:
            self._control.set_engaged(False)
            self.ended.emit(answer.failure.reason)
        scene = answer.result
        if scene is None or answer.failure is not None:
            return
        shown = self._branches.shown
        if not self._branches.grow(scene) or shown is None or shown.key != (scene.number, scene.branch):
            return
        self._player.set_columns(scene.decoded)
        if self._player.column == sent.column:
            self._player.follow(scene.decoded - 1)

    def tick(self) -> None:
        """Ask for the next step when the step is due and the last step has an answer."""
        shown, steering = self._branches.shown, self._control.steering
        if shown is None or steering is None or shown.scene.decoded < shown.scene.context:
            return
        if shown.key[0] != self._scene:  # another scene: start at the end of its context
            self._scene = shown.key[0]
            self._control.release()
            self._player.follow(shown.scene.context - 1)
        if self.waiting:
            return
        if self._player.column + 1 >= MOST_COLUMNS:
            self._control.set_engaged(False)
            self.ended.emit(f"A dream ends after {MOST_COLUMNS:,} frames. Step back and drive on from there.")
            return
        turn = self._control.turn_based.isChecked()
        if not (self._control.take_turn() if turn else self._player.due()):
            return
        self._sent = DriveStep(self._own_branch(), self._player.column, steering.next(at_once=turn))
        self._channel.ask(self._sent)

    def _own_branch(self) -> Scene:
        """Return the branch on show. If the dream itself is on show, start a branch: driving overwrites frames."""
        shown = self._branches.shown
        assert shown is not None
        return shown.scene if shown.parent is not None else self._branches.fork(self._player.column).scene
