"""The preview of a task: moving frames, and facts."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from dreamer_studio.arrays import FRAME_SIZE, Images
from dreamer_studio.envs import TaskInfo
from dreamer_studio.studio.new_run.fact_list import FactList
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.text import plain_label
from dreamer_studio.viewing.frames import no_frames
from dreamer_studio.viewing.new_run.messages import Preview
from dreamer_studio.viewing.new_run.task_facts import LABELS, facts, usual_return

FRAME_MS = 50
NO_TASK = "Choose a task: its first frames appear here."
STARTING = "Starting the environment in its own process"
SIDES = (192, 448)
"""Least and greatest side of the frame, in logical pixels."""

FRAME_SHARE = 0.42
"""Largest share of the panel's width that the frame takes."""


class PreviewPanel(QWidget):
    """Repeats the frames of a preview beside the facts about its task.

    Args:
        theme: the colors.
        parent: the owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames: Images = no_frames()
        self._place = 0
        self._frame = FrameView(theme, "Preview of the task", NO_TASK)
        self._frame.setFixedSize(SIDES[0], SIDES[0])
        self.facts = FactList(LABELS)
        self.play = _button("Pause preview", "Stop or repeat the frames of the preview")
        self.play.setCheckable(True)
        self.play.setEnabled(False)
        self.again = _button("Show preview", "Start the environment and play random actions")
        self.check = _button("Chec&k task", "Try the task for some seconds: what the agent sees, rewards, ends, speed")
        self._problem = plain_label(wrap=True)
        self._problem.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._install = QLineEdit()
        self._install.setReadOnly(True)
        self._install.setAccessibleName("Command that installs the missing package")
        self.copy = _button("Copy", "Copy the command that installs the missing package")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._install.text()))
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._next_frame)
        self.play.toggled.connect(lambda paused: self.play.setText("Play preview" if paused else "Pause preview"))
        self._lay_out()
        self._say("", "")
        self.again.hide()
        self.check.setEnabled(False)

    @property
    def problem(self) -> str:
        """Return the problem that the panel shows; empty if there is none."""
        return self._problem.text()

    @property
    def install_line(self) -> str:
        """Return the command that installs the missing package; empty if there is none."""
        return self._install.text()

    def show_task(self, info: TaskInfo) -> None:
        """Begin with another task, whose frames come later, or say why it cannot run."""
        self._clear()
        self._say(info.problem, info.install)
        self._frame.set_empty_text("This task cannot run here yet." if info.problem else STARTING)
        self.facts.set_value("Usual return", usual_return(info.task))

    def show_waiting(self, reason: str) -> None:
        """Offer to start the environment, because it does not start by itself."""
        self._clear()
        self._say(reason, "")
        self._frame.set_empty_text("No preview yet.")
        self.again.show()

    def show_starting(self) -> None:
        """Say that the environment starts; its last frames stay on show."""
        self._say("", "")
        self.again.hide()
        self._frame.set_empty_text(STARTING)

    def show_preview(self, preview: Preview) -> None:
        """Take more frames and facts."""
        if len(preview.frames) < len(self._frames) or not len(self._frames):
            self._place = 0
            self._frame.set_frame(preview.frames[0])
        self._frames = preview.frames
        self.play.setEnabled(True)
        for label, value in facts(preview).items():
            self.facts.set_value(label, value)

    def show_failure(self, reason: str) -> None:
        """Say why there is no preview."""
        self._clear()
        self._say(reason, "")
        self._frame.set_empty_text("The environment does not start.")
        self.again.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Enlarge the frame by whole steps if there is room."""
        super().resizeEvent(event)
        room = min(self.height(), int(FRAME_SHARE * self.width()))
        side = max(SIDES[0], min(SIDES[1], room // FRAME_SIZE * FRAME_SIZE))
        if side != self._frame.width():
            self._frame.setFixedSize(side, side)

    def showEvent(self, event: QShowEvent) -> None:
        """Start to repeat the frames."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop while the panel is hidden."""
        super().hideEvent(event)
        self._timer.stop()

    def _clear(self) -> None:
        self._frames = no_frames()
        self._frame.set_frame(None)
        self.play.setEnabled(False)
        self.again.hide()
        self.facts.clear(LABELS[:-1])

    def _say(self, problem: str, install: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._install.setText(install)
        self._install.setCursorPosition(0)
        for widget in (self._install, self.copy):
            widget.setVisible(bool(install))

    def _next_frame(self) -> None:
        if len(self._frames) and not self.play.isChecked():
            self._place = (self._place + 1) % len(self._frames)
            self._frame.set_frame(self._frames[self._place])

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.play)
        buttons.addWidget(self.again)
        buttons.addWidget(self.check)
        buttons.addStretch(1)
        mending = QHBoxLayout()
        mending.addWidget(self._install, 1)
        mending.addWidget(self.copy)
        beside = QVBoxLayout()
        beside.addWidget(self._problem)
        beside.addLayout(mending)
        beside.addWidget(self.facts)
        beside.addLayout(buttons)
        beside.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._frame, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(beside, 1)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button
