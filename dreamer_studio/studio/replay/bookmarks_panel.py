"""Bookmarks: frames that the user marked or a search found because the model was most wrong there; and hard moments."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.replay import place_of
from dreamer_studio.replay.bookmarks import MOST_LETTERS, Bookmark, Bookmarks, with_found
from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.help import replay
from dreamer_studio.studio.replay.episode_model import blank_image
from dreamer_studio.studio.replay.episode_table import IMAGE_SIZE, EpisodeTable
from dreamer_studio.studio.replay.image_cache import ImageCache
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.bookmark_words import why_set
from dreamer_studio.viewing.replay.catalog import Catalog
from dreamer_studio.viewing.replay.messages import Search, Spot

IMAGES, WORDS, NOTES = range(3)
WIDTHS = (IMAGE_SIZE + 12, 190, 120)
NOTHING = "None yet. Ctrl+B bookmarks the frame on show; Find bookmarks the frames that the model gets most wrong."


class BookmarksPanel(QWidget):
    """The list of bookmarks with their notes, and the search."""

    picked = Signal(object)
    """Emitted when the user selects a bookmark, with its `FrameRef`."""

    chosen = Signal()
    """Emitted when the user presses Enter on the selected bookmark, or double-clicks it."""

    playerKey = Signal(int)
    """Emitted when the user presses a key of the player."""

    noted = Signal(object)
    """Emitted when the user edits a note, with the changed `Bookmark`."""

    removed = Signal(object)
    """Emitted when the user removes a `Bookmark`."""

    searchWanted = Signal(bool)
    """Emitted when the user starts (True) or stops (False) the search."""

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
        self._find.setToolTip("Bookmark the frames that the model gets most wrong, in the run folder")
        self._find.clicked.connect(self._search_or_stop)
        self._remove = QPushButton("Remove (Del)")
        self._remove.setToolTip("Remove the bookmark from the list and from the run folder")
        self._remove.clicked.connect(self._remove_current)
        self._card = Card(theme, "Bookmarks", help_text=replay.BOOKMARKS, caption_lines=2)
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self._pick(now.row()))
        self.table.pointed.connect(lambda row, _: self._pick(row))
        self.table.chosen.connect(self.chosen)
        self.table.playerKey.connect(self.playerKey)
        self._model.itemChanged.connect(self._note)
        self._describe()

    @property
    def count(self) -> int:
        """Return the number of bookmarks in the list."""
        return len(self._shown)

    def set_catalog(self, catalog: Catalog) -> None:
        """Take the list of episodes, which tells which bookmarks belong to stored episodes."""
        before = [self._is_stored(bookmark) for bookmark in self._shown]
        self._catalog = catalog
        if before != [self._is_stored(bookmark) for bookmark in self._shown]:
            self._stale = True

    def set_bookmarks(self, bookmarks: Bookmarks) -> None:
        """List the bookmarks of the run."""
        self._saved = bookmarks
        self._stale = True

    def set_search(self, search: Search) -> None:
        """Show the state of the search."""
        self._search = None if search.over else search
        self._outcome = _outcome(search) if search.over else ""
        self._find.setChecked(not search.over)
        self._find.setText("Find" if search.over else "Stop")
        self._stale = True

    def end_search(self, outcome: str) -> None:
        """Say why a search ended without a result."""
        self._search, self._outcome, self._stale = None, outcome, True
        self._find.setChecked(False)
        self._find.setText("Find")

    def refresh(self) -> None:
        """Update the list after a change, but not while the user edits a note."""
        if self._stale and not self.table.editing:
            self._stale = False
            self._fill()

    def missing_images(self) -> tuple[Spot, ...]:
        """Return the missing images of the visible rows."""
        spots = (self._spot(row) for row in self.table.rows_on_show())
        return self._images.missing(spot for spot in spots if spot is not None)

    def refresh_images(self) -> None:
        """Redraw the rows after new images have arrived."""
        blocked = self._model.blockSignals(True)
        for row in range(self._model.rowCount()):
            self._draw(row)
        self._model.blockSignals(blocked)
        self.table.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle Delete, which removes a bookmark, and F2, which edits its note."""
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
        item = self._model.item(row, IMAGES)
        item.setData(image if image is not None else blank_image(self._theme), Qt.ItemDataRole.DecorationRole)

    def _spot(self, row: int) -> Spot | None:
        if row >= len(self._shown) or not self._is_stored(self._shown[row]):
            return None
        return self._shown[row].episode, self._shown[row].index

    def _is_stored(self, bookmark: Bookmark) -> bool:
        return self._catalog is not None and place_of(self._catalog.numbers, bookmark.episode) is not None

    def _words(self, bookmark: Bookmark) -> str:
        where = f"episode {bookmark.episode:,}" if self._is_stored(bookmark) else "an episode that is not stored"
        named = bookmark.kind == "hard"  # the reason names the update
        update = f"\nupdate {bookmark.update:,}" if bookmark.update is not None and not named else ""
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
    """Return the outcome of a finished search as text."""
    gone = f"{search.done:,} of {search.episodes:,} episodes"
    if not search.found:
        return f"Found nothing in {gone}: no episode has more than five frames."
    return f"Searched {gone} with the weights of update {search.update:,}."


def _item(text: str, *, editable: bool = False) -> QStandardItem:
    item = QStandardItem(text)
    item.setEditable(editable)
    return item
