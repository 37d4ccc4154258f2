"""The Help window: guide, glossary, paper and keys beside the main window, with one search for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QTabWidget, QVBoxLayout, QWidget

from dreamer_studio.resources import document_path
from dreamer_studio.studio.help.html import PAPER_SCHEME, SCHEME
from dreamer_studio.studio.shell.help.browser import PageBrowser
from dreamer_studio.studio.shell.help.pages import Page, text_of

SIZE: Final = (640, 720)  # logical pixels, where the screen has room
EDGE: Final = 40  # pixels of the screen that the window leaves free


class HelpWindow(QWidget):
    """A window beside the main window, which stays usable.

    Attributes:
        search: the words to search for.
        browsers: the pages.

    Args:
        parent: the main window. The Help window ends with it.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Help - Dreamer Studio")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search guide, glossary, paper and keys")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search the help")
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setAccessibleName("Pages of the help")
        self.browsers = {page: PageBrowser(_images()) for page in Page}
        self._stale = set(Page)
        for page, browser in self.browsers.items():
            browser.setAccessibleName(page.value)
            browser.anchorClicked.connect(self._follow)
            self._tabs.addTab(browser, page.value)
        self._tabs.currentChanged.connect(lambda _: self._fill())
        self.search.textChanged.connect(self._search)
        QShortcut(QKeySequence.StandardKey.Cancel, self, self.close)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.search)
        layout.addWidget(self._tabs)
        room = parent.screen().availableSize()
        self.resize(min(SIZE[0], room.width() - EDGE), min(SIZE[1], room.height() - EDGE))

    @property
    def page(self) -> Page:
        """Return the page on show."""
        return list(Page)[self._tabs.currentIndex()]

    @property
    def text(self) -> str:
        """Return the text of the page on show, without its markup."""
        return self.browsers[self.page].toPlainText()

    def show_page(self, page: Page) -> None:
        """Show a page, and bring the window to the front."""
        self._tabs.setCurrentIndex(list(Page).index(page))
        self._fill()
        self.show()
        self.raise_()
        self.activateWindow()
        self.browsers[page].setFocus()

    def show_word(self, anchor: str) -> None:
        """Show an entry of the glossary."""
        self.search.clear()
        self.show_page(Page.GLOSSARY)
        self.browsers[Page.GLOSSARY].go_to(anchor)

    def show_section(self, title: str) -> None:
        """Show a section of the page on the paper."""
        self.search.clear()
        self.show_page(Page.PAPER)
        self.browsers[Page.PAPER].go_to_heading(title)

    def follow(self, link: str) -> None:
        """Show what a link of the program leads to: an entry of the glossary, or a section on the paper."""
        if link.startswith(SCHEME):
            self.show_word(link.removeprefix(SCHEME))
        elif link.startswith(PAPER_SCHEME):
            self.show_section(link.removeprefix(PAPER_SCHEME))

    def _search(self) -> None:
        self._stale = set(Page)
        self._fill()

    def _fill(self) -> None:
        if self.page in self._stale:
            self._stale.discard(self.page)
            self.browsers[self.page].show_text(text_of(self.page, self.search.text()), self.search.text().split())

    def _follow(self, link: QUrl) -> None:
        if link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
        else:
            self.follow(link.toString())


def _images() -> Path | None:
    """Return the folder on which the guide's paths of images rest; None if the installation lacks the guide."""
    try:
        return document_path("guide.md").parent
    except FileNotFoundError:
        return None
