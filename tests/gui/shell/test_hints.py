"""Hints for a new user, in a window on a made run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.shell.guidance.hint_bar import HintBar
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.guidance import hints
from tests.support.made_run import open_made_studio
from tests.support.studio import PATIENCE_MS, Studio


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(hints, "APART_SECONDS", 0.0)
    studio = open_made_studio(theme, qtbot, tmp_path / "run", paused=False)
    yield studio
    studio.leave()


def bar_with(studio: Studio, text: str) -> HintBar:
    """Close hints that have become true earlier, and return the bar once it shows the hint with this text."""
    bar = studio.window.run.header.hint_bar

    def is_there() -> bool:
        if bar.text and text not in bar.text:
            press(studio, bar, "Got it")
        return text in bar.text

    studio.bot.waitUntil(is_there, timeout=PATIENCE_MS)
    return bar


def press(studio: Studio, bar: HintBar, text: str) -> None:
    button = next(each for each in bar.findChildren(QPushButton) if each.text() == text)
    studio.bot.mouseClick(button, Qt.MouseButton.LeftButton)


def stored(studio: Studio) -> dict[str, object]:
    path = studio.status.folder.parent / "settings.json"
    settings: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return settings


def test_that_hints_come_one_after_the_other_and_are_remembered(studio: Studio) -> None:
    bar = bar_with(studio, "The model has drawn")
    assert bar.isVisible() and QApplication.activeModalWidget() is None
    focus = QApplication.focusWidget()
    press(studio, bar, "Got it")
    assert QApplication.focusWidget() is focus
    bar_with(studio, "Press D")
    press(studio, bar, "Show me")
    assert isinstance(studio.window.run.tabs.current, DreamWorkspace)
    assert {"dream", "image"} <= set(stored(studio)["hints_seen"])  # type: ignore[call-overload]


def test_that_one_click_ends_all_hints_for_good(studio: Studio) -> None:
    bar = bar_with(studio, "The model has drawn")
    press(studio, bar, "No more hints")
    assert not bar.isVisible()
    assert stored(studio)["hints"] is False
    studio.bot.wait(1200)
    assert not bar.isVisible()


def test_that_a_hint_goes_when_the_user_does_what_it_says(studio: Studio) -> None:
    bar = bar_with(studio, "The model has drawn")
    press(studio, bar, "Got it")
    bar_with(studio, "Press D")
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    studio.bot.waitUntil(lambda: "Press D" not in bar.text, timeout=PATIENCE_MS)
