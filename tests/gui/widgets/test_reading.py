"""Tab goes in the order of reading, and follows the panels when they reflow."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.widgets.key_values import KeyValueList
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.studio.widgets.layout.reading import next_stop, reading_order
from tests.support.reading import activate


def panel(*names: str) -> QWidget:
    """A panel with a column of buttons."""
    made = QWidget()
    column = QVBoxLayout(made)
    for name in names:
        column.addWidget(QPushButton(name))
    return made


def names(root: QWidget) -> list[str]:
    return [stop.text() if isinstance(stop, QPushButton) else stop.accessibleName() for stop in reading_order(root)]


def test_that_a_panel_is_read_whole_before_the_one_beside_it(qtbot: QtBot) -> None:
    panels = [panel("a1", "a2"), panel("b1", "b2"), panel("c1", "c2")]
    grid = CardGrid([panels[1], panels[0], panels[2]], cell=150)
    qtbot.addWidget(grid)
    grid.resize(700, 300)
    grid.show()
    assert names(grid) == ["b1", "b2", "a1", "a2", "c1", "c2"]
    panels[0].hide()
    QApplication.processEvents()
    assert names(grid) == ["b1", "b2", "c1", "c2"]


def test_that_tab_goes_round_and_a_list_of_facts_is_one_stop(qtbot: QtBot) -> None:
    window = QWidget()
    column = QVBoxLayout(window)
    facts = KeyValueList(("Task", "Preset"))
    for widget in (panel("above"), facts, panel("below")):
        column.addWidget(widget)
    qtbot.addWidget(window)
    window.show()
    activate(qtbot, window)
    assert names(window) == ["above", "Facts", "below"]
    above, _, below = reading_order(window)
    above.setFocus()
    assert next_stop(window, forward=True) is facts
    assert next_stop(window, forward=False) is below
    facts.setFocus()
    field = facts.findChildren(QWidget)[1]
    field.setFocus()
    assert next_stop(window, forward=False) is above
    assert next_stop(window, forward=True) is below
