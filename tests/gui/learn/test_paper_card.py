"""The card with the equations of a chapter, on made places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QWhatsThisClickedEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow, QToolTip
from pytestqt.qtbot import QtBot

from dreamer_studio.paper.places import PASSAGES, Place, section_of
from dreamer_studio.paper.symbols import SYMBOLS
from dreamer_studio.studio.learn.paper.card import PaperCard
from dreamer_studio.studio.theme import Theme

LAMBDA = next(symbol for symbol in SYMBOLS if symbol.text == "V_λ")
PLACE = Place("Eq. 6", Path("dreamer/behavior.py"), "lambda_return", 87, "last = reward[t] + last")


@pytest.fixture
def card(theme: Theme, qtbot: QtBot) -> Iterator[PaperCard]:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = PaperCard(theme, ("Eq. 6", "Eq. 8", "Eq. 4"))
    window.setCentralWidget(made)
    window.resize(700, 500)
    window.show()
    yield made
    QToolTip.hideText()


def shown(card: PaperCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]


def test_that_words_differences_and_code_appear_on_demand(card: PaperCard, qtbot: QtBot) -> None:
    card.show_places({"Eq. 6": (PLACE,)})
    passage, row = PASSAGES["Eq. 6"], card.rows[0]
    before = shown(card)
    assert passage.words not in before and PLACE.code not in before
    assert row.formula is not None
    qtbot.mouseClick(row.formula, Qt.MouseButton.LeftButton)
    assert {passage.words, f"In this code: {passage.differs}", PLACE.code} <= set(shown(card))
    assert "lambda_return \N{MIDDLE DOT} dreamer_studio/dreamer/behavior.py:87" in shown(card)
    qtbot.mouseClick(row.places[0].copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "dreamer_studio/dreamer/behavior.py:87"
    qtbot.mouseClick(row.toggle, Qt.MouseButton.LeftButton)
    assert shown(card) == before


def test_that_an_equation_without_code_says_why(card: PaperCard, qtbot: QtBot) -> None:
    card.show_places({})
    absent = card.rows[2]
    qtbot.mouseClick(absent.toggle, Qt.MouseButton.LeftButton)
    assert f"Not in the code: {PASSAGES['Eq. 4'].absent}" in shown(card)
    assert not absent.note and card.rows[0].note


def test_that_a_symbol_lights_up_in_all_formulas_of_the_card(card: PaperCard) -> None:
    first, second = card.rows[0].formula, card.rows[1].formula
    assert first is not None and second is not None
    QTest.mouseMove(second, second.areas(LAMBDA)[0].center().toPoint())
    assert first.lit == second.lit == LAMBDA


def test_that_the_window_is_asked_for_the_section_of_the_equation(card: PaperCard, qtbot: QtBot) -> None:
    class Listener(QObject):
        def __init__(self, owner: QObject) -> None:
            super().__init__(owner)
            self.links: list[str] = []

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QWhatsThisClickedEvent):
                self.links.append(event.href())
            return False

    listener = Listener(card)
    card.window().installEventFilter(listener)
    card.rows[1].help.click()
    qtbot.waitUntil(lambda: listener.links == [f"paper:{section_of('Eq. 8').title}"])
