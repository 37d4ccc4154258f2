"""The run in words."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.panels.run import MOST_CHANGES, RunPanel
from dreamer_studio.studio.theme import Theme


def test_that_of_very_many_changes_the_newest_are_listed(theme: Theme, qtbot: QtBot) -> None:
    panel = RunPanel(theme)
    qtbot.addWidget(panel)

    def listed() -> list[str]:
        return "\n".join(label.text() for label in panel.findChildren(QLabel)).splitlines()

    changes = [f"change {number}" for number in range(MOST_CHANGES + 5)]
    panel.show_changes(changes[:3])
    assert [line for line in listed() if "change " in line] == [f"\N{BLACK FLAG} change {n}" for n in range(3)]
    panel.show_changes(changes)
    assert "5 before them" in listed()
    assert [line for line in listed() if "change " in line] == [f"\N{BLACK FLAG} {change}" for change in changes[5:]]
    panel.show_changes([])
    assert any(line.startswith("None.") for line in listed())
