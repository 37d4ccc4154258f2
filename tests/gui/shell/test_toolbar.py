"""The training horizon in the toolbar, and the banner of a rule that pauses."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QSpinBox, QToolButton

from dreamer_studio.session import START, PauseRule, SetPauseRules, State
from dreamer_studio.studio.widgets.banner import Banner
from tests.support.studio import PATIENCE_MS, Studio
from tests.support.watching import find


@pytest.fixture
def studio(studio: Studio) -> Studio:
    """Return a window whose training horizon can be changed."""
    studio.bot.waitUntil(lambda: find(studio, QSpinBox, "Training horizon").isEnabled(), timeout=PATIENCE_MS)
    return studio


def box_of(studio: Studio) -> QSpinBox:
    box = find(studio, QSpinBox, "Training horizon")
    assert isinstance(box, QSpinBox)
    return box


def type_horizon(studio: Studio, text: str, key: Qt.Key | None = None) -> QSpinBox:
    box = box_of(studio)
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    if key is not None:
        QTest.keyClick(box, key)
    return box


def button(studio: Studio, text: str) -> QPushButton:
    return next(each for each in studio.window.findChildren(QPushButton) if each.text() == text and each.isVisible())


def changes(studio: Studio) -> list[tuple[object, object]]:
    rows = studio.session.rows_since(START)[0]
    return [(row["before"], row["after"]) for row in rows if row["kind"] == "change"]


def test_that_a_typed_horizon_says_what_is_in_use_and_only_enter_applies_it(studio: Studio) -> None:
    before = studio.status.config.horizon
    apply = button(studio, "Apply")
    assert not apply.isEnabled() and box_of(studio).text() == str(before)
    width = box_of(studio).width()
    box = type_horizon(studio, "8")
    assert box.text() == f"8 (in use {before})" and apply.isEnabled()
    assert box.width() == width
    assert studio.status.config.horizon == before
    QTest.keyClick(box, Qt.Key.Key_Return)
    studio.wait_for(lambda status: status.config.horizon == 8)
    studio.bot.waitUntil(lambda: box.text() == "8", timeout=PATIENCE_MS)
    assert not apply.isEnabled() and not box.hasFocus()


def test_that_a_typed_horizon_waits_if_the_focus_goes_elsewhere_and_esc_changes_nothing(studio: Studio) -> None:
    before = studio.status.config.horizon
    box = type_horizon(studio, "9", Qt.Key.Key_Tab)
    type_horizon(studio, "9", Qt.Key.Key_Escape)
    studio.bot.wait(100)
    assert box.text() == f"9 (in use {before})" and changes(studio) == []


def test_that_undo_in_the_status_bar_takes_a_change_back_once(studio: Studio) -> None:
    before = studio.status.config.horizon
    undo = next(each for each in studio.window.findChildren(QToolButton) if each.text() == "Undo")
    assert not undo.isVisible()
    type_horizon(studio, "8", Qt.Key.Key_Return)
    studio.bot.waitUntil(undo.isVisible, timeout=PATIENCE_MS)
    undo.click()
    studio.wait_for(lambda status: status.config.horizon == before)
    assert changes(studio) == [(before, 8), (8, before)]
    studio.bot.waitUntil(lambda: box_of(studio).text() == str(before), timeout=PATIENCE_MS)


def test_that_a_rule_that_fires_is_a_banner_whose_button_resumes(studio: Studio) -> None:
    rule = PauseRule("step", bound=studio.status.step + 5)
    studio.session.submit(SetPauseRules((rule,))).result(PATIENCE_MS / 1000)
    studio.press_f6_for("Resume")
    studio.wait_for(lambda status: bool(status.paused_by))
    assert studio.status.state is State.PAUSED
    words = "Training is paused, because"
    found: list[Banner] = []

    def shown() -> bool:
        found[:] = [each for each in studio.window.banners.banners if each.text.startswith(words)]
        return bool(found)

    studio.bot.waitUntil(shown, timeout=PATIENCE_MS)
    assert str(rule) in found[0].text and "The rule has ended" in found[0].text
    next(each for each in found[0].findChildren(QPushButton) if each.text() == "Resume").click()
    studio.wait_for_state(State.RUNNING)
    studio.bot.waitUntil(lambda: not shown(), timeout=PATIENCE_MS)
