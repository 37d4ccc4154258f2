"""A box to choose a bookmark of the run."""

from __future__ import annotations

from textwrap import shorten

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from dreamer_studio.replay.bookmarks import Bookmark, Bookmarks
from dreamer_studio.studio.widgets.fields.choice_box import name_box
from dreamer_studio.studio.widgets.fields.manners import mannerly
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.bookmark_words import frame_of, why_set
from dreamer_studio.viewing.replay.catalog import Integers

NONE_YET = "none yet: press Ctrl+B to add one"
NOTE_LETTERS = 40
LETTERS = 26  # letters of room in the closed box; the open list is as wide as its texts
_TIP = (
    "Bookmarked frames. Ctrl+B bookmarks the recorded frame on show. Find, in the replay browser (Ctrl+R), bookmarks "
    "the frames that the model gets most wrong"
)


class BookmarkBox(QComboBox):
    """Lists the bookmarks in the order of their file, with their reasons, places and notes.

    Attributes:
        frame: the frame of the chosen bookmark, or None.
    """

    chosen = Signal(object)
    """Emitted when the user chooses a bookmark, with its `FrameRef`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bookmarks: Bookmarks = ()
        self._frames: list[FrameRef | None] = []
        self._numbers: Integers | None = None
        self._running = -1
        self.frame: FrameRef | None = None
        name_box(self, "Bookmark to dream from")
        self.setToolTip(_TIP)
        mannerly(self)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(LETTERS)
        self.activated.connect(self._choose)
        self._say()

    def show_bookmarks(self, bookmarks: Bookmarks, numbers: Integers, running: int) -> None:
        """List the bookmarks of the run, given the numbers of its stored and running episodes. Keep the choice.

        An open list stays unchanged.
        """
        same = bookmarks is self._bookmarks and numbers is self._numbers and running == self._running
        if same or self.view().isVisible():
            return
        frames = [frame_of(bookmark, numbers, running) for bookmark in bookmarks]
        known, self._numbers, self._running = bookmarks is self._bookmarks, numbers, running
        if known and frames == self._frames:
            return
        current = self.currentIndex()
        before = self._bookmarks[current].frame if current >= 0 else None
        self._bookmarks, self._frames = bookmarks, frames
        self.clear()
        for bookmark, frame in zip(bookmarks, frames, strict=True):
            self.addItem(_words(bookmark, frame), frame)
            if frame is None:
                self.model().item(self.count() - 1).setEnabled(False)  # type: ignore[attr-defined]
        self.setCurrentIndex(next((at for at, each in enumerate(bookmarks) if each.frame == before), -1))
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24 if bookmarks else 0)
        self._say()

    def open(self) -> None:
        """Take the keyboard focus, and open the list if it has bookmarks."""
        self.setFocus()
        if self.count():
            self.showPopup()

    def forget(self) -> None:
        """Clear the choice."""
        self.frame = None
        self.setCurrentIndex(-1)

    def _choose(self, row: int) -> None:
        self.frame = self.itemData(row)
        if self.frame is not None:
            self.chosen.emit(self.frame)

    def _say(self) -> None:
        words = f"choose one of {self.count()}" if self.count() else NONE_YET
        self.setPlaceholderText(words)
        self.setAccessibleDescription(words)


def _words(bookmark: Bookmark, frame: FrameRef | None) -> str:
    where = "its episode is not stored" if frame is None else f"episode {frame.episode:,}"
    note = (shorten(bookmark.note, NOTE_LETTERS, placeholder=" \N{HORIZONTAL ELLIPSIS}"),) if bookmark.note else ()
    return " \N{MIDDLE DOT} ".join((why_set(bookmark), f"{where}, frame {bookmark.index:,}", *note))
