"""The run controls: actions with their keys, the toolbar, and which of them make sense now."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QMainWindow, QPushButton, QToolBar, QWidget

from dreamer_studio.session import ChangeSetting, Pause, Resume, SaveCheckpoint, Start, State, Status, Stop, UpdateOnce
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.icons import IconBinding
from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.viewing.pace import FIRST_VIEWING_HORIZON

TRAINING_HORIZONS = (1, 50)
VIEWING_HORIZONS = (5, 200)
VIEWING_STEP = 5

_HOLDING = {State.STOPPED, State.FAILED}


class RunToolbar(QObject):
    """What a person can do to the training. It emits commands; somebody else hands them over."""

    command = Signal(object)
    viewingHorizonChanged = Signal(int)

    def __init__(self, theme: Theme, window: QMainWindow) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._state = State.OPENING
        self._horizon_known = 0
        self.start = self._action("Start", "start", "F5", "Train, from wherever the run stands")
        self.pause = self._action("Pause", "pause", "F6", "Hold at the next safe point; dreams go on")
        self.resume = self._action("Resume", "resume", "F6", "Go on with the training")
        self.stop = self._action("Stop", "stop", "Shift+F5", "Save a checkpoint and end the environments")
        self.one_update = self._action(
            "One update", "step", "F7", "Train until one more update is done, then pause; steps that are due come first"
        )
        self.save = self._action("Save checkpoint", "save", "Ctrl+S", "Write a checkpoint now")
        self.start.triggered.connect(lambda: self.command.emit(Start()))
        self.pause.triggered.connect(lambda: self.command.emit(Pause()))
        self.resume.triggered.connect(lambda: self.command.emit(Resume()))
        self.stop.triggered.connect(lambda: self.command.emit(Stop()))
        self.one_update.triggered.connect(lambda: self.command.emit(UpdateOnce()))
        self.save.triggered.connect(lambda: self.command.emit(SaveCheckpoint()))
        self.shorter_view = self._action("Shorter viewing horizon", None, "[", "Dreams are shown for fewer steps")
        self.longer_view = self._action("Longer viewing horizon", None, "]", "Dreams are shown for more steps")
        tip = _with_limits("Imagined steps that the actor learns from", TRAINING_HORIZONS)
        self._training = number_box(TRAINING_HORIZONS, TRAINING_HORIZONS[0], "Training horizon", tip)
        tip = _with_limits("Steps of the dreams on show; no effect on learning", VIEWING_HORIZONS)
        self._viewing = number_box(VIEWING_HORIZONS, FIRST_VIEWING_HORIZON, "Viewing horizon", tip)
        self._viewing.setSingleStep(VIEWING_STEP)
        self._viewing.valueChanged.connect(self.viewingHorizonChanged)
        self.shorter_view.triggered.connect(self._viewing.stepDown)
        self.longer_view.triggered.connect(self._viewing.stepUp)
        self._apply = QPushButton("Apply")
        self._apply.setToolTip("Use this training horizon from the next update on; logged and flagged in the curves")
        self._apply.clicked.connect(lambda: self.command.emit(ChangeSetting("horizon", self._training.value())))
        self._training.valueChanged.connect(lambda _: self._enable_apply())

    @property
    def viewing_horizon(self) -> int:
        """Steps of a dream on show."""
        return self._viewing.value()

    def set_viewing_horizon(self, steps: int) -> None:
        """As if a person had set it; the nearest possible one."""
        self._viewing.setValue(steps)

    def add_toolbar(self, *more: QAction) -> QToolBar:
        """Make the toolbar; `more` actions stand at its end."""
        bar = QToolBar("Run controls")
        bar.setObjectName("run-controls")
        bar.setMovable(False)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.addActions([self.start, self.pause, self.resume, self.stop, self.one_update])
        bar.addSeparator()
        _add_labeled(bar, "Training horizon", self._training)
        bar.addWidget(self._apply)
        bar.addSeparator()
        _add_labeled(bar, "Viewing horizon", self._viewing)
        bar.addSeparator()
        bar.addActions([self.save, *more])
        self._window.addToolBar(bar)
        return bar

    def show_status(self, status: Status) -> None:
        """Offer what makes sense in this state."""
        state = status.state
        if status.config.horizon != self._horizon_known:
            self._horizon_known = status.config.horizon
            self._training.setValue(self._horizon_known)
        self._training.setEnabled(not status.watching)
        self._enable_apply()
        if state is self._state and self.start.isEnabled() == (state in _HOLDING):
            return
        self._state = state
        if status.watching:
            self._offer_playing()
        running, paused = state in {State.RUNNING, State.WAITING}, state is State.PAUSED
        self.start.setEnabled(state in _HOLDING)
        self.start.setVisible(not (running or paused))
        self.pause.setVisible(running)
        self.pause.setEnabled(running)
        self.resume.setVisible(paused)
        self.resume.setEnabled(paused)
        self.stop.setEnabled(running or paused)
        self.one_update.setEnabled((running or paused) and not status.watching)
        self.save.setEnabled(state not in {State.OPENING, State.CLOSED} and not status.watching)

    def disable(self) -> None:
        """Offer nothing any more, while the window closes."""
        for action in (self.start, self.pause, self.resume, self.stop, self.one_update, self.save):
            action.setEnabled(False)
        self._apply.setEnabled(False)

    def _offer_playing(self) -> None:
        """Say what the same keys do to a run that is only watched."""
        tips = {
            self.start: "Play the policy, episode after episode",
            self.pause: "Hold the playing; dreams go on",
            self.resume: "Go on playing",
            self.stop: "End the environment",
        }
        for action, tip in tips.items():
            _describe(action, tip)

    def _enable_apply(self) -> None:
        self._apply.setEnabled(self._horizon_known > 0 and self._training.value() != self._horizon_known)

    def _action(self, text: str, icon: str | None, key: str, tip: str) -> QAction:
        action = QAction(text, self._window)
        action.setShortcut(QKeySequence(key))
        _describe(action, tip)
        if icon is not None:
            IconBinding(self._theme, action, icon)
        self._window.addAction(action)
        return action


def _with_limits(tip: str, limits: tuple[int, int]) -> str:
    return f"{tip}: {limits[0]} to {limits[1]}"


def _describe(action: QAction, tip: str) -> None:
    action.setToolTip(f"{tip} ({action.shortcut().toString()})")
    action.setStatusTip(tip)


def _add_labeled(bar: QToolBar, text: str, widget: QWidget) -> None:
    label = QLabel(f" {text} ")
    label.setBuddy(widget)
    bar.addWidget(label)
    bar.addWidget(widget)
