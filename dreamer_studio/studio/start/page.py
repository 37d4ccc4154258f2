"""The start page. Nothing trains before the user says so."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QStyle, QVBoxLayout, QWidget

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.resources import asset_path
from dreamer_studio.studio.run_list.runs_card import RunsCard
from dreamer_studio.studio.start.cards import GoOnCard, LookCard, NewCard
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.frame_view import as_image
from dreamer_studio.studio.widgets.layout.room import COMFORT
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.studio.widgets.text import mute, scaled_font
from dreamer_studio.studio.worker_thread import WorkerThread
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.library.messages import LibraryChannels, RunThumbnail, ThumbnailSpot
from dreamer_studio.viewing.library.workers import library_workers
from dreamer_studio.viewing.throttle import Throttle
from dreamer_studio.viewing.worker import Worker

POLL_MS: Final = 100
TELL_TIME_SECONDS: Final = 10.0
IMAGE_SECONDS: Final = 10
"""A training run gets another thumbnail after this time."""

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


class LibraryThread(WorkerThread):
    """Runs the workers of the list of runs."""

    def __init__(self, channels: LibraryChannels, parent: QWidget) -> None:
        super().__init__("library", parent)
        self._make = library_workers(channels)

    def _begin(self) -> Sequence[Worker]:
        return self._make()


def _spot_of(entry: RunEntry) -> ThumbnailSpot:
    return ThumbnailSpot(entry.path, int(entry.changed // IMAGE_SECONDS), entry.state.training)


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

    foldersWanted: ClassVar[Signal] = Signal()
    """Emitted when the user wants to choose the folders of runs."""

    openWanted: ClassVar[Signal] = Signal(object, bool)
    """Emitted with a run's folder, and whether to watch only."""

    bestWanted: ClassVar[Signal] = Signal(object)
    """Emitted with a run's folder when the user wants to watch its best checkpoint."""

    stopWanted: ClassVar[Signal] = Signal(object)
    """Emitted with the folder of a run when the user wants to end its training in another process."""

    compareWanted: ClassVar[Signal] = Signal(object)
    """Emitted with the folders of the ticked runs, as a tuple."""

    overlayWanted: ClassVar[Signal] = Signal(object)
    """Emitted with the folders of the ticked runs, as a tuple, when the user wants to overlay their curves."""

    settingsWanted: ClassVar[Signal] = Signal(object)
    """Emitted with the folder of a run when the user wants a new run with the same settings."""

    sorted: ClassVar[Signal] = Signal(str)
    """Emitted with the order of the list, as `sort_by` takes it, when the user changes the order."""

    def __init__(self, theme: Theme, folders: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders = tuple(folders)
        self._others: tuple[Path, ...] = ()
        self._channels = LibraryChannels()
        self._channels.set_visible(False)
        self._thread = LibraryThread(self._channels, self)
        self._listings = AnswerReader(self._channels.listing)
        self._thumbnails = AnswerReader(self._channels.thumbnails)
        self._replies = self._failures = 0
        self._clock = Throttle(TELL_TIME_SECONDS)
        self.go_on = GoOnCard(theme)
        self.new = NewCard(theme)
        self.look = LookCard(theme)
        self.runs = RunsCard(theme)
        self._title = _title_block()
        self._grid = QGridLayout()
        self._columns = 0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()
        self._connect()

    @property
    def entries(self) -> tuple[RunEntry, ...]:
        """Return all listed runs."""
        return self.runs.model.entries

    def set_folders(self, folders: Sequence[Path]) -> None:
        """List the runs in other folders."""
        self._folders = tuple(folders)

    def set_others(self, runs: Sequence[Path]) -> None:
        """List these runs too, wherever they are, such as those that were open last."""
        self._others = tuple(runs)

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
        """End the page's thread, and wait for its end. A page that is shown again begins another one."""
        self._timer.stop()
        self._channels.set_visible(False)
        self._thread.stop()
        self._thread.wait()

    def refresh(self) -> None:
        """Show new answers. Nothing is read while the window is minimized."""
        self._channels.set_visible(not self.window().isMinimized())
        self._channels.listing.stand((*self._folders, *self._others))
        # While the user types a name, the list stays as it is.
        listed = None if self.runs.table.editing else self._listings.fresh()
        if listed is not None and listed.result is not None:
            listing = listed.result
            self.runs.show_runs(listing.entries, self._folders, can_undo=bool(listing.trashed))
            self._show_last()
            self._place_cards()
        elif self._clock():
            self.runs.model.tell_time(time.time())
            self._show_last()  # its card names an age too
        made = self._thumbnails.fresh()
        if made is not None and made.result is not None:
            self._show_images(made.result)
        self._ask_for_images()
        replies, self._replies = self._channels.commands.replies_since(self._replies)
        failures, self._failures = self._thread.failures.since(self._failures)
        for text in [*(reply.text for reply in replies), *(failure.reason for failure in failures)]:
            self.runs.say(text)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to list."""
        super().showEvent(event)
        if self._thread.isFinished():
            self._thread = LibraryThread(self._channels, self)
        if not self._thread.isRunning():
            self._thread.start()
        self._thread.set_watched(True)
        self._channels.set_visible(True)
        self._timer.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Read nothing while the page is hidden."""
        super().hideEvent(event)
        self._timer.stop()
        self._channels.set_visible(False)
        self._thread.set_watched(False)

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
        self.runs.openWanted.connect(self.openWanted)
        self.runs.bestWanted.connect(self.bestWanted)
        self.runs.stopWanted.connect(self.stopWanted)
        self.runs.compareWanted.connect(self.compareWanted)
        self.runs.overlayWanted.connect(self.overlayWanted)
        self.runs.settingsWanted.connect(self.settingsWanted)
        self.runs.foldersWanted.connect(self.foldersWanted)
        self.runs.sorted.connect(self.sorted)
        self.runs.commandSent.connect(self._channels.commands.send)

    def _show_last(self) -> None:
        """Show the run that wrote last. Skip damaged and empty runs, and the example."""
        unusable = {RunState.DAMAGED, RunState.EMPTY}
        worth = (entry for entry in self.entries if entry.state not in unusable and not entry.example)
        last = max(worth, key=lambda entry: entry.changed, default=None)
        self.go_on.show_run(last, self.runs.model.image_of(last.path) if last is not None else None)

    def _ask_for_images(self) -> None:
        """Ask for the thumbnails of the rows on show, of the last run and of the example."""
        rows = self.runs.table.rows_on_show()
        entries = [entry for entry in map(self.runs.model.entry_at, rows) if entry is not None]
        if self.go_on.entry is not None:
            entries.insert(0, self.go_on.entry)
        spots = dict.fromkeys(map(_spot_of, entries))
        wanted = (*spots, ThumbnailSpot(asset_path("demo")))
        self._channels.thumbnails.stand(wanted)

    def _show_images(self, made: Sequence[RunThumbnail]) -> None:
        images: dict[Path, QImage | None] = {
            each.spot.run: None if each.image is None else as_image(each.image) for each in made
        }
        self.look.image.set_image(images.pop(asset_path("demo"), None) or self.look.image.image)
        self.runs.show_images(images)
        if self.go_on.entry is not None:
            self.go_on.image.set_image(self.runs.model.image_of(self.go_on.entry.path))
