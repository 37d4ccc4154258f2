"""The model of the table of episodes. It sorts and filters columns of numbers, which is fast for ten thousand rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from dreamer_studio.replay import place_of
from dreamer_studio.studio.replay.episode_table import IMAGE_SIZE
from dreamer_studio.studio.replay.image_cache import ImageCache
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.frame_view import as_image
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.catalog import (
    COLUMNS,
    RUNNING,
    Catalog,
    Column,
    Condition,
    Integers,
    arrange,
)
from dreamer_studio.viewing.replay.messages import Spot
from dreamer_studio.viewing.role import Role

BAR = 3  # height of the mark at the mouse's place in the episode
HEADINGS = ("", "Episode", "Source", "Length", "End", "Return", "Env. steps")
TIPS = (
    "The middle frame of the episode. Move the mouse over it to go through all frames",
    "Number of the episode, from 0; the running episode is at the top",
    "prefill: random actions; training: the policy with exploration; running: now",
    "Agent steps",
    "terminated: in a terminal state; truncated: by the task; cut: by time_limit or the safety bound",
    "Sum of the episode's rewards, read from its file",
    "Environment steps",
)
_WORDS = (2, 4)  # columns that are not numbers
PENDING = "\N{HORIZONTAL ELLIPSIS}"
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class EpisodeModel(QAbstractTableModel):
    """The rows as shown. Other code refers to an episode by its number, and to the running episode by `RUNNING`.

    Attributes:
        catalog: the listed episodes; None until they are known.
        column, descending: the order of the rows.
    """

    def __init__(self, theme: Theme, images: ImageCache) -> None:
        super().__init__()
        self._theme = theme
        self._images = images
        self._places: Integers = np.empty(0, np.int64)
        self._numbers: Integers = np.empty(0, np.int64)
        self._conditions: tuple[Condition, ...] = ()
        self._scrubbed: tuple[int, QImage, float] | None = None
        self.catalog: Catalog | None = None
        self.column: Column = "episode"
        self.descending = True

    def set_catalog(self, catalog: Catalog) -> None:
        """List the episodes of a catalog."""
        self.catalog = catalog
        self._arrange()

    def set_filter(self, conditions: tuple[Condition, ...]) -> None:
        """List the episodes that pass all conditions."""
        self._conditions = conditions
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column of the table. The column of images cannot be sorted."""
        if column > 0:
            self.column = COLUMNS[column - 1]
            self.descending = order is Qt.SortOrder.DescendingOrder
            self._arrange()

    @property
    def needs_returns(self) -> bool:
        """Return whether the list needs the returns of all episodes."""
        return self.column == "return" or any(each.column == "return" for each in self._conditions)

    def number_at(self, row: int) -> int | None:
        """Return the number of the episode in a row, or None beyond the list."""
        return int(self._numbers[row]) if 0 <= row < len(self._numbers) else None

    def row_of(self, number: int) -> int | None:
        """Return the row of an episode, or None."""
        rows = np.flatnonzero(self._numbers == number)
        return int(rows[0]) if len(rows) else None

    def rows_of(self, number: int) -> range:
        """Return the frames of an episode that can be shown; empty if the episode is gone."""
        catalog = self.catalog
        assert catalog is not None
        if number == RUNNING:
            running = catalog.running
            return range(running.first, running.rows) if running is not None else range(0)
        place = place_of(catalog.numbers, number)
        return range(int(catalog.length[place]) + 1) if place is not None else range(0)

    def origin_of(self, number: int, index: int) -> FrameRef | None:
        """Return the address of an episode's frame, or None if it is the running episode and nothing runs."""
        if number != RUNNING:
            return FrameRef(False, number, index)
        running = self.catalog.running if self.catalog is not None else None
        return FrameRef(True, running.episode, index) if running is not None else None

    def spot_of(self, number: int) -> Spot:
        """Return the frame that represents an episode in the list: the middle one, because first frames look alike."""
        rows = self.rows_of(number)
        return number, rows[len(rows) // 2]

    def scrub(self, number: int | None, frame: QImage | None = None, share: float = 0.0) -> None:
        """Show another frame in an episode's row, with its place in the episode; None shows the usual images."""
        before = self._scrubbed[0] if self._scrubbed is not None else None
        self._scrubbed = (number, _with_bar(self._theme, frame, share), share) if number is not None and frame else None
        for changed in {before, number} - {None}:
            assert changed is not None
            row = self.row_of(changed)
            if row is not None:
                self.dataChanged.emit(self.index(row, 0), self.index(row, 0), [Qt.ItemDataRole.DecorationRole])

    def refresh_images(self) -> None:
        """Redraw the images after new ones have arrived."""
        if len(self._places):
            roles = [Qt.ItemDataRole.DecorationRole]
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._places) - 1, 0), roles)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of episodes that pass the filter."""
        return 0 if parent.isValid() else len(self._places)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns: an image and six facts."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading or the tooltip of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return TIPS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the contents of a cell."""
        number = self.number_at(index.row())
        if number is None or self.catalog is None:
            return None
        place, column = int(self._places[index.row()]), index.column()
        if column == 0:
            if role == Qt.ItemDataRole.DecorationRole:
                return self._image(number)
            words = f"Image of episode {self._text(place, 1)}"
            return words if role == Qt.ItemDataRole.AccessibleTextRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(place, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column not in _WORDS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and column == 2 and place == RUNNING:
            return QColor(self._theme.palette.of(Role.REAL))
        return None

    def _text(self, place: int, column: int) -> str:
        catalog = self.catalog
        assert catalog is not None
        running = catalog.running
        if place == RUNNING and running is not None:
            steps = "" if running.steps is None else f"{running.steps:,}"
            total = "" if running.total_reward is None else f"{running.total_reward:,.1f}"
            return ("", f"{running.episode:,}", "running", f"{running.rows - 1:,}", "", total, steps)[column]
        total = catalog.returns[place]
        pending = "unreadable" if place in catalog.unreadable else PENDING
        return (
            "",
            f"{catalog.numbers[place]:,}",
            catalog.source(place),
            f"{catalog.length[place]:,}",
            catalog.end(place),
            pending if np.isnan(total) else f"{total:,.1f}",
            f"{catalog.steps[place]:,}",
        )[column]

    def _image(self, number: int) -> QImage:
        catalog = self.catalog
        assert catalog is not None
        if self._scrubbed is not None and self._scrubbed[0] == number:
            return self._scrubbed[1]
        if number == RUNNING:
            image = as_image(catalog.newest) if catalog.newest is not None else None
        else:
            image = self._images.get(self.spot_of(number))
        return image if image is not None else blank_image(self._theme)

    def _arrange(self) -> None:
        if self.catalog is None:
            return
        places = arrange(self.catalog, self._conditions, self.column, descending=self.descending)
        numbers = places.copy()
        numbers[places != RUNNING] = self.catalog.numbers[places[places != RUNNING]]
        if np.array_equal(numbers, self._numbers):
            self._places = places
            if len(places):
                self.dataChanged.emit(self.index(0, 0), self.index(len(places) - 1, len(HEADINGS) - 1))
            return
        self.beginResetModel()
        self._places, self._numbers = places, numbers
        self.endResetModel()


def blank_image(theme: Theme) -> QImage:
    """Return the placeholder of a missing image."""
    image = QImage(IMAGE_SIZE, IMAGE_SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.palette.raised))
    return image


def _with_bar(theme: Theme, frame: QImage, share: float) -> QImage:
    """Return an image with a mark at its bottom that shows the frame's place in the episode."""
    image = frame.copy()
    painter = QPainter(image)
    painter.fillRect(0, image.height() - BAR, image.width(), BAR, QColor(theme.palette.raised))
    painter.fillRect(0, image.height() - BAR, max(1, round(share * image.width())), BAR, QColor(theme.palette.real))
    painter.end()
    return image
