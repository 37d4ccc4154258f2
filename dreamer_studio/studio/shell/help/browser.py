"""Shows one page of the Help window; images fit its width."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import QImage, QPalette, QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from dreamer_studio.studio.shell.help.pages import Text

ABOVE_HEADING: Final = 8  # pixels above a heading that the page has scrolled to

SETTLED_MS: Final = 150
"""Time after which a new width is taken as final; the images are then scaled once."""


class PageBrowser(QTextBrowser):
    """A scrolled page. The page follows no links; `anchorClicked` reports them.

    Args:
        images: the folder of the page's images.
    """

    def __init__(self, images: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images = images
        self._kept: dict[str, QImage] = {}
        self._text = Text("")
        self._words: list[str] = []
        self._width = 0
        self._anchor = self._heading = ""
        self._fit = QTimer(self)
        self._fit.setSingleShot(True)
        self._fit.setInterval(SETTLED_MS)
        self._fit.timeout.connect(self._render)
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # the images' width leaves room for it
        self.document().setDocumentMargin(14)

    def show_text(self, text: Text, words: list[str]) -> None:
        """Show a text from its beginning, with some words marked."""
        self._text, self._words = text, words
        self._render()
        self.verticalScrollBar().setValue(0)

    def go_to(self, anchor: str) -> None:
        """Scroll to an anchor, now and once the size of the page is final."""
        self._anchor = anchor
        self.scrollToAnchor(anchor)
        self._fit.start()

    def go_to_heading(self, title: str) -> None:
        """Scroll to a heading of a Markdown page, now and once the size of the page is final."""
        self._heading = title
        self._scroll_to_heading()
        self._fit.start()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return an image of the page, no wider than the page."""
        path = QUrl(name).path()
        if kind != QTextDocument.ResourceType.ImageResource.value or self._images is None:
            return super().loadResource(kind, QUrl(name))
        if path not in self._kept:
            self._kept[path] = QImage(str(self._images / path))
        image = self._kept[path]
        room = round(self._room() * self.devicePixelRatioF())
        if image.width() > room:
            image = image.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
            image.setDevicePixelRatio(self.devicePixelRatioF())
        return image

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the images once the width stays."""
        super().resizeEvent(event)
        if self._room() != self._width:
            self._fit.start()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the links in the colors of a new theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and self._text.content:
            self._fit.start()

    def _render(self) -> None:
        place = self.verticalScrollBar().value()
        self._width = self._room()
        self.document().clear()
        if self._text.markdown:
            self.setMarkdown(self._text.content)
        else:
            self.setHtml(self._text.content)
        self._mark()
        self.verticalScrollBar().setValue(place)
        if self._anchor:
            self.scrollToAnchor(self._anchor)
            self._anchor = ""
        if self._heading:
            self._scroll_to_heading()
            self._heading = ""

    def _scroll_to_heading(self) -> None:
        """Scroll so that the heading is at the top; a title that no heading has leaves the page where it is."""
        block = self.document().begin()
        while block.isValid() and not (block.text() == self._heading and block.blockFormat().headingLevel()):
            block = block.next()
        if block.isValid():
            top = self.document().documentLayout().blockBoundingRect(block).top()
            self.verticalScrollBar().setValue(round(top) - ABOVE_HEADING)

    def _mark(self) -> None:
        """Mark all places of the searched words."""
        palette, marks = self.palette(), []
        for word in self._words:
            cursor = self.document().find(word, 0)
            while not cursor.isNull():
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(cursor)
                mark.format.setBackground(palette.color(QPalette.ColorRole.Highlight))
                mark.format.setForeground(palette.color(QPalette.ColorRole.HighlightedText))
                marks.append(mark)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(marks)

    def _room(self) -> int:
        return max(1, self.viewport().width() - 2 * round(self.document().documentMargin()))
