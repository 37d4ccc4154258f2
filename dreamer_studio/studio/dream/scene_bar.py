"""The settings of a dream: the frame it starts from, how much the model sees, and who acts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QWidget

from dreamer_studio.replay.bookmarks import Bookmarks
from dreamer_studio.studio.dream.bookmark_box import BookmarkBox
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar, together
from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.pace import FIRST_CONTEXT, MOST_ROWS
from dreamer_studio.viewing.replay.catalog import Integers

CONTEXTS = (1, 200)
LIVE, STORED, BOOKMARK, TEST = "running episode", "stored episode", "bookmark", "test episode"
ACTORS = (("as recorded", "recorded"), ("policy, sample", "sample"), ("policy, mode", "mode"))


class SceneBar(FlowBar):
    """Boxes for source, episode or bookmark, frame, context and actor.

    Attributes:
        origin: the frame of the last request; None for the newest frame.
    """

    originWanted = Signal(object)
    """Emitted when the user chooses the frame to dream from: a `FrameRef`, or None for the newest frame."""

    contextWanted = Signal(int)
    """Emitted when the user sets how many frames the model sees."""

    actorWanted = Signal(str)
    """Emitted when the user chooses who acts: "recorded", "sample" or "mode"."""

    hereWanted = Signal()
    """Emitted when the user asks for a dream from the frame under the cursor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.origin: FrameRef | None = None
        self._newest = -1
        self._tested: FrameRef | None = None  # the last frame of a test that the user dreamed from
        from_label, acts_label = QLabel("from"), QLabel("acts")
        self._source = choice_box("What to dream from", label=from_label)
        for source in (LIVE, STORED, BOOKMARK):
            self._source.addItem(source, source)
        self._source.activated.connect(lambda _: self._change_source())
        self._episode = number_box((0, 0), 0, "Stored episode", "Number of a stored episode, from 0", whole=True)
        self._episode.valueChanged.connect(lambda _: self._pick_stored())
        self._bookmark = BookmarkBox()
        self._bookmark.chosen.connect(self.originWanted)
        self._frame = number_box(
            (0, 0), 0, "Frame", "The last frame that the model sees; frame 0 is the reset", whole=True
        )
        self._frame.valueChanged.connect(lambda _: self._pick_frame())
        self._context = number_box(
            CONTEXTS, FIRST_CONTEXT, "Context", "Frames that the model sees before it dreams", whole=True
        )
        self._context.valueChanged.connect(self.contextWanted)
        tip = "Who acts in the dream: the episode's own actions, or the policy"
        self._actor = choice_box("Who acts in the dream", tip=tip, label=acts_label)
        for text, actor in ACTORS:
            self._actor.addItem(text, actor)
        self._actor.setCurrentIndex(1)
        self._actor.activated.connect(lambda _: self.actorWanted.emit(self._actor.currentData()))
        here = push_button(
            "Dream from here (D)",
            "Dream from the frame under the cursor. On an imagined frame: repeat the last dream with new noise",
        )
        here.clicked.connect(self.hereWanted)
        self._number = together(QLabel("episode"), self._episode, gap=4)
        for group in (
            together(from_label, self._source, self._bookmark, gap=4),
            self._number,
            together(QLabel("frame"), self._frame, gap=4),
            together(QLabel("context"), self._context, gap=4),
            together(acts_label, self._actor, gap=4),
            here,
        ):
            self.add_item(group)
        self._choose(LIVE)

    def set_stored(self, newest: int) -> None:
        """Set the number of the newest stored episode, or -1 if there is none."""
        self._newest = newest
        self._episode.setMaximum(max(self._episode.value(), newest))

    def show_bookmarks(self, bookmarks: Bookmarks, numbers: Integers, running: int) -> None:
        """List the bookmarks of the run, given the numbers of its stored and running episodes."""
        self._bookmark.show_bookmarks(bookmarks, numbers, running)

    def set_rows(self, rows: int) -> None:
        """Set the number of rows of the episode on show."""
        self._frame.setMaximum(max(self._frame.value(), rows - 1))

    def set_context(self, frames: int) -> None:
        """Show a context without asking for a dream."""
        with QSignalBlocker(self._context):
            self._context.setValue(frames)

    def set_actor(self, actor: str) -> None:
        """Show who acts without asking for a dream."""
        self._actor.setCurrentIndex(self._actor.findData(actor))

    def choose_live(self) -> None:
        """Choose the running episode as the source."""
        self._choose(LIVE)

    def add_scene(self, path: str) -> None:
        """Add a scene's file to the sources."""
        if self._source.findData(path) < 0:
            self._source.insertItem(self._source.findData(BOOKMARK), f"scene {Path(path).name}", path)

    def show_origin(self, origin: FrameRef) -> None:
        """Show in the boxes from which frame the scene on show starts."""
        self.origin = origin
        if origin.test is not None:
            self._add_test(origin)
        kept = BOOKMARK if origin == self._bookmark.frame else TEST if origin.test is not None else ""
        self._choose(kept or origin.scene or (LIVE if origin.live else STORED))
        for box, number in ((self._episode, origin.episode), (self._frame, origin.index)):
            with QSignalBlocker(box):
                box.setMaximum(max(box.maximum(), number))
                box.setValue(number)
        self._episode.setEnabled(not origin.live and not origin.scene and origin.test is None)

    def _add_test(self, frame: FrameRef) -> None:
        """Add tests to the sources. The source leads to the last frame of a test."""
        self._tested = frame
        if self._source.findData(TEST) < 0:
            self._source.insertItem(self._source.findData(BOOKMARK), TEST, TEST)

    def _pick_stored(self) -> None:
        self._choose(STORED)
        self._frame.setMaximum(MOST_ROWS)  # until the answer gives the episode's number of rows
        episode = min(self._episode.value(), max(0, self._newest))  # the running episode is not stored yet
        self.originWanted.emit(FrameRef(False, episode, self._frame.value()))

    def _pick_frame(self) -> None:
        if self.origin is not None and self._source.currentData() != STORED:
            self.originWanted.emit(replace(self.origin, index=self._frame.value()))
        else:
            self._pick_stored()

    def _change_source(self) -> None:
        source = self._source.currentData()
        self._choose(source)
        if source == STORED:
            self._pick_stored()
        elif source == BOOKMARK:
            self._bookmark.open()
        elif source == TEST:
            self.originWanted.emit(self._tested)
        else:
            self.originWanted.emit(None if source == LIVE else FrameRef(False, 0, -1, source))

    def _choose(self, source: str) -> None:
        """Show a source. For bookmarks, replace the episode's box with the list."""
        self._source.setCurrentIndex(self._source.findData(source))
        self._bookmark.setVisible(source == BOOKMARK)
        if source != BOOKMARK:
            self._bookmark.forget()
        self._number.setVisible(source != BOOKMARK)
