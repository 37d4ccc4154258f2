"""A card is enlarged until it fills the page, by double-click and by Enter, and returns to its place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QTabWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.studio.widgets.layout.stage import Stage
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.studio.widgets.scroll import scrolled
from tests.support.made_help import HELP
from tests.support.plots import canvas
from tests.support.reading import activate


class Page:
    """Two cards with images, and a plot in a tab, on a stage in a scroll area."""

    def __init__(self, theme: Theme) -> None:
        self.images = [FrameView(theme, name) for name in ("One", "Two")]
        self.cards = [Card(theme, view.accessibleName(), help_text=HELP) for view in self.images]
        for card, view in zip(self.cards, self.images, strict=True):
            card.set_body(view)
        self.plot = TimelinePlot(theme, name="Reward")
        self.plot.set_series("received", range(10), range(10))
        self.plot_card = Card(theme, "Reward", help_text=HELP)
        self.button = push_button("Press", "It does nothing")
        self.plot_card.add_header_widget(self.button)
        self.plot_card.set_body(self.plot)
        self.tabs = QTabWidget()
        self.tabs.addTab(scrolled(self.plot_card), "Plot")
        self.tabs.addTab(QLabel("Other"), "Other")
        page = QWidget()
        layout = QVBoxLayout(page)
        self.label = QLabel("A line of settings")
        layout.addWidget(self.label)
        self.grid = CardGrid(self.cards)
        layout.addWidget(self.grid)
        layout.addWidget(self.tabs)
        self.stage = Stage(page)
        self.area = scrolled(self.stage)
        self.area.resize(900, 700)
        self.area.show()


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> Page:
    made = Page(theme)
    qtbot.addWidget(made.area)
    activate(qtbot, made.area)
    return made


def shown(page: Page) -> list[bool]:
    return [widget.isVisible() for widget in (*page.cards, page.plot_card, page.label)]


def test_that_a_double_click_on_an_image_fills_the_page_with_it_and_another_one_returns_it(
    page: Page, qtbot: QtBot
) -> None:
    before = page.cards[0].size()
    qtbot.mouseDClick(page.images[0], Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert shown(page) == [True, False, False, False]
    assert page.cards[0].width() > 850 and page.cards[0].height() > 650
    qtbot.mouseDClick(page.images[0], Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert shown(page) == [True] * 4 and page.cards[0].size() == before


def test_that_enter_enlarges_the_card_with_the_focus_and_esc_returns_it(page: Page, qtbot: QtBot) -> None:
    page.plot.setFocus()
    qtbot.keyClick(page.plot, Qt.Key.Key_Return)
    assert shown(page) == [False, False, True, False] and not page.tabs.tabBar().isVisible()
    assert page.plot.hasFocus()
    qtbot.keyClick(page.plot, Qt.Key.Key_Escape)
    assert shown(page) == [True] * 4 and page.tabs.tabBar().isVisible()


def test_that_a_double_click_on_a_plot_enlarges_it(page: Page, qtbot: QtBot) -> None:
    qtbot.mouseDClick(canvas(page.plot), Qt.MouseButton.LeftButton)
    assert page.stage.large == (page.plot_card,)


def test_that_enter_on_a_button_presses_it(page: Page, qtbot: QtBot) -> None:
    page.button.setFocus()
    with qtbot.waitSignal(page.button.clicked):
        qtbot.keyClick(page.button, Qt.Key.Key_Return)
    assert page.stage.large == ()


def test_that_the_focus_comes_into_the_enlarged_card_so_that_esc_returns_it(page: Page, qtbot: QtBot) -> None:
    page.plot.setFocus()
    qtbot.mouseDClick(page.images[0], Qt.MouseButton.LeftButton)
    assert page.images[0].hasFocus()
    qtbot.keyClick(page.images[0], Qt.Key.Key_Escape)
    assert shown(page) == [True] * 4


def test_that_two_cards_share_the_page(page: Page) -> None:
    page.stage.enlarge(page.cards)
    QApplication.processEvents()
    assert shown(page) == [True, True, False, False]
    assert all(card.height() > 650 for card in page.cards)
    page.stage.enlarge(page.cards[:1])
    assert shown(page) == [True, False, False, False]
    page.stage.restore()
    assert shown(page) == [True] * 4


def test_that_the_whole_page_returns_when_the_enlarged_card_is_deleted(page: Page, qtbot: QtBot) -> None:
    enlarged, other = page.cards
    page.stage.enlarge((enlarged,))
    enlarged.setParent(None)
    enlarged.deleteLater()
    page.grid.set_items([other])
    qtbot.waitUntil(lambda: not page.stage.large)
    assert other.isVisible() and page.plot_card.isVisible() and page.label.isVisible()
    page.stage.enlarge((other,))
    page.stage.restore()
    assert other.isVisible() and page.label.isVisible()


def test_that_a_hidden_card_that_leaves_the_page_never_becomes_a_window(page: Page, qtbot: QtBot) -> None:
    enlarged, gone = page.cards
    page.stage.enlarge((enlarged,))
    gone.setParent(None)
    page.grid.set_items([enlarged])
    page.stage.restore()
    assert not gone.isVisible() and page.plot_card.isVisible()
    qtbot.addWidget(gone)
