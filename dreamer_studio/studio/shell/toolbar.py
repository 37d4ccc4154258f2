"""The toolbar: run controls and horizons, enabled when they make sense."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QPushButton, QSpinBox, QToolBar

from dreamer_studio.session import ChangeSetting, MakeUpdates, Pause, Resume, SaveCheckpoint, Start, State, Status, Stop
from dreamer_studio.studio.actions import When
from dreamer_studio.studio.shell.action_set import ActionSet
from dreamer_studio.studio.shell.fitting.toolbar import FittingToolBar
from dreamer_studio.studio.widgets.fields.manners import on_enter
from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.viewing.pace import FIRST_VIEWING_HORIZON

TRAINING_HORIZONS = (1, 50)
VIEWING_HORIZONS = (5, 200)
VIEWING_STEP = 5

_HOLDING = {State.STOPPED, State.FAILED}
_GOING = {State.RUNNING, State.WAITING, State.PAUSED}


class RunToolbar(QObject):
    """Emits commands for the training. The run on show submits them."""

    command = Signal(object)
    viewingHorizonChanged = Signal(int)

    def __init__(self, window: QMainWindow, actions: ActionSet) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._shown: tuple[State, bool] | None = None
        self._horizon_known = 0
        self.start, self.pause, self.stop = actions["run.start"], actions["run.pause"], actions["run.stop"]
        self.one_update, self.save = actions["run.one_update"], actions["run.save"]
        actions.bind(
            {
                "run.start": lambda: self.command.emit(Start()),
                "run.pause": self._pause_or_resume,
                "run.stop": lambda: self.command.emit(Stop()),
                "run.one_update": lambda: self.command.emit(MakeUpdates()),
                "run.save": lambda: self.command.emit(SaveCheckpoint()),
            }
        )
        tip = _with_limits("Imagined steps from which the actor learns", TRAINING_HORIZONS)
        self._training = number_box(TRAINING_HORIZONS, TRAINING_HORIZONS[0], "Training horizon", tip)
        tip = _with_limits("Steps of the dreams on show; does not affect learning", VIEWING_HORIZONS)
        self._viewing = number_box(VIEWING_HORIZONS, FIRST_VIEWING_HORIZON, "Viewing horizon", tip)
        self._viewing.setSingleStep(VIEWING_STEP)
        self._viewing.valueChanged.connect(self.viewingHorizonChanged)
        actions.bind({"dream.shorter": self._viewing.stepDown, "dream.longer": self._viewing.stepUp})
        self._apply = QPushButton("Apply")
        self._apply.setToolTip("Use this training horizon from the next update on. Log and curves show the change")
        self._apply.clicked.connect(self._apply_horizon)
        self._training.valueChanged.connect(lambda _: self._compare_horizons())
        on_enter(self._training, self._apply_horizon)
        self._training.setParent(window)  # the style sheet reaches only widgets of the window
        self._training.setMinimumWidth(_width_with(self._training, _in_use(TRAINING_HORIZONS[1])))

    @property
    def viewing_horizon(self) -> int:
        """Return the number of steps of the dreams on show."""
        return self._viewing.value()

    def set_viewing_horizon(self, steps: int) -> None:
        """Set the viewing horizon, or the nearest value within the limits."""
        self._viewing.setValue(steps)

    def add_toolbar(self, *more: QAction) -> QToolBar:
        """Make the toolbar, with the actions `more` at its end."""
        bar = FittingToolBar("Run controls")
        bar.setObjectName("run-controls")
        bar.addActions([self.start, self.pause, self.stop, self.one_update])
        bar.addSeparator()
        bar.add_labeled("Training horizon", "Train", self._training)
        bar.addWidget(self._apply)
        bar.addSeparator()
        bar.add_labeled("Viewing horizon", "View", self._viewing)
        bar.addSeparator()
        bar.addActions([self.save, *more])
        self._window.addToolBar(bar)
        return bar

    def show_status(self, status: Status) -> None:
        """Enable the actions that make sense in this state."""
        if status.config.horizon != self._horizon_known:
            self._horizon_known = status.config.horizon
            self._training.setValue(self._horizon_known)
        self._training.setEnabled(not status.watching)
        self._compare_horizons()
        self._actions.offer(conditions(status))
        if (status.state, status.watching) != self._shown:
            self._shown = status.state, status.watching
            self._show_state(status.state, watching=status.watching)

    def show_nothing(self) -> None:
        """Disable everything while no run is open."""
        self._shown = None
        self._horizon_known = 0
        self.start.setVisible(True)
        self.pause.setVisible(False)
        self._training.setEnabled(False)
        self._compare_horizons()
        self._actions.offer({When.ALWAYS})

    def disable(self) -> None:
        """Disable the run controls while the run closes."""
        self._actions.offer({When.ALWAYS, When.RUN})
        self._apply.setEnabled(False)

    def _show_state(self, state: State, *, watching: bool) -> None:
        paused = state is State.PAUSED
        self.start.setVisible(state not in _GOING)
        self.pause.setVisible(state in _GOING)
        self.pause.setText("Resume" if paused else "Pause")
        self._actions.set_icon("run.pause", "resume" if paused else "pause")
        if watching:
            self._actions.describe("run.start", "Play the policy, episode after episode")
            self._actions.describe("run.pause", "Continue playing" if paused else "Pause; dreams continue")
            self._actions.describe("run.stop", "End the environment")
        else:
            tip = "Continue the training" if paused else "Pause at the next safe point; dreams continue"
            self._actions.describe("run.pause", tip)

    def _pause_or_resume(self) -> None:
        self.command.emit(Resume() if self._shown is not None and self._shown[0] is State.PAUSED else Pause())

    def _compare_horizons(self) -> None:
        """Mark a horizon that is not in use, and offer to apply it."""
        differs = self._horizon_known > 0 and self._training.value() != self._horizon_known
        self._training.setSuffix(_in_use(self._horizon_known) if differs else "")
        self._apply.setEnabled(differs)

    def _apply_horizon(self) -> None:
        if self._apply.isEnabled():
            self.command.emit(ChangeSetting("horizon", self._training.value()))


def _in_use(horizon: int) -> str:
    return f" (in use {horizon})"


def _width_with(box: QSpinBox, suffix: str) -> int:
    """Return the width of a box with its longest suffix, so that typing moves nothing beside it."""
    box.setSuffix(suffix)
    width = box.sizeHint().width()
    box.setSuffix("")
    return width


def _with_limits(tip: str, limits: tuple[int, int]) -> str:
    return f"{tip}: {limits[0]} to {limits[1]}"


def conditions(status: Status) -> set[When]:
    """Return the conditions for actions that hold with this status of the open run."""
    state, going = status.state, status.state in _GOING
    holds = {
        When.ALWAYS: True,
        When.RUN: True,
        When.HOLDS: state in _HOLDING,
        When.GOES: going,
        When.TRAINS: going and not status.watching,
        When.SAVES: status.spec is not None and state is not State.CLOSED and not status.watching,
    }
    return {when for when, does in holds.items() if does}
