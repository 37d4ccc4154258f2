import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.key_values import KeyValueList, ValueField


@pytest.fixture
def facts(theme: Theme, qtbot: QtBot) -> KeyValueList:
    made = KeyValueList(("Phase", "Replay"))
    qtbot.addWidget(made)
    made.resize(260, 60)
    made.show()
    return made


def field(facts: KeyValueList, label: str) -> ValueField:
    return next(each for each in facts.findChildren(ValueField) if each.accessibleName() == label)


def test_that_values_of_any_length_move_nothing(facts: KeyValueList) -> None:
    places = [each.geometry() for each in facts.findChildren(QLineEdit)]
    wanted = facts.sizeHint(), facts.minimumSizeHint()
    facts.set_value("Phase", "training, 1 update every 10 steps, and a good deal more of the same kind")
    QApplication.processEvents()
    assert [each.geometry() for each in facts.findChildren(QLineEdit)] == places
    assert (facts.sizeHint(), facts.minimumSizeHint()) == wanted


def test_that_a_long_value_is_elided_and_whole_in_tooltip_and_selection(facts: KeyValueList) -> None:
    path = "/home/somebody/with/a/long/path/runs/walker-walk-laptop-1"
    facts.set_value("Replay", path)
    shown = field(facts, "Replay")
    assert shown.shown_text().endswith("…")
    assert shown.toolTip() == path
    shown.selectAll()
    assert shown.selectedText() == path
    facts.set_value("Phase", "prefill")
    assert field(facts, "Phase").shown_text() == "prefill"
    assert field(facts, "Phase").toolTip() == ""


def test_that_a_value_does_not_change_while_its_text_is_selected(facts: KeyValueList) -> None:
    facts.set_value("Phase", "update 1")
    selected = field(facts, "Phase")
    selected.selectAll()
    facts.set_value("Phase", "update 2")
    facts.set_value("Phase", "update 3")
    assert selected.selectedText() == "update 1"
    assert facts.value("Phase") == "update 3"
    selected.deselect()
    assert selected.text() == "update 3"


def test_that_a_new_label_gets_a_row_and_an_old_one_keeps_its_own(facts: KeyValueList) -> None:
    for label in ("Checkpoint", "Phase", "Checkpoint"):
        facts.set_value(label, "now")
    labels = [each.accessibleName() for each in facts.findChildren(ValueField)]
    assert labels == ["Phase", "Replay", "Checkpoint"]
    assert facts.value("Replay") == "-"


def test_that_values_cannot_be_typed_over(facts: KeyValueList, qtbot: QtBot) -> None:
    facts.set_value("Phase", "prefill")
    QTest.keyClicks(field(facts, "Phase"), "x")
    assert field(facts, "Phase").text() == "prefill"
