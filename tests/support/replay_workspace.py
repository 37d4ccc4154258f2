"""The replay browser of a window, for tests that use it as a person does."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit, QPushButton, QTabBar, QTableView

from dreamer_studio.studio.replay.episode_model import EpisodeModel
from dreamer_studio.studio.replay.episode_table import EpisodeTable
from dreamer_studio.studio.replay.workspace import ReplayBrowser
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.viewing.frame_ref import FrameRef
from tests.support.reading import banners
from tests.support.studio import PATIENCE_MS, Studio

CONTROL = Qt.KeyboardModifier.ControlModifier


class BrowserDriver:
    """Opens the dock by its key, uses it, and reads what it shows."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        (self.widget,) = studio.window.findChildren(ReplayBrowser)
        self.wait(studio.window.isActiveWindow)
        if not self.widget.isVisible():
            studio.bot.keyClick(studio.window, Qt.Key.Key_R, CONTROL)
        self.wait(self.widget.isVisible)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.studio.bot.waitUntil(condition, timeout=PATIENCE_MS)

    @property
    def table(self) -> QTableView:
        return self.widget.episodes.table

    @property
    def model(self) -> EpisodeModel:
        model = self.table.model()
        assert isinstance(model, EpisodeModel)
        return model

    @property
    def frame(self) -> FrameRef:
        """Return the held frame."""
        frame = self.widget.frame
        assert frame is not None
        return frame

    @property
    def image(self) -> FrameView:
        (image,) = self.widget.findChildren(FrameView)
        return image

    def shown(self) -> bytes:
        """Return the pixels of the large image, RGB; empty if there is no image."""
        image = self.image.image
        if image is None:
            return b""
        pixels = image.convertToFormat(QImage.Format.Format_RGB888)
        return bytes(pixels.constBits())

    def open_bookmarks(self, count: int) -> EpisodeTable:
        """Click the tab Bookmarks, and wait until the table has `count` rows."""
        bar = next(bar for bar in self.widget.findChildren(QTabBar) if bar.tabText(0) == "Episodes")
        self.studio.bot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
        table = self.widget.bookmarks.table
        self.wait(lambda: table.isVisible() and table.model().rowCount() == count)
        return table

    def texts(self, row: int) -> list[str]:
        return [self.model.data(self.model.index(row, column)) for column in range(1, 7)]

    def column(self, number: int) -> list[str]:
        return [self.texts(row)[number - 1] for row in range(self.model.rowCount())]

    def spot(self, table: QTableView, index: QModelIndex, x: int | None = None) -> QPoint:
        table.scrollTo(index)
        rect = table.visualRect(index)
        assert not rect.isEmpty(), f"column {index.column()} is not on show"
        return rect.center() if x is None else QPoint(rect.left() + x, rect.center().y())

    def click(self, row: int, column: int, x: int | None = None, *, table: QTableView | None = None) -> None:
        table = table or self.table
        at = self.spot(table, table.model().index(row, column), x)
        self.studio.bot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def hover(self, row: int, x: int) -> None:
        at = self.spot(self.table, self.model.index(row, 0), x)
        self.studio.bot.mouseMove(self.table.viewport(), at)

    def sort_by(self, column: int) -> None:
        header = self.table.horizontalHeader()
        at = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
        self.studio.bot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def filter(self, text: str) -> None:
        box = next(each for each in self.widget.findChildren(QLineEdit) if "Filter" in each.accessibleName())
        box.clear()
        self.studio.bot.keyClicks(box, text)

    def button(self, beginning: str) -> QPushButton:
        return next(each for each in self.widget.findChildren(QPushButton) if each.text().startswith(beginning))

    def press(self, beginning: str) -> None:
        self.studio.bot.mouseClick(self.button(beginning), Qt.MouseButton.LeftButton)

    @property
    def banners(self) -> list[str]:
        return banners(self.studio.window)
