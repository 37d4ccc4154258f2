"""The start page. Nothing trains before the user says so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QStyle, QVBoxLayout, QWidget

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.resources import asset_path
from dreamer_studio.studio.run_list.feed import RunFeed, spot_of
from dreamer_studio.studio.run_list.runs_card import RunsCard
from dreamer_studio.studio.start.cards import GoOnCard, LookCard, NewCard
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.layout.room import COMFORT
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.studio.widgets.text import mute, scaled_font
from dreamer_studio.viewing.library.messages import ThumbnailSpot

LOW: Final = 36
"""A page with room for fewer lines of text has no title."""

MARGIN: Final = 24
"""Pixels beside the cards."""

GAP: Final = 12
"""Pixels between the cards."""

_FORMS: Final = {
    3: (((0, 0, 1, 1), (0, 1, 1, 1), (0, 2, 1, 1)), (5, 4, 4)),
    2: (((0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)), (2, 3, 0)),
    1: (((0, 0, 1, 1), (1, 0, 1, 1), (2, 0, 1, 1)), (1, 0, 0)),
}
"""Row, column, row span and column span of each card, and the stretch of each column, by the number of columns."""


def _title_block() -> QWidget:
    block = QWidget()
    title = QLabel("Dreamer Studio")
    title.setFont(scaled_font(title.font(), 1.8))
    words = QLabel("Train a world model and look inside it. Nothing trains before you say so.")
    mute(words)
    down = QVBoxLayout(block)
    down.setContentsMargins(0, 0, 0, 6)
    down.addWidget(title)
    down.addWidget(words)
    return block


class StartPage(QWidget):
    """Three cards (Go on, New, Look first) above the list of all runs.

    Its thread begins when the page is first shown, and works only while it is visible. `stop` ends the thread.

    Attributes:
        go_on, new, look: the cards.
        runs: the list.
        area: the area that scrolls down if the window is low.

    Args:
        theme: the colors.
        folders: folders of runs.
        parent: the owner.
    """

    newRunWanted: ClassVar[Signal] = Signal()
    """Emitted when the user wants to choose a task."""

    openFolderWanted: ClassVar[Signal] = Signal()
    """Emitted when the user wants to open a run by its folder."""

    exampleWanted: ClassVar[Signal] = Signal()
    """Emitted when the user wants to see the example."""

    guideWanted: ClassVar[Signal] = Signal()
    """Emitted when the user wants to read the guide."""

    sorted: ClassVar[Signal] = Signal(str)
    """Emitted with the order of the list, as `sort_by` takes it, when the user changes the order."""

    def __init__(self, theme: Theme, folders: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.go_on = GoOnCard(theme)
        self.new = NewCard(theme)
        self.look = LookCard(theme)
        self.runs = RunsCard(theme)
        self._feed = RunFeed(self.runs, self, more_images=self._spots)
        self._feed.set_folders(folders)
        self._title = _title_block()
        self._grid = QGridLayout()
        self._columns = 0
        self._lay_out()
        self._connect()

    @property
    def entries(self) -> tuple[RunEntry, ...]:
        """Return all listed runs."""
        return self.runs.model.entries

    def set_folders(self, folders: Sequence[Path]) -> None:
        """List the runs in other folders."""
        self._feed.set_folders(folders)

    def set_others(self, runs: Sequence[Path]) -> None:
        """List these runs too, wherever they are, such as those that were open last."""
        self._feed.set_others(runs)

    def sort_by(self, order: str) -> None:
        """Sort the list as the user did before.

        Args:
            order: a value of `sorted`; any other text sorts the newest first.
        """
        self.runs.sort_by(order)

    def say(self, text: str) -> None:
        """Show a sentence below the list."""
        self.runs.say(text)

    def stop(self) -> None:
        """End the page's thread and wait for it. It does not start again."""
        self._feed.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to list."""
        super().showEvent(event)
        self._feed.show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Read nothing while the page is hidden."""
        super().hideEvent(event)
        self._feed.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rearrange the cards, and drop the title from a low page."""
        super().resizeEvent(event)
        self._place_cards()
        self._title.setVisible(self.height() >= LOW * self.fontMetrics().lineSpacing())

    def _lay_out(self) -> None:
        content = QWidget()
        down = QVBoxLayout(content)
        down.setContentsMargins(MARGIN, 14, MARGIN, 14)
        down.addWidget(self._title)
        self._grid.setSpacing(GAP)
        self._place_cards()
        down.addLayout(self._grid)
        down.addWidget(self.runs, 1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        self.area = scrolled(content)
        outside.addWidget(self.area)
        self.setAccessibleName("Start page")
        self.setFocusProxy(self.runs.table)

    def _place_cards(self) -> None:
        """Put the cards in one row, in two if the page is narrow, or one below the other if it is narrower still."""
        columns = self._fitting_columns()
        if columns == self._columns:
            return
        self._columns = columns
        places, stretches = _FORMS[columns]
        for card, place in zip((self.go_on, self.new, self.look), places, strict=True):
            self._grid.addWidget(card, *place)
        for column, stretch in enumerate(stretches):
            self._grid.setColumnStretch(column, stretch)

    def _fitting_columns(self) -> int:
        """Return how many columns of cards the page has room for."""
        go_on, new, look = (card.minimumSizeHint().width() for card in (self.go_on, self.new, self.look))
        if self.width() >= COMFORT * (go_on + new + look):
            return 3
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        return 2 if self.width() >= new + look + GAP + 2 * MARGIN + bar else 1

    def _connect(self) -> None:
        self.new.new.clicked.connect(self.newRunWanted)
        self.new.folder.clicked.connect(self.openFolderWanted)
        self.look.example.clicked.connect(self.exampleWanted)
        self.look.guide.clicked.connect(self.guideWanted)
        self.go_on.wanted.connect(self.runs.act)
        self.runs.sorted.connect(self.sorted)
        self._feed.listed.connect(self._show_last)
        self._feed.listed.connect(self._place_cards)
        self._feed.read.connect(self._show_images)

    def _show_last(self) -> None:
        """Show the run that wrote last. Skip damaged and empty runs, and the example."""
        unusable = {RunState.DAMAGED, RunState.EMPTY}
        worth = (entry for entry in self.entries if entry.state not in unusable and not entry.example)
        last = max(worth, key=lambda entry: entry.changed, default=None)
        self.go_on.show_run(last, self.runs.model.image_of(last.path) if last is not None else None)

    def _spots(self) -> tuple[ThumbnailSpot, ...]:
        """Return the thumbnails of the last run and of the example."""
        last = () if self.go_on.entry is None else (spot_of(self.go_on.entry),)
        return (*last, ThumbnailSpot(asset_path("demo")))

    def _show_images(self, images: dict[Path, QImage | None]) -> None:
        self.look.image.set_image(images.get(asset_path("demo")) or self.look.image.image)
        if self.go_on.entry is not None:
            self.go_on.image.set_image(self.runs.model.image_of(self.go_on.entry.path))
