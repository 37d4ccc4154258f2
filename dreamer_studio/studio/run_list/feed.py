"""Fills the list of runs from a thread of its own while the list is visible."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.studio.run_list.runs_card import RunsCard
from dreamer_studio.studio.widgets.frame_view import as_image
from dreamer_studio.studio.worker_thread import PanelThread
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.library.messages import LibraryChannels, ThumbnailSpot
from dreamer_studio.viewing.library.workers import library_workers
from dreamer_studio.viewing.throttle import Throttle

POLL_MS: Final = 100
TELL_TIME_SECONDS: Final = 10.0
IMAGE_SECONDS: Final = 10
"""Time after which a run in training gets another thumbnail."""


def spot_of(entry: RunEntry) -> ThumbnailSpot:
    """Return the thumbnail that a run has now."""
    return ThumbnailSpot(entry.path, int(entry.changed // IMAGE_SECONDS), entry.state.training)


class RunFeed(QObject):
    """Reads runs and their thumbnails for a list. The first `show` starts its thread; `stop` ends the thread.

    Args:
        card: the list.
        owner: the page or workspace that shows the list.
        more_images: returns further thumbnails to read.
        gives_way: returns whether the user waits for something else, so that the rest of the logs has to wait.
    """

    listed: ClassVar[Signal] = Signal()
    """Emitted when the list shows newer facts or updates its ages."""

    read: ClassVar[Signal] = Signal(object)
    """Emitted with new thumbnails, by the folders of their runs."""

    def __init__(
        self,
        card: RunsCard,
        owner: QWidget,
        *,
        more_images: Callable[[], Iterable[ThumbnailSpot]] = tuple,
        gives_way: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(owner)
        self._card, self._owner = card, owner
        self._folders: tuple[Path, ...] = ()
        self._others: tuple[Path, ...] = ()
        self._channels = LibraryChannels()
        self._channels.set_visible(False)
        self._more_images = more_images
        self._thread = PanelThread("library", library_workers(self._channels, gives_way), owner)
        self._listings = AnswerReader(self._channels.listing)
        self._thumbnails = AnswerReader(self._channels.thumbnails)
        self._replies = self._failures = 0
        self._clock = Throttle(TELL_TIME_SECONDS)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.refresh)
        card.commandSent.connect(self._channels.commands.send)

    def set_folders(self, folders: Sequence[Path]) -> None:
        """List the runs in these folders."""
        self._folders = tuple(folders)

    def set_others(self, runs: Sequence[Path]) -> None:
        """List these runs too, wherever they are, such as those that were open last."""
        self._others = tuple(runs)

    def show(self) -> None:
        """Begin to list."""
        self._thread.show()
        self._channels.set_visible(True)
        self._timer.start()
        self.refresh()

    def hide(self) -> None:
        """Read nothing while the list is hidden."""
        self._timer.stop()
        self._channels.set_visible(False)
        self._thread.hide()

    def stop(self) -> None:
        """End the thread and wait for it. It does not start again."""
        self._timer.stop()
        self._channels.set_visible(False)
        self._thread.end()

    def refresh(self) -> None:
        """Show new answers. Nothing is read while the window is minimized."""
        self._channels.set_visible(not self._owner.window().isMinimized())
        self._channels.listing.stand((*self._folders, *self._others))
        # While the user types a name, the list stays as it is.
        listed = None if self._card.table.editing else self._listings.fresh()
        if listed is not None and listed.result is not None:
            listing = listed.result
            self._card.show_runs(listing.entries, self._folders, can_undo=bool(listing.trashed))
            self.listed.emit()
        elif self._clock():
            self._card.model.tell_time(time.time())
            self.listed.emit()
        self._show_images()
        replies, self._replies = self._channels.commands.replies_since(self._replies)
        failures, self._failures = self._thread.failures.since(self._failures)
        for text in [*(reply.text for reply in replies), *(failure.reason for failure in failures)]:
            self._card.say(text)

    def _show_images(self) -> None:
        """Show new thumbnails, and ask for those of the rows on show."""
        made = self._thumbnails.fresh()
        if made is not None and made.result is not None:
            images: dict[Path, QImage | None] = {
                each.spot.run: None if each.image is None else as_image(each.image) for each in made.result
            }
            self._card.show_images(images)
            self.read.emit(images)
        spots = (*self._more_images(), *map(spot_of, self._card.table.runs_on_show()))
        self._channels.thumbnails.stand(tuple(dict.fromkeys(spots)))
