"""At which recorded scene checkpoints are compared, for how long, and with which noise."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.viewing.frame_ref import FrameRef

FIRST_CONTEXT = 5
FIRST_LENGTH = 45
LONGEST = 200
MOST_ROWS = 10**6


class CompareBar(QWidget):
    """Boxes for the scene, and two buttons.

    Attributes:
        origin: the last frame that the models see; None while no episode is stored.
        seed, from_dream, lapse: the box and the buttons.
    """

    changed = Signal()
    """A person wants another scene, or it otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.origin: FrameRef | None = None
        self._episode = number_box((0, 0), 0, "Episode to compare at", "Number of a stored episode, from 0", whole=True)
        self._frame = number_box(
            (0, MOST_ROWS), 0, "Frame to compare at", "The last frame that they see, 0 being the reset", whole=True
        )
        self._context = number_box(
            (1, LONGEST), FIRST_CONTEXT, "Context to compare with", "Frames that they see", whole=True
        )
        self._length = number_box(
            (1, LONGEST), FIRST_LENGTH, "Open loop", "Recorded actions that they go along after it", whole=True
        )
        self.seed = number_box((0, MOST_ROWS), 0, "Seed", "Of all noise, the same for each", whole=True)
        self._episode.valueChanged.connect(self._pick_episode)
        self._frame.valueChanged.connect(self._pick_frame)
        for box in (self._context, self._length, self.seed):
            box.valueChanged.connect(lambda _: self.changed.emit())
        self.from_dream = QPushButton("From the Dream workspace")
        self.from_dream.setToolTip("The recorded frame under the cursor of the Dream workspace")
        self.lapse = QPushButton("Time-lapse")
        self.lapse.setCheckable(True)
        self.lapse.setToolTip("This scene, imagined by every checkpoint that the run keeps, oldest first")
        for button in (self.from_dream, self.lapse):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Space goes on playing after a click
        self._lay_out()

    @property
    def settings(self) -> tuple[int, int, int]:
        """Context, length of the open loop, and seed."""
        return self._context.value(), self._length.value(), self.seed.value()

    def set_stored(self, newest: int) -> None:
        """Say which stored episode is the newest by now, -1 for none; the first scene is an early one of it."""
        if self.origin is None and newest >= 0:
            self.show_origin(FrameRef(False, newest, self._context.value() - 1))
        self._episode.setMaximum(max(self._episode.value(), newest))

    def show_origin(self, origin: FrameRef) -> None:
        """Let the boxes say where the scene is from."""
        self.origin = origin
        for box, number in ((self._episode, origin.episode), (self._frame, origin.index)):
            with QSignalBlocker(box):
                box.setMaximum(max(box.maximum(), number))
                box.setValue(number)

    def _pick_episode(self, episode: int) -> None:
        self.origin = FrameRef(False, episode, self._frame.value())
        self.changed.emit()

    def _pick_frame(self, frame: int) -> None:
        if self.origin is not None:
            self.origin = replace(self.origin, index=frame)
            self.changed.emit()

    def _lay_out(self) -> None:
        bar = QHBoxLayout(self)
        bar.setContentsMargins(0, 0, 0, 0)
        for text, box in (
            ("episode", self._episode),
            ("frame", self._frame),
            ("context", self._context),
            ("open loop", self._length),
            ("seed", self.seed),
        ):
            bar.addWidget(QLabel(text))
            bar.addWidget(box)
        bar.addWidget(self.from_dream)
        bar.addWidget(self.lapse)
        bar.addStretch(1)
