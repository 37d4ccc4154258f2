"""The dot in the status bar and the list of findings."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.health.card import HealthCard
from dreamer_studio.studio.health.dot import HealthDot
from dreamer_studio.studio.health.watch import HealthList
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.workspace import TrustWorkspace
from dreamer_studio.viewing.health.finding import Finding, Health, Level
from tests.support.studio import Studio

RED = Finding("kl", "KL and actions", "red", "Dreams ignore the actions.", "Lower kl_scale.", "actions")
YELLOW = Finding("replay", "Replay and batch", "yellow", "The replay has 60 agent steps, a batch 100.", "Wait.")
FINE = Finding("skipped", "Skipped updates", "fine", "None was skipped.")
UNKNOWN = Finding("tests", "Tests and training", "cannot tell", "Cannot tell yet: no test.")


@pytest.mark.parametrize(
    ("findings", "level", "text"),
    [
        ((RED, YELLOW, FINE), "red", "Health: 2"),
        ((YELLOW, UNKNOWN), "yellow", "Health: 1"),
        ((UNKNOWN, FINE), "fine", "Health"),
        ((UNKNOWN,), "cannot tell", "Health"),
    ],
)
def test_that_the_dot_says_its_level_in_words(
    qtbot: QtBot, theme: Theme, findings: tuple[Finding, ...], level: Level, text: str
) -> None:
    dot = HealthDot(theme)
    qtbot.addWidget(dot)
    dot.show_health(Health(findings))
    assert (dot.level, dot.text()) == (level, text)
    assert dot.accessibleName().startswith(f"Health: {level}. ")


def test_that_each_level_has_a_shape_of_its_own(qtbot: QtBot, theme: Theme) -> None:
    shapes = []
    for finding in (RED, YELLOW, FINE, UNKNOWN):
        dot = HealthDot(theme)
        qtbot.addWidget(dot)
        dot.show_health(Health((finding,)))
        dot.resize(dot.minimumSizeHint())
        image = dot.grab().toImage()
        background = image.pixel(0, 0)
        shapes.append(frozenset((x, y) for x in range(image.width()) for y in range(image.height())
                                if image.pixel(x, y) != background))  # fmt: skip
    assert len(set(shapes)) == 4


def test_that_the_list_has_each_sentence_what_to_try_and_a_link(qtbot: QtBot, theme: Theme) -> None:
    card = HealthCard(theme)
    qtbot.addWidget(card)
    card.show_health(Health((RED, FINE)))
    texts = [label.text() for label in card.findChildren(QLabel)]
    assert {"KL and actions: red", RED.sentence, "Try: Lower kl_scale.", FINE.sentence} <= set(texts)
    buttons = [button for button in card.findChildren(QPushButton) if button.text() == "Show"]
    assert len(buttons) == 1
    with qtbot.waitSignal(card.gaugeWanted) as wanted:
        buttons[0].click()
    assert wanted.args == ["actions"]


def test_that_a_click_on_the_dot_opens_the_list_which_leads_to_trust(studio: Studio, qtbot: QtBot) -> None:
    dot = studio.window.findChild(HealthDot)
    assert isinstance(dot, HealthDot)
    qtbot.waitUntil(lambda: len(studio.window.run.health.health.findings) == 11)
    dot.click()
    shown = dot.findChild(HealthList)
    assert isinstance(shown, HealthList) and shown.isVisible()
    assert len(shown.card.health.findings) == 11
    studio.window.run.clock.stop()  # so that the made finding stays
    shown.card.show_health(Health((RED,)))

    def buttons() -> list[QPushButton]:
        return [button for button in shown.card.findChildren(QPushButton) if button.text() == "Show"]

    qtbot.waitUntil(lambda: len(buttons()) == 1)  # the buttons of the previous list are deleted
    buttons()[0].click()
    assert not shown.isVisible()
    trust = studio.window.run.tabs.of(TrustWorkspace)
    card = trust.cards.card_of("actions")
    assert trust.isVisible() and card.property("accent")
    qtbot.waitUntil(lambda: not card.visibleRegion().isEmpty())
    studio.window.run.clock.start()
