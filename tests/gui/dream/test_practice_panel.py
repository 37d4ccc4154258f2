"""The panel of practice dreams on made values."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.session import State, Status
from dreamer_studio.studio.dream.practice_panel import PracticePanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.film_strip import CELL, GAP
from dreamer_studio.viewing.channel import Answer, RequestFailure
from dreamer_studio.viewing.practice.messages import PracticeResult
from tests.support.made_values import made_practice, made_status
from tests.support.reading import card

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(theme: Theme, qtbot: QtBot) -> PracticePanel:
    panel = PracticePanel(theme)
    qtbot.addWidget(panel)
    panel.resize(900, 500)
    panel.show()
    return panel


def show(panel: PracticePanel, result: PracticeResult | None, status: Status | None = None) -> None:
    answer = None if result is None else Answer(1, result, done=False)
    panel.show_practice(answer, status or made_status())


def test_that_a_click_on_a_row_shows_the_numbers_of_that_start_and_step(panel: PracticePanel, qtbot: QtBot) -> None:
    result = made_practice()
    show(panel, result)
    assert "update 7 learned from these" in card(panel).subtitle and "3 of 60" in card(panel).subtitle
    step = math.ceil(panel.strip.stride)
    qtbot.mouseClick(panel.strip, LEFT, pos=QPoint(panel.strip.x_of(step) + 5, CELL + GAP + 5))  # second row
    caption = card(panel).caption.replace("\N{MINUS SIGN}", "-")
    assert f"Start 2, step {step} of 5" in caption
    for word, number in (
        ("reward", f"{result.reward[1, step - 1]:.2f}"),
        ("value", f"{result.value[1, step - 1]:.2f}"),
        ("lambda-return", f"{result.returns[1, step - 1]:.2f}"),
        ("weight", f"{result.weights[1, step - 1]:.3f}"),
    ):
        assert f"{word} {number}" in caption
    plot = panel.plots[0]
    qtbot.mouseClick(plot, LEFT, pos=QPoint(plot.width() - 3, 60))
    assert "it only closes the lambda-return" in card(panel).caption


def test_that_hold_keeps_the_shown_rollouts_until_it_is_released(panel: PracticePanel, qtbot: QtBot) -> None:
    first, second = made_practice(7), made_practice(8)
    show(panel, first)
    assert panel.wants_newer
    qtbot.mouseClick(panel.hold, LEFT, pos=QPoint(8, panel.hold.height() // 2))
    show(panel, second)
    assert panel.shown is first and not panel.wants_newer
    qtbot.keyClick(panel.hold, Qt.Key.Key_Space)
    show(panel, second)
    assert panel.shown is second and panel.wants_newer


def test_that_a_hidden_panel_asks_for_no_newer_rollouts(panel: PracticePanel) -> None:
    assert panel.wants_newer
    panel.hide()
    assert not panel.wants_newer


def test_that_a_terminal_start_is_marked_in_the_name_of_its_row(panel: PracticePanel) -> None:
    show(panel, made_practice(terminal=1))
    assert [row.name for row in panel.strip.rows] == ["Start 1", "Start 2, terminal", "Start 3"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (made_status(), "The next update brings practice dreams."),
        (made_status(state=State.PAUSED), "Press F7 to make one update"),
        (made_status(state=State.FINISHED), "This run is finished"),
        (made_status(prefill=True), "after the prefill"),
        (made_status(watching=True), "only watching"),
    ],
    ids=["running", "paused", "finished", "prefill", "watched"],
)
def test_that_an_empty_panel_says_why_there_are_no_practice_dreams(
    panel: PracticePanel, status: Status, words: str
) -> None:
    show(panel, None, status)
    assert words in panel.strip.accessibleDescription()


def test_that_the_panel_shows_why_a_request_failed(panel: PracticePanel) -> None:
    panel.show_practice(Answer(1, None, done=True, failure=RequestFailure("out of memory")), made_status())
    assert "out of memory" in card(panel).caption and "out of memory" in panel.strip.accessibleDescription()
