"""One recorded frame, large, with a slider and a player for its episode."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.help import replay
from dreamer_studio.studio.replay.image_cache import FrameCache
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.fields.focus import set_home
from dreamer_studio.studio.widgets.fields.manners import mannerly
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.role import Role

EMPTY = "Click an episode above."
GONE = "This episode is gone. Click another episode above."


class ScrubberPanel(QWidget):
    """An image, a slider and a player over the frames of one episode."""

    dreamWanted = Signal()
    """Emitted when the user asks for a dream from the frame on show."""

    bookmarkWanted = Signal()
    """Emitted when the user bookmarks the frame on show."""

    sceneWanted = Signal()
    """Emitted when the user saves the frame on show as a scene."""

    def __init__(self, theme: Theme, frames: FrameCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._origin: FrameRef | None = None
        self._rows = range(0)
        self._drawn: tuple[FrameRef, bool] | None = None
        self._image = FrameView(theme, "Recorded frame", EMPTY)
        self._image.installEventFilter(self)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName("Frame of the episode")
        mannerly(self._slider)
        self._slider.setToolTip("Go through the frames of the episode")
        self.player = Player(theme)
        self.player.step.setAccessibleName("Number of the frame")
        self.player.step.setToolTip("Frame of the episode; 0 is the reset")
        for widget in (self.player.speed, self.player.loop):  # a dock is narrow
            widget.hide()
        self._dream = push_button("Dream from here (D)", "Open the Dream workspace with a dream from this frame")
        self._bookmark = push_button("Bookmark (Ctrl+B)", "Add this frame to the bookmarks of the run")
        self._scene = push_button(
            "Save scene...", "Save this frame with its context and the rows after it, for other runs"
        )
        self._card = Card(
            theme,
            "Recorded",
            role=Role.REAL,
            help_text=replay.RECORDED,
            caption_lines=1,
        )
        self._slider.valueChanged.connect(self.player.go_to)
        self._dream.clicked.connect(self.dreamWanted)
        self._bookmark.clicked.connect(self.bookmarkWanted)
        self._scene.clicked.connect(self.sceneWanted)
        self._lay_out()
        self._enable()

    @property
    def held(self) -> FrameRef | None:
        """Return the held frame, even if its episode is gone."""
        return self._origin if self.frame is None else self.frame

    @property
    def frame(self) -> FrameRef | None:
        """Return the frame under the cursor."""
        if self._origin is None or not self._rows:
            return None
        return replace(self._origin, index=self._rows[min(self.player.column, len(self._rows) - 1)])

    def hold(self, frame: FrameRef, rows: range) -> None:
        """Show a frame of an episode that has these rows."""
        self._origin = frame
        self.set_rows(rows)
        self.player.go_to(frame.index - rows.start if len(rows) else 0)
        self._enable()

    def take_over(self, stored: FrameRef) -> None:
        """Hold a frame of the stored episode in place of the frame of the running episode."""
        self._origin = stored

    def set_rows(self, rows: range) -> None:
        """Set the rows of the episode on show."""
        at = self._rows[self.player.column] if self.player.column < len(self._rows) else rows.start
        moved = rows.start != self._rows.start and len(rows) > 0
        if self._origin is not None and len(rows) == 0:
            self._forget()
        self._rows = rows
        self.player.set_first(rows.start)
        self.player.set_columns(len(rows))
        if moved:  # the oldest rows of a running episode were dropped
            self.player.follow(at - rows.start)
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, max(0, len(rows) - 1))
        self._enable()

    def refresh(self) -> FrameRef | None:
        """Move on as time passes. Show the frame if it is loaded; otherwise return the frame to read."""
        self.player.tick(True)
        if not self._slider.isSliderDown():
            with QSignalBlocker(self._slider):
                self._slider.setValue(self.player.column)
        frame = self.frame
        image = self._frames.get(frame) if frame is not None else None
        if (frame, image is not None) == self._drawn or frame is None:
            return frame if image is None else None
        problem = self._frames.problem_of(frame)
        if image is not None or problem:
            self._drawn = frame, image is not None
            self._image.set_empty_text(problem or EMPTY)
            self._image.set_frame(image)
            source = "running episode" if frame.live else "episode"
            self._card.set_caption(f"{source} {frame.episode:,}, frame {frame.index:,} of {self._rows.stop - 1:,}")
        else:
            self._drawn = None  # the frame is being read; draw it when it arrives
        return frame if image is None else None

    def press(self, key: int) -> None:
        """Handle a key of the player."""
        self.player.press(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle the keys of the player while the image has the focus; Enter dreams."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if pressed(Scope.REPLAY, event.key()) == "replay.dream":
                self.dreamWanted.emit()
                return True
            return self.player.press(event.key())
        return super().eventFilter(watched, event)

    def _forget(self) -> None:
        """Show that the held episode is gone."""
        self._origin = self._drawn = None
        self._image.set_empty_text(GONE)
        self._image.set_frame(None)
        self._card.set_caption(GONE)

    def _enable(self) -> None:
        there = self._origin is not None and len(self._rows) > 0
        for widget in (self._slider, self.player, self._dream, self._bookmark, self._scene):
            widget.setEnabled(there)

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._image, 1)
        column.addWidget(self._slider)
        column.addWidget(self.player)
        column.addWidget(FlowBar((self._dream, self._bookmark, self._scene)))
        self._card.set_body(body)
        self.setFocusProxy(self._image)
        set_home(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)
