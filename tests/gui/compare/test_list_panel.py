"""The list of checkpoints of the Compare workspace."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from dreamer_studio.runs.best import TestScore
from dreamer_studio.studio.compare.list_panel import CompareListPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.compare.messages import Contestant
from tests.support.made_values import made_contestants

RUN = Path("run")
ONE = made_contestants(1, RUN)


@pytest.mark.parametrize("listed", [(), ONE])
@pytest.mark.parametrize(
    ("watching", "told", "not_told"), [(True, "Add another run", "Ctrl+S"), (False, "Ctrl+S", "Add")]
)
def test_that_a_short_list_says_how_the_user_gets_a_second_checkpoint(
    theme: Theme, qtbot: QtBot, listed: tuple[Contestant, ...], watching: bool, told: str, not_told: str
) -> None:
    panel = CompareListPanel(theme)
    qtbot.addWidget(panel)
    panel.show_checkpoints(listed, RUN, watching=watching)
    words = " ".join(label.text() for label in panel.findChildren(QLabel))
    assert told in words and not_told not in words


def test_that_a_checkpoint_from_elsewhere_is_ticked_beside_the_newest_one(theme: Theme, qtbot: QtBot) -> None:
    listed = made_contestants(9, RUN)
    panel = CompareListPanel(theme)
    qtbot.addWidget(panel)
    assert not panel.tick(listed[2].path)
    panel.show_checkpoints(listed, RUN, watching=False)
    with qtbot.waitSignal(panel.chosen):
        assert panel.tick(listed[2].path)
    assert panel.ticked == (listed[2], listed[8]) and panel.list.currentRow() == 2
    for number in (3, 4, 5, 6):
        panel.tick(listed[number].path)
    assert len(panel.ticked) == 6
    panel.tick(listed[7].path)
    assert panel.ticked == (listed[7], listed[8])  # a seventh does not fit


def test_that_the_best_checkpoint_is_named_with_a_caution_and_keeps_its_tick_when_another_takes_its_place(
    theme: Theme, qtbot: QtBot
) -> None:
    panel = CompareListPanel(theme)
    qtbot.addWidget(panel)
    one, two = made_contestants(2, RUN)
    score = TestScore(712.4, 3)
    panel.show_checkpoints((dataclasses.replace(one, best=score),), RUN, watching=False)
    panel.tick(one.path)
    assert panel.list.item(0).text() == "step 0, update 0 (best)"
    assert "mean return 712.4 over 3 episodes; the best of many noisy tests is biased" in panel.list.item(0).toolTip()
    panel.show_checkpoints((one, dataclasses.replace(two, best=score)), RUN, watching=False)
    assert [panel.list.item(row).text() for row in (0, 1)] == ["step 0, update 0", "step 1, update 1 (best)"]
    assert panel.ticked == (one,) and "best" not in panel.list.item(0).toolTip()


def test_that_a_click_anywhere_on_a_row_ticks_it_once(theme: Theme, qtbot: QtBot) -> None:
    listed = made_contestants(3, RUN)
    panel = CompareListPanel(theme)
    qtbot.addWidget(panel)
    panel.show_checkpoints(listed, RUN, watching=False)
    panel.resize(300, 400)
    panel.show()
    row = panel.list.visualItemRect(panel.list.item(1))
    for place in (row.center(), row.center(), QPoint(row.left() + 9, row.center().y())):
        before = panel.ticked
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert panel.ticked == (() if before else (listed[1],))
