"""The list of chapters, with a check mark beside each that the user has done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.studio.widgets.text import mute, plain_label

LETTERS: Final = 32
"""Width of the list in average letters."""

DONE: Final = "\N{CHECK MARK}"


class Contents(QWidget):
    """Chapters by number, with their minutes, and how many of them are done."""

    picked = Signal(int)
    """Emitted when the user goes to a chapter, with its place."""

    def __init__(self, chapters: Sequence[Chapter], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chapters = chapters
        self._progress = plain_label()
        mute(self._progress)
        self.list = QListWidget()
        self.list.setAccessibleName("Chapters")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        for chapter in chapters:
            item = QListWidgetItem()
            item.setToolTip(f"{chapter.subject}: {chapter.minutes} min")
            self.list.addItem(item)
        self.list.setSpacing(2)
        self.list.setCurrentRow(0)
        self.list.currentRowChanged.connect(self.picked)
        self.setFocusProxy(self.list)
        self.setFixedWidth(self.sizeHint().width())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._progress)
        layout.addWidget(self.list, 1)
        self.show_done(())

    def sizeHint(self) -> QSize:
        """Return a width for short titles."""
        return QSize(self.fontMetrics().averageCharWidth() * LETTERS, super().sizeHint().height())

    @property
    def progress(self) -> str:
        """Return how many chapters are done."""
        return self._progress.text()

    def go_to(self, place: int) -> None:
        """Go to a chapter by its place."""
        self.list.setCurrentRow(place)

    def show_done(self, done: Collection[str]) -> None:
        """Mark the chapters that are done, by key."""
        count = 0
        for place, chapter in enumerate(self._chapters):
            mark = DONE if chapter.key in done else str(place + 1)
            count += chapter.key in done
            item = self.list.item(place)
            item.setText(f"{mark}  {chapter.title}")
            told = "done" if chapter.key in done else f"{chapter.minutes} minutes"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"Chapter {place + 1}, {chapter.title}, {told}")
        self._progress.setText(f"{count} of {len(self._chapters)} done")
