"""The settings of a comparison: the recorded scene, its length, and the seed of the noise."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QWidget

from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar, together
from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.pace import FIRST_CONTEXT, FIRST_VIEWING_HORIZON, MOST_ROWS

LONGEST = 200


class CompareBar(FlowBar):
    """Boxes for the scene, and three buttons.

    Attributes:
        origin: the last frame that the models see; None while no episode is stored.
        seed, from_dream, lapse, gauges: the seed's box and the buttons.
    """

    changed = Signal()
    """Emitted when the user changes the scene or a setting."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.origin: FrameRef | None = None
        self._episode = number_box((0, 0), 0, "Episode to compare at", "Number of a stored episode, from 0", whole=True)
        self._frame = number_box(
            (0, MOST_ROWS), 0, "Frame to compare at", "The last frame that the models see; 0 is the reset", whole=True
        )
        self._context = number_box(
            (1, LONGEST), FIRST_CONTEXT, "Context to compare with", "Frames that the models see", whole=True
        )
        self._length = number_box(
            (1, LONGEST),
            FIRST_VIEWING_HORIZON,
            "Open loop",
            "Recorded actions that the models follow after it",
            whole=True,
        )
        self.seed = number_box((0, MOST_ROWS), 0, "Seed", "Seed of the noise, the same for all checkpoints", whole=True)
        self._episode.valueChanged.connect(self._pick_episode)
        self._frame.valueChanged.connect(self._pick_frame)
        for box in (self._context, self._length, self.seed):
            box.valueChanged.connect(lambda _: self.changed.emit())
        self.from_dream = push_button(
            "From the Dream workspace", "Use the recorded frame under the cursor of the Dream workspace"
        )
        self.lapse = push_button(
            "Time-lapse", "Show this scene as every checkpoint of the run imagines it, oldest first"
        )
        self.lapse.setCheckable(True)
        self.gauges = push_button(
            "Gauges",
            "Compare the ticked checkpoints through the gauges of Trust instead of on one scene; takes minutes",
        )
        self.gauges.setCheckable(True)
        self._lay_out()

    @property
    def settings(self) -> tuple[int, int, int]:
        """Return context, length of the open loop, and seed."""
        return self._context.value(), self._length.value(), self.seed.value()

    def set_stored(self, newest: int) -> None:
        """Set the number of the newest stored episode, or -1 if there is none. Start at an early frame of it."""
        if self.origin is None and newest >= 0:
            self.show_origin(FrameRef(False, newest, self._context.value() - 1))
        self._episode.setMaximum(max(self._episode.value(), newest))

    def show_origin(self, origin: FrameRef) -> None:
        """Show in the boxes from which frame the scene starts."""
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
        for text, box in (
            ("episode", self._episode),
            ("frame", self._frame),
            ("context", self._context),
            ("open loop", self._length),
            ("seed", self.seed),
        ):
            self.add_item(together(QLabel(text), box))
        self.add_item(self.from_dream)
        self.add_item(self.lapse)
        self.add_item(self.gauges)
