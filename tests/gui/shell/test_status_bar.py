"""The state of the run and the time left in the status bar."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from dreamer_studio.library.trainer import Life, OtherTrainer
from dreamer_studio.runs.counters import PartUpdates
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.session import State, Status
from dreamer_studio.studio.shell.status_bar import StudioStatusBar
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.chips import Chip
from tests.support.idle_session import CONFIG, SPEC


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1.0, "less than a minute left"),
        (61.0, "about 61 s left"),
        (3 * 3600.0, "about 3.0 h left"),
        (72 * 3600.0, "about 3 days left"),
    ],
)
def test_that_the_time_left_is_never_zero(theme: Theme, qtbot: QtBot, seconds: float, words: str) -> None:
    bar = StudioStatusBar(theme)
    qtbot.addWidget(bar)
    status = Status(State.RUNNING, "collecting", CONFIG, Path("run"), "cpu", spec=SPEC, seconds_left=seconds)
    bar.show_status(status, None, None)
    assert words in [label.text() for label in bar.findChildren(QLabel)]


def test_that_updates_of_single_parts_are_told(theme: Theme, qtbot: QtBot) -> None:
    bar = StudioStatusBar(theme)
    qtbot.addWidget(bar)
    status = Status(State.PAUSED, "collecting", CONFIG, Path("run"), "cpu", spec=SPEC, update=1200)
    told = []
    for part_updates in (PartUpdates(), PartUpdates(2, 1)):
        bar.show_status(dataclasses.replace(status, part_updates=part_updates), None, None)
        (label,) = (each for each in bar.findChildren(QLabel) if "updates" in each.text())
        told.append((label.text(), label.toolTip()))
    both = "3 extra updates trained a single part (2 only the world model, 1 only the actor)"
    assert told == [("1,200 updates", ""), ("1,200 updates, 3 of a single part", both)]


def test_that_the_mark_of_a_watched_run_says_how_its_trainer_is(theme: Theme, qtbot: QtBot) -> None:
    bar = StudioStatusBar(theme)
    qtbot.addWidget(bar)
    status = Status(State.RUNNING, "playing", CONFIG, Path("run"), "cpu", spec=SPEC, watching=True)
    told = []
    for trainer in (None, *(OtherTrainer(Owner("far", 12), life) for life in Life)):
        bar.show_status(dataclasses.replace(status, trainer=trainer), None, None)
        told.append(bar.findChildren(Chip)[0].text())
    assert told == ["Watching", "Following", "Following: still", "Following: silent", "Following: lost", "Watching"]
