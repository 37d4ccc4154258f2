"""Frames worth coming back to: set by hand, or found where the model was most wrong."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.replay.bookmarks import MOST_LETTERS, Bookmark, Bookmarks, with_found
from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.replay.episode_model import blank_image
from dreamer_studio.studio.replay.episode_table import PICTURE, EpisodeTable
from dreamer_studio.studio.replay.image_cache import ImageCache
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.bookmark_words import why_set
from dreamer_studio.viewing.replay.catalog import Catalog, place_of
from dreamer_studio.viewing.replay.messages import Search, Spot

PICTURES, WORDS, NOTES = range(3)
WIDTHS = (PICTURE + 12, 190, 120)
NOTHING = "None yet. Ctrl+B bookmarks the frame on show; Find looks for the frames the model is most wrong about."
HELP = (
    "Frames of stored episodes to come back to, kept in the run folder. Ctrl+B sets one. Find goes once through all "
    "episodes, the newest first, with the weights that are newest when it begins: the model sees every frame, and of "
    "those after the first five of each episode the five with the largest KL (surprise), the worst reconstruction "
    "(the curve's image loss) and the largest error of the predicted reward are kept, one of an episode each. The next "
    "search replaces them, but for those with a note. F2 or a double click on a note writes it, Delete takes a "
    "bookmark out, Enter dreams from it."
)


class BookmarksPanel(QWidget):
    """A list with notes, and the search."""

    picked = Signal(object)
    """A person holds the frame of a bookmark, an `FrameRef`."""

    chosen = Signal()
    """Enter or a double click on the bookmark that is picked."""

    playerKey = Signal(int)
    """A key that goes through the frames of its episode."""

    noted = Signal(object)
    """The `Bookmark` with another note."""

    removed = Signal(object)
    """The `Bookmark` is to go."""

    searchWanted = Signal(bool)
    """Search, or stop searching."""

    def __init__(self, theme: Theme, images: ImageCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._images = images
        self._catalog: Catalog | None = None
        self._saved: Bookmarks = ()
        self._search: Search | None = None
        self._outcome = ""
        self._stale = False
        self._shown: Bookmarks = ()
        self._model = QStandardItemModel(0, len(WIDTHS))
        self._model.setHorizontalHeaderLabels(["", "Bookmark", "Note"])
        self.table = EpisodeTable()
        self.table.setAccessibleName("Bookmarks")
        self.table.setModel(self._model)
        self.table.installEventFilter(self)
        self._find = QPushButton("Find")
        self._find.setCheckable(True)
        self._find.setToolTip("Look for the frames that the model is most wrong about, and keep them in the run folder")
        self._find.clicked.connect(self._search_or_stop)
        self._remove = QPushButton("Remove (Del)")
        self._remove.setToolTip("Take the bookmark out of the list and of its file")
        self._remove.clicked.connect(self._remove_current)
        self._card = Card(theme, "Bookmarks", help_text=HELP, caption_lines=2)
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self._pick(now.row()))
        self.table.pointed.connect(lambda row, _: self._pick(row))
        self.table.chosen.connect(self.chosen)
        self.table.playerKey.connect(self.playerKey)
        self._model.itemChanged.connect(self._note)
        self._describe()

    @property
    def count(self) -> int:
        """Bookmarks in the list."""
        return len(self._shown)

    def set_catalog(self, catalog: Catalog) -> None:
        """Where the episodes of the bookmarks stand."""
        before = [self._is_stored(bookmark) for bookmark in self._shown]
        self._catalog = catalog
        if before != [self._is_stored(bookmark) for bookmark in self._shown]:
            self._stale = True

    def set_bookmarks(self, bookmarks: Bookmarks) -> None:
        """List those of the run."""
        self._saved = bookmarks
        self._stale = True

    def set_search(self, search: Search) -> None:
        """Show how the search stands."""
        self._search = None if search.over else search
        self._outcome = _outcome(search) if search.over else ""
        self._find.setChecked(not search.over)
        self._find.setText("Find" if search.over else "Stop")
        self._stale = True

    def end_search(self, outcome: str) -> None:
        """Say why a search has come to nothing."""
        self._search, self._outcome, self._stale = None, outcome, True
        self._find.setChecked(False)
        self._find.setText("Find")

    def refresh(self) -> None:
        """List anew what has changed, unless a note is being written just now."""
        if self._stale and not self.table.editing:
            self._stale = False
            self._fill()

    def missing_images(self) -> tuple[Spot, ...]:
        """Images of the rows on show that are not there yet."""
        spots = (self._spot(row) for row in self.table.rows_on_show())
        return self._images.missing(spot for spot in spots if spot is not None)

    def refresh_images(self) -> None:
        """Images have come."""
        blocked = self._model.blockSignals(True)
        for row in range(self._model.rowCount()):
            self._draw(row)
        self._model.blockSignals(blocked)
        self.table.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete takes a bookmark out, F2 writes its note."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            action = pressed(Scope.BOOKMARKS, event.key())
            if action == "bookmarks.remove":
                self._remove_current()
                return True
            if action == "bookmarks.note" and self.table.currentIndex().isValid():
                self.table.edit(self._model.index(self.table.currentIndex().row(), NOTES))
                return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        bookmarks = with_found(self._saved, self._search.found) if self._search is not None else self._saved
        self._describe()
        current = self._current()
        self._shown = bookmarks
        blocked = self.table.selectionModel().blockSignals(True)
        changes = self._model.blockSignals(True)
        self._model.setRowCount(0)
        self._model.blockSignals(changes)
        for row, bookmark in enumerate(bookmarks):
            self._model.appendRow([_item(""), _item(self._words(bookmark)), _item(bookmark.note, editable=True)])
            self._draw(row)
        frames = [bookmark.frame for bookmark in bookmarks]
        if current is not None and current.frame in frames:
            self.table.selectRow(frames.index(current.frame))
        self.table.selectionModel().blockSignals(blocked)

    def _draw(self, row: int) -> None:
        spot = self._spot(row)
        image = self._images.get(spot) if spot is not None else None
        item = self._model.item(row, PICTURES)
        item.setData(image if image is not None else blank_image(self._theme), Qt.ItemDataRole.DecorationRole)

    def _spot(self, row: int) -> Spot | None:
        if row >= len(self._shown) or not self._is_stored(self._shown[row]):
            return None
        return self._shown[row].episode, self._shown[row].index

    def _is_stored(self, bookmark: Bookmark) -> bool:
        return self._catalog is not None and place_of(self._catalog.numbers, bookmark.episode) is not None

    def _words(self, bookmark: Bookmark) -> str:
        where = f"episode {bookmark.episode:,}" if self._is_stored(bookmark) else "an episode that is not stored"
        update = f"\nupdate {bookmark.update:,}" if bookmark.update is not None else ""
        return f"{why_set(bookmark)}\n{where}, frame {bookmark.index:,}{update}"

    def _describe(self) -> None:
        search = self._search
        self._card.set_subtitle(f"{len(self._saved):,}" if self._saved else "")
        if search is not None:
            done = f"{search.done:,} of {search.episodes:,} episodes, weights of update {search.update:,}"
            self._card.set_caption(f"Searching: {done}. The model sees every frame.")
        else:
            self._card.set_caption(self._outcome or ("" if self._saved else NOTHING))

    def _current(self) -> Bookmark | None:
        row = self.table.currentIndex().row()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _search_or_stop(self, wanted: bool) -> None:
        if wanted:
            self._outcome = "The search begins with the first update."
            self._describe()
        self.searchWanted.emit(wanted)

    def _pick(self, row: int) -> None:
        spot = self._spot(row)
        if spot is not None:
            self.picked.emit(FrameRef(False, *spot))

    def _note(self, item: QStandardItem) -> None:
        if item.column() == NOTES and item.row() < len(self._shown):
            bookmark = self._shown[item.row()]
            if item.text() != bookmark.note:
                self.noted.emit(replace(bookmark, note=item.text()[:MOST_LETTERS]))

    def _remove_current(self) -> None:
        bookmark = self._current()
        if bookmark is not None:
            self.removed.emit(bookmark)

    def _lay_out(self) -> None:
        for column, width in enumerate(WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setHighlightSections(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self._find)
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        body = QWidget()
        stack = QVBoxLayout(body)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addLayout(buttons)
        stack.addWidget(self.table, 1)
        self._card.set_body(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)
        self.setFocusProxy(self.table)


def _outcome(search: Search) -> str:
    """What came of a search that is over."""
    gone = f"{search.done:,} of {search.episodes:,} episodes"
    if not search.found:
        return f"Nothing was found in {gone}: none has frames beyond its first five."
    return f"Searched {gone} with the weights of update {search.update:,}."


def _item(text: str, *, editable: bool = False) -> QStandardItem:
    item = QStandardItem(text)
    item.setEditable(editable)
    return item
