"""All episodes of a run in a list: images, source, length and return."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QLineEdit, QVBoxLayout, QWidget

from dreamer_studio.studio.help import replay
from dreamer_studio.studio.replay.episode_model import EpisodeModel
from dreamer_studio.studio.replay.episode_table import IMAGE_SIZE, EpisodeTable
from dreamer_studio.studio.replay.image_cache import FrameCache, ImageCache
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.fields.focus import set_home
from dreamer_studio.studio.widgets.fields.manners import mannerly
from dreamer_studio.studio.widgets.frame_view import as_image
from dreamer_studio.studio.widgets.text import text_scale
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.catalog import RUNNING, Catalog, FilterError, parse_filter
from dreamer_studio.viewing.replay.messages import Spot

WIDTHS = (IMAGE_SIZE + 8, 62, 64, 54, 78, 60, 76)
LEAVE_OUT = (6, 2, 3, 4)  # columns left out of a narrow table, in this order, instead of scrolling sideways
NOTHING = "Episodes appear here as they end; the running episode appears with its first frame."


class EpisodesPanel(QWidget):
    """A filter above a table. The panel asks only for what the table shows."""

    picked = Signal(object)
    """Emitted when the user holds a frame, with its `FrameRef`."""

    chosen = Signal()
    """Emitted when the user presses Enter on the held episode, or double-clicks it."""

    playerKey = Signal(int)
    """Emitted when the user presses a key of the player."""

    def __init__(self, theme: Theme, images: ImageCache, frames: FrameCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._images = images
        self._picked: int | None = None
        self._hovered: tuple[int, float] | None = None
        self._scrubbed: FrameRef | None = None
        self._problem = ""
        self._top: tuple[int, int] | None = None
        self._narrowed = False
        self._model = EpisodeModel(theme, images)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter: return>100 length<50 10-20 prefill")
        self._filter.setAccessibleName("Filter of episodes")
        self._filter.setToolTip("Conditions separated by spaces; all must match. The ? lists them")
        self._filter.setClearButtonEnabled(True)
        mannerly(self._filter)
        self._filter.textChanged.connect(self._set_filter)
        self.table = EpisodeTable()
        self.table.setAccessibleName("Episodes")
        self.table.setModel(self._model)
        self._card = Card(theme, "Episodes", help_text=replay.EPISODES, caption_lines=1)
        self._lay_out()
        self._model.modelAboutToBeReset.connect(self._remember)
        self._model.modelReset.connect(self._restore)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self._pick_row(now.row()))
        self.table.hovered.connect(self._hover)
        self.table.pointed.connect(self._point)
        self.table.chosen.connect(self.chosen)
        self.table.playerKey.connect(self.playerKey)
        self.table.resized.connect(self._fit_columns)
        self._describe()

    def set_catalog(self, catalog: Catalog) -> None:
        """List the episodes of a catalog."""
        self._model.set_catalog(catalog)
        self._describe()

    def rows_of(self, frame: FrameRef) -> range:
        """Return the frames of an episode that can be shown; empty if the episode is gone."""
        catalog = self._model.catalog
        if catalog is None:
            return range(0)
        if frame.live and (catalog.running is None or catalog.running.episode != frame.episode):
            return range(0)
        return self._model.rows_of(RUNNING if frame.live else frame.episode)

    def missing_images(self) -> tuple[Spot, ...]:
        """Return the missing images of the visible rows, from top to bottom."""
        return self._images.missing(self._model.spot_of(number) for number in self._on_show())

    def episodes_on_show(self) -> tuple[int, ...]:
        """Return the numbers of the stored episodes in the visible rows."""
        return tuple(self._on_show())

    @property
    def needs_returns(self) -> bool:
        """Return whether the list needs the returns of all episodes."""
        return self._model.needs_returns

    def hovered_frame(self) -> FrameRef | None:
        """Show the frame under the mouse if it is loaded; otherwise return its `FrameRef`."""
        if self._hovered is None:
            return None
        number, share = self._hovered
        rows = self._model.rows_of(number)
        frame = self._model.origin_of(number, rows[round(share * (len(rows) - 1))]) if len(rows) else None
        image = self._frames.get(frame) if frame is not None else None
        if image is not None and frame != self._scrubbed:
            self._scrubbed = frame
            self._model.scrub(number, as_image(image), share)
        return frame if image is None else None

    def refresh_images(self) -> None:
        """Redraw the rows after new images have arrived."""
        self._model.refresh_images()

    def _on_show(self) -> list[int]:
        numbers = (self._model.number_at(row) for row in self.table.rows_on_show())
        return [number for number in numbers if number is not None and number != RUNNING]

    def _set_filter(self, text: str) -> None:
        try:
            conditions = parse_filter(text)
        except FilterError as error:
            self._problem = str(error)
        else:
            self._problem = ""
            self._model.set_filter(conditions)
        self._describe()

    def _describe(self) -> None:
        catalog, shown = self._model.catalog, self._model.rowCount()
        if catalog is None or (len(catalog) == 0 and catalog.running is None):
            self._card.set_subtitle("")
            self._card.set_caption(NOTHING)
            return
        running = int(catalog.running is not None)
        self._card.set_subtitle(f"{shown:,} of {len(catalog) + running:,}")
        reading = f"Reading returns: {catalog.unknown:,} left." if self.needs_returns and catalog.unknown else ""
        empty = "" if shown else "No episode passes the filter."
        self._card.set_caption(self._problem or reading or empty or "All frames here are real.")

    def _remember(self) -> None:
        """Remember the episode in the top row, so that a new episode does not move the visible rows."""
        self._hover(-1, 0.0)
        self._top = None
        if self.table.verticalScrollBar().value() > 0:
            rows = ((self._model.number_at(row), row) for row in self.table.rows_on_show())
            stored = ((number, row) for number, row in rows if number is not None and number != RUNNING)
            number, row = next(stored, (None, 0))
            self._top = (number, self.table.rowViewportPosition(row)) if number is not None else None

    def _restore(self) -> None:
        row = self._model.row_of(self._picked) if self._picked is not None else None
        if row is not None:
            flags = QItemSelectionModel.SelectionFlag
            index = self._model.index(row, 1)
            selection = self.table.selectionModel()
            blocked = selection.blockSignals(True)
            selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            selection.blockSignals(blocked)
        bar = self.table.verticalScrollBar()
        if self._top is None:
            bar.setValue(0)
            return
        top = self._model.row_of(self._top[0])
        if top is not None:
            self.table.doItemsLayout()  # otherwise the scroll bar still has its old range
            bar.setValue(self.table.verticalHeader().sectionPosition(top) - self._top[1])

    def _pick_row(self, row: int) -> None:
        number = self._model.number_at(row)
        if number is None or number == self._picked:
            return
        self._picked = number
        self._emit(number, self._model.rows_of(number)[-1] if number == RUNNING else self._model.spot_of(number)[1])

    def _point(self, row: int, share: float) -> None:
        number = self._model.number_at(row)
        if number is not None:
            rows = self._model.rows_of(number)
            self._emit(number, rows[round(share * (len(rows) - 1))])

    def _emit(self, number: int, index: int) -> None:
        frame = self._model.origin_of(number, index)
        if frame is not None:
            self.picked.emit(frame)

    def _hover(self, row: int, share: float) -> None:
        number = self._model.number_at(row)
        if number is None:
            if self._hovered is not None:
                self._hovered = self._scrubbed = None
                self._model.scrub(None)
            return
        if self._hovered is not None and self._hovered[0] != number:
            self._scrubbed = None
        self._hovered = number, share

    def changeEvent(self, event: QEvent) -> None:
        """Give the columns room for text of another size."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._size_columns()

    def _size_columns(self) -> None:
        for column, width in enumerate(_widths()):
            self.table.setColumnWidth(column, width)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Leave out columns of a narrow table; if the others still need too much room, make them narrower for now."""
        widths, room = _widths(), self.table.viewport().width()
        lacking = sum(widths) - room
        for column in LEAVE_OUT:
            self.table.setColumnHidden(column, lacking > 0)
            lacking -= widths[column] if lacking > 0 else 0
        shown = [column for column in range(len(widths)) if not self.table.isColumnHidden(column)]
        if self._narrowed or sum(map(self.table.columnWidth, shown)) > room:
            image, *words = shown
            share = min(1.0, max(0, room - widths[image]) / sum(widths[column] for column in words))
            self._narrowed = share < 1
            for column in words:
                self.table.setColumnWidth(column, int(share * widths[column]))

    def _lay_out(self) -> None:
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicator(1, Qt.SortOrder.DescendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.setSortingEnabled(True)
        self._size_columns()
        header.setStretchLastSection(True)
        body = QWidget()
        stack = QVBoxLayout(body)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self._filter)
        stack.addWidget(self.table, 1)
        self._card.set_body(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)
        self.setFocusProxy(self.table)
        set_home(self)


def _widths() -> list[int]:
    """Return the width of each column in pixels, for the size of all text."""
    return [round(width * text_scale()) if column else width for column, width in enumerate(WIDTHS)]
