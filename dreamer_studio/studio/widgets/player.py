"""The player of the Dream workspace: one cursor that plays, steps and jumps over the columns of a scene."""

from __future__ import annotations

import time

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QToolButton, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.icons import IconBinding
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar, together
from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.viewing.pace import FRAMES_PER_SECOND

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
HOLD_SECONDS = 0.7  # on the last frame, before the player continues
AWAY_SECONDS = 0.5  # after a longer pause between two ticks, the workspace was hidden

STEPS = {
    "player.back": -1,
    "player.on": 1,
    "player.far_back": -10,
    "player.far_on": 10,
    "player.first": -(10**6),
    "player.last": 10**6,
}
"""The number of columns by which each action of the player moves the cursor."""


class Player(FlowBar):
    """Buttons, a step box, a speed and a loop switch around a cursor.

    Attributes:
        column: the column on show, from 0.
        playing: whether the cursor moves by itself.
        endless: whether frames are made while the player plays; the player then never starts again at the first.
    """

    taken = Signal()
    """Emitted when the user plays, holds, or moves the cursor."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._count_from = 0
        self.column = 0
        self.playing = False
        self.endless = False
        self._columns = 0
        self._clock = self._ticked = 0.0
        self._first = _button("\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}", "First frame (Home)")
        self._back = _button("\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", "One frame back (Left; Page Up: ten)")
        self.play = _button("", "Play or hold (Space)")
        self._icon = IconBinding(theme, self.play, "start")
        self._on = _button(
            "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}", "One frame forward (Right; Page Down: ten)"
        )
        self._last = _button("\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}", "Last frame (End)")
        self.step = number_box((0, 0), 0, "Frame under the cursor", "Frame of the episode; frame 0 is the reset")
        tip = f"1\N{MULTIPLICATION SIGN} is {FRAMES_PER_SECOND:g} frames a second"
        self.speed = choice_box("Speed", tip=tip)
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g}\N{MULTIPLICATION SIGN}", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.loop = QCheckBox("Loop")
        self.loop.setChecked(True)
        self.loop.setToolTip("Start again after the last frame")
        buttons = (self._first, self._back, self.play, self._on, self._last)
        for widget in (together(*buttons), together(QLabel("frame"), self.step), self.speed, self.loop):
            self.add_item(widget)
        self._first.clicked.connect(lambda: self.move_by(STEPS["player.first"]))
        self._back.clicked.connect(lambda: self.move_by(-1))
        self.play.clicked.connect(self.toggle)
        self._on.clicked.connect(lambda: self.move_by(1))
        self._last.clicked.connect(lambda: self.move_by(STEPS["player.last"]))
        self.step.valueChanged.connect(lambda number: self.go_to(number - self._count_from))

    def set_first(self, frame: int) -> None:
        """Set the episode's frame in the first column. On screen, columns have the numbers of their frames."""
        if frame != self._count_from:
            self._count_from = frame
            self._show_range()

    def set_columns(self, columns: int) -> None:
        """Set the current number of columns. The cursor stays if its column still exists."""
        if columns != self._columns:
            self._columns = columns
            self._show_range()
            if self.column >= columns > 0:
                self._show(columns - 1)

    def set_speed(self, speed: float) -> None:
        """Set the speed, if it is one of the choices."""
        place = self.speed.findData(speed)
        if place >= 0:
            self.speed.setCurrentIndex(place)

    def toggle(self) -> None:
        """Switch between play and hold. At the last frame, playing starts again at the first."""
        if not self.playing and not self.endless and self.column == self._columns - 1:
            self._show(0)
        self.set_playing(not self.playing)
        self.taken.emit()

    def set_playing(self, playing: bool) -> None:
        """Play or hold."""
        self.playing = playing
        self._clock = time.monotonic()
        self._icon.set_icon("pause" if playing else "start")

    def go_to(self, column: int) -> None:
        """Hold, and show a column."""
        self.set_playing(False)
        self._show(column)
        self.taken.emit()

    def move_by(self, columns: int) -> None:
        """Hold, and move by a number of columns."""
        self.go_to(self.column + columns)

    def rewind(self) -> None:
        """Go to the first column, and keep playing or holding."""
        self._clock = time.monotonic()
        self._show(0)

    def tick(self, whole: bool) -> None:
        """Move on as time passes; `whole` says whether all columns have arrived."""
        now = time.monotonic()
        idle, self._ticked = now - self._ticked, now
        if idle > AWAY_SECONDS:  # the workspace was hidden: continue at the same column
            self._clock = now
        if not self.playing or self._columns == 0:
            return
        due = int((now - self._clock) * FRAMES_PER_SECOND * self.speed.currentData())
        if self.column < self._columns - 1:
            if due > 0:
                self._clock += due / (FRAMES_PER_SECOND * self.speed.currentData())
                self._show(self.column + due)
        elif not whole:
            self._clock = now
        elif self.loop.isChecked():
            if now - self._clock > HOLD_SECONDS:
                self.rewind()
        else:
            self.set_playing(False)

    def due(self) -> bool:
        """Return whether the next frame, which is not made yet, is due while the player plays."""
        now, wait = time.monotonic(), 1 / (FRAMES_PER_SECOND * self.speed.currentData())
        if not self.playing or now - self._clock < wait:
            return False
        self._clock = max(self._clock + wait, now - wait)  # catch up on delays of the window's clock
        return True

    def follow(self, column: int) -> None:
        """Show a column, and keep playing or holding."""
        self._show(column)

    def press(self, key: int) -> bool:
        """Handle a key. Return whether it is a key of the player."""
        action = pressed(Scope.PLAYER, key)
        if action == "player.play":
            self.toggle()
        elif action in STEPS:
            self.move_by(STEPS[action])
        else:
            return False
        return True

    def _show_range(self) -> None:
        with QSignalBlocker(self.step):
            self.step.setRange(self._count_from, max(1, self._columns) - 1 + self._count_from)
            self.step.setValue(self.column + self._count_from)

    def _show(self, column: int) -> None:
        column = max(0, min(self._columns - 1, column))
        if column == self.column:
            return
        self.column = column
        with QSignalBlocker(self.step):
            self.step.setValue(column + self._count_from)


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
