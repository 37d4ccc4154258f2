"""The controls of a dream: who acts, what the policy would do, and how keys steer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.envs import EnvSpec
from dreamer_studio.studio.actions import Scope, action
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.action_bars import ActionBars
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.chips import Chip
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.keys import pressed, qt_key
from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.studio.widgets.steering_pad import SteeringPad
from dreamer_studio.studio.widgets.text import mute
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import EPISODE_ACTS, FILM_ACTS, Scene
from dreamer_studio.viewing.scene.steering import FIRST_DECAY, FIRST_RAMP, Steering

Key = Qt.Key
ARROWS = {
    "Left": "\N{LEFTWARDS ARROW}",
    "Right": "\N{RIGHTWARDS ARROW}",
    "Down": "\N{DOWNWARDS ARROW}",
    "Up": "\N{UPWARDS ARROW}",
}
PAIRS = tuple(action(f"steer.{number}").keys for number in range(1, 8))
"""Keys of the first continuous dimensions: toward -1 and toward +1."""

CHOICES = action("steer.choice").keys
"""Keys of the first choices. If there are only two choices, the arrows work too."""

RESTS = (("the policy's", "policy"), ("zero", "zero"))
MOST_STEPS = 50
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class SteeringPanel(QScrollArea):
    """Steers by keys and mouse, and shows who acted in the step under the cursor.

    Attributes:
        engaged: whether the user has control, so that keys pressed on the image steer.
        steering: the dimensions and keys that are held; None until the task's actions are known.
    """

    engagedChanged = Signal(bool)
    """Emitted when the user takes control or gives it back."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.engaged = False
        self.steering: Steering | None = None
        self._bars: ActionBars | None = None
        self._keys: dict[Key, tuple[int, float]] = {}
        self._down: dict[Key, tuple[int, float]] = {}
        self._turn_owed = False
        self._shown: tuple[int, int, int, int] | None = None
        self._take = push_button(
            "Take control (C)", "Steer from the frame under the cursor with the keys below. Esc gives control back"
        )
        self._take.setCheckable(True)
        self._take.clicked.connect(self.set_engaged)
        self._who = Chip(theme, "Policy", Role.DREAM)
        self._latched = Chip(theme)
        self.turn_based = QCheckBox("Wait for a key")
        self.turn_based.setToolTip("Make one step per key press")
        self._ramp = number_box(
            (1, MOST_STEPS), FIRST_RAMP, "Ramp", "Steps that a held key takes from 0 to full", suffix=" steps"
        )
        self._decay = number_box(
            (1, MOST_STEPS),
            FIRST_DECAY,
            "Decay",
            "Steps that a released key takes back to 0 before the policy continues",
            suffix=" steps",
        )
        self._rest = choice_box("The rest", tip="Who acts in the other dimensions while you hold one")
        for text, rest in RESTS:
            self._rest.addItem(text, rest)
        self._note = QLabel("The controls appear with the first agent step.")
        self._note.setWordWrap(True)
        mute(self._note)
        self._pad = SteeringPad(theme)
        self._pad.held.connect(self._grab_two)
        self._pad.letGo.connect(self._let_go_two)
        self._across, self._up = _dimensions("Across the pad"), _dimensions("Up the pad")
        self._pad_row = QWidget()
        self._form = QWidget()
        self._ramp.valueChanged.connect(lambda _: self._configure())
        self._decay.valueChanged.connect(lambda _: self._configure())
        self._rest.activated.connect(lambda _: self._configure())
        self._lay_out()

    def set_spec(self, spec: EnvSpec) -> None:
        """Use the actions of the task."""
        if self._bars is not None:
            return
        discrete = spec.action_kind == "discrete"
        self.steering = Steering(spec.action_size, discrete=discrete)
        if discrete:
            written = list(CHOICES)
            if spec.action_size == 2:
                written = ["1 \N{LEFTWARDS ARROW}", "2 \N{RIGHTWARDS ARROW}"]
            self._keys = {qt_key(key): (row, 1.0) for row, key in enumerate(CHOICES[: spec.action_size])}
            if spec.action_size == 2:
                self._keys |= {qt_key(key): (row, 1.0) for row, key in enumerate(PAIRS[0])}
        else:
            written = [" ".join(ARROWS.get(key, key) for key in pair) for pair in PAIRS]
            for row, (less, more) in enumerate(PAIRS[: spec.action_size]):
                self._keys |= {qt_key(less): (row, -1.0), qt_key(more): (row, 1.0)}
        written += [""] * spec.action_size
        names = [f"{name}  {text}".rstrip() for name, text in zip(spec.action_names, written, strict=False)]
        self._bars = ActionBars(self._theme, names, spec.action_kind, visible_rows=12, steerable=True)
        self._bars.setAccessibleName("Steering")
        self._bars.held.connect(lambda row, target: self._grab({row: target}))
        self._bars.letGo.connect(self._let_go)
        self._layout.insertWidget(1, self._bars)
        self._form.setVisible(not discrete)
        self._pad_row.setVisible(not discrete and spec.action_size > 1)
        for place, box in enumerate((self._across, self._up)):
            box.addItems(spec.action_names)
            box.setCurrentIndex(min(place, spec.action_size - 1))
        self._note.setText(
            "Hold a key or a bar to act; let go and the policy continues. M keeps your action after you let go. "
            "The hollow mark shows what the policy would have done."
        )
        self._configure()

    def set_engaged(self, engaged: bool) -> None:
        """Take control, or give it back and release all keys."""
        engaged = engaged and self.steering is not None
        self._take.setChecked(engaged)
        self._take.setText("Give back control (Esc)" if engaged else "Take control (C)")
        if engaged != self.engaged:
            self.engaged = engaged
            self.release()
            self.engagedChanged.emit(engaged)

    def release(self) -> None:
        """Release all keys, bars and the pad."""
        self._turn_owed = False
        self._down.clear()
        if self.steering is not None:
            self.steering.release()
        self._latched.set("", Role.NEUTRAL)

    def take_turn(self) -> bool:
        """Return whether the user has pressed a key since the last turn."""
        owed, self._turn_owed = self._turn_owed, False
        return owed

    def show_step(self, scene: Scene, cursor: int) -> None:
        """Show who acted in the step to a column, and what the policy would have done."""
        shown = (scene.number, scene.branch, scene.step, cursor)
        if self._bars is None or shown == self._shown:
            return
        self._shown = shown
        ghost = scene.columns.policy[cursor]
        asked = not np.isnan(ghost).any()
        self._bars.set_values(scene.columns.action[cursor], ghost if asked else None)
        self._pad.set_point(self._on_pad(scene.columns.action[cursor]), self._on_pad(ghost) if asked else None)
        if scene.columns.driven[cursor]:
            self._who.set("You", Role.WARN)
        elif cursor < scene.context or scene.acts_at(cursor) == EPISODE_ACTS:
            self._who.set("Episode", Role.REAL)
        elif scene.acts_at(cursor) == FILM_ACTS:
            self._who.set("Film", Role.DREAM)
        else:
            self._who.set("Policy", Role.DREAM)

    def wants(self, event: QEvent) -> bool:
        """Handle an event of the image whose keys steer; return True to keep the event from other widgets."""
        if not self.engaged or self.steering is None:
            return False
        kind = event.type()
        if kind is QEvent.Type.FocusOut:
            self.set_engaged(False)
            return False
        if not isinstance(event, QKeyEvent):
            return False
        key = Key(event.key())
        if key == Key.Key_Shift and kind is QEvent.Type.KeyPress:  # with Shift, a digit is released as another key
            self.release()
        if kind is not QEvent.Type.KeyRelease and event.modifiers() & _COMMANDS:
            return False
        if key not in self._keys and pressed(Scope.STEERING, key) not in {"steer.latch", "steer.release"}:
            return False
        if kind is QEvent.Type.ShortcutOverride:  # otherwise the key would trigger a command of the window
            event.accept()
        elif not event.isAutoRepeat():
            self._obey(key, down=kind is QEvent.Type.KeyPress)
        return True

    def _obey(self, key: Key, *, down: bool) -> None:
        assert self.steering is not None
        if key in self._keys:
            row, target = self._keys[key]
            self._down.pop(key, None)
            others = [other for at, other in self._down.values() if at == row]
            if down:
                self._down[key] = row, target
                self._turn_owed = True
                self.steering.hold(row, target)
            elif others:  # the other key of this dimension is still down
                self.steering.hold(row, others[-1])
            else:
                self.steering.let_go(row)
        elif down and pressed(Scope.STEERING, key) == "steer.latch":
            self.steering.latched = not self.steering.latched
            self._latched.set("latched" if self.steering.latched else "", Role.NEUTRAL)
        elif down:
            self.set_engaged(False)

    def _grab(self, targets: dict[int, float]) -> None:
        steering = self.steering
        if steering is not None and self.engaged:
            self._turn_owed |= not any(steering.holds(row) for row in targets)
            for row, target in targets.items():
                steering.hold(row, target)

    def _grab_two(self, across: float, up: float) -> None:
        self._grab({self._across.currentIndex(): across, self._up.currentIndex(): up})

    def _let_go_two(self) -> None:
        self._let_go(self._across.currentIndex())
        self._let_go(self._up.currentIndex())

    def _on_pad(self, action: NDArray[np.float32]) -> tuple[float, float]:
        return float(action[self._across.currentIndex()]), float(action[self._up.currentIndex()])

    def _let_go(self, row: int) -> None:
        if self.steering is not None:
            self.steering.let_go(row)

    def _configure(self) -> None:
        if self.steering is not None:
            self.steering.ramp = self._ramp.value()
            self.steering.decay = self._decay.value()
            self.steering.rest = self._rest.currentData()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._take)
        head.addWidget(self._who)
        head.addWidget(self._latched)
        head.addStretch(1)
        pad = QHBoxLayout(self._pad_row)
        pad.setContentsMargins(0, 0, 0, 0)
        pad.addWidget(self._pad)
        axes = QFormLayout()
        axes.addRow("across", self._across)
        axes.addRow("up", self._up)
        pad.addLayout(axes, 1)
        self._pad_row.hide()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        for text, widget in (("Ramp", self._ramp), ("Decay", self._decay), ("The rest is", self._rest)):
            form.addRow(text, widget)
        content = QWidget()
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(12, 10, 12, 10)
        self._layout.addLayout(head)
        self._layout.addWidget(self._note)
        self._layout.addWidget(self._pad_row)
        self._layout.addWidget(self.turn_based)
        self._layout.addWidget(self._form)
        self._layout.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the image keeps the focus while the mouse steers
        self.setAccessibleName("Control")


def _dimensions(name: str) -> QComboBox:
    box = choice_box(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(6)
    return box
