"""The time left in the status bar."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from dreamer_studio.session import State, Status
from dreamer_studio.studio.shell.status_bar import StudioStatusBar
from dreamer_studio.studio.theme import Theme
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
