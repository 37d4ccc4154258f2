"""The Help window: guide, glossary and keys, beside a window that stays usable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.paper.places import PASSAGES
from dreamer_studio.resources import document_path
from dreamer_studio.studio.help.glossary import glossary
from dreamer_studio.studio.help.html import PAPER_SCHEME
from dreamer_studio.studio.shell.help.pages import MISSING, Page, _paper, _sections, text_of
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.help_button import open_in_help


@pytest.fixture
def window(theme: Theme, qtbot: QtBot) -> Iterator[StudioWindow]:
    """Yield a window without a run."""
    made = StudioWindow(theme, SettingsFile(None))
    made.show()
    yield made
    made.close()
    made.deleteLater()


def test_that_f1_shows_the_keys_and_the_window_stays_usable(window: StudioWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.help.isVisible() and window.help.page is Page.KEYS
    assert "Dream from the newest frame" in window.help.text
    assert QApplication.activeModalWidget() is None
    assert window.screen().availableGeometry().contains(window.help.geometry())
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window.help)
    qtbot.keyClick(window.help.browsers[Page.KEYS], Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.help.isVisible())


@pytest.mark.parametrize(
    ("action", "page"), [("help.guide", Page.GUIDE), ("help.glossary", Page.GLOSSARY), ("help.paper", Page.PAPER)]
)
def test_that_the_menu_opens_guide_glossary_and_paper(window: StudioWindow, action: str, page: Page) -> None:
    window.action_set[action].trigger()
    assert window.help.page is page and len(window.help.text) > 1_000


def test_that_one_search_filters_all_pages(window: StudioWindow, qtbot: QtBot) -> None:
    help_ = window.help
    help_.show_page(Page.GLOSSARY)
    whole = len(help_.text)
    qtbot.keyClicks(help_.search, "lambda-return")
    assert help_.text.startswith("lambda-return")
    assert len(help_.text) < whole / 5
    marks = help_.browsers[Page.GLOSSARY].extraSelections()
    assert len(marks) >= 1
    help_.show_page(Page.GUIDE)
    assert "Practice dreams" in help_.text and "12. Keep it" not in help_.text
    help_.search.setText("xyzzy")
    assert help_.text == "Nothing here has “xyzzy”."
    help_.search.clear()
    assert "12. Keep it" in help_.text


def test_that_a_link_of_a_help_shows_its_word(window: StudioWindow, qtbot: QtBot) -> None:
    window.help.search.setText("twin")
    window.help.show_word("dream")
    browser = window.help.browsers[Page.GLOSSARY]
    assert window.help.page is Page.GLOSSARY and window.help.search.text() == ""
    qtbot.waitUntil(lambda: browser.cursorForPosition(QPoint(30, 20)).block().text().startswith("dream"))


def test_that_a_link_to_an_equation_shows_its_section_with_the_formula_as_text(
    window: StudioWindow, qtbot: QtBot
) -> None:
    open_in_help(window.findChildren(QWidget)[0], f"{PAPER_SCHEME}Equation 8: objective of the value model")
    qtbot.waitUntil(window.help.isVisible)
    browser = window.help.browsers[Page.PAPER]
    assert window.help.page is Page.PAPER
    qtbot.waitUntil(lambda: browser.cursorForPosition(QPoint(30, 15)).block().text().startswith("Equation 8"))
    assert PASSAGES["Eq. 8"].formula in window.help.text
    assert "math" not in window.help.text and "\\tau" not in window.help.text


def test_that_the_images_of_the_guide_fit_the_window(window: StudioWindow, qtbot: QtBot) -> None:
    window.help.show_page(Page.GUIDE)
    browser = window.help.browsers[Page.GUIDE]
    kind = QTextDocument.ResourceType.ImageResource.value
    for width in (640, 420):
        window.help.resize(width, 600)
        QApplication.processEvents()
        image = browser.loadResource(kind, "images/guide/scene.png")
        assert isinstance(image, QImage)
        assert 0.7 * width < image.width() / image.devicePixelRatio() < browser.viewport().width()
        qtbot.waitUntil(lambda: browser.horizontalScrollBar().maximum() == 0)


def test_that_every_image_of_the_guide_is_there_and_no_link_leads_nowhere() -> None:
    text = text_of(Page.GUIDE).content
    images = [part.split(")")[0] for part in text.split("](images/")[1:]]
    assert len(images) > 10
    for image in images:
        assert (document_path("guide.md").parent / "images" / image).is_file()
    assert re.search(r"\]\((?!images/|https?:)", text) is None


def test_that_closing_the_main_window_closes_the_help(window: StudioWindow) -> None:
    window.help.show_page(Page.KEYS)
    window.close()
    assert not window.help.isVisible()


def test_that_an_installation_without_the_documents_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> Path:
        raise FileNotFoundError

    monkeypatch.setattr("dreamer_studio.studio.shell.help.pages.document_path", missing)
    monkeypatch.setattr("dreamer_studio.studio.help.glossary.document_path", missing)
    caches = (_sections, _paper, glossary)
    for cache in caches:
        cache.cache_clear()
    try:
        assert {text_of(page).content for page in (Page.GUIDE, Page.GLOSSARY, Page.PAPER)} == {MISSING}
    finally:
        for cache in caches:
            cache.cache_clear()
