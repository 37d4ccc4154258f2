"""The window as a user operates it, by real keys and clicks, on a made run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import imageio.v3 as iio
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from dreamer_studio.session.log_reader import START
from dreamer_studio.studio.film.export_dialog import ExportDialog
from dreamer_studio.studio.film.film_fields import KINDS
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.viewing.live.worker import LiveWorker
from tests.support.exporting import shorten
from tests.support.made_run import open_made_studio
from tests.support.studio import PATIENCE_MS, Studio
from tests.support.watching import (
    find,
    find_texts,
)


@pytest.fixture
def studio(request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    """Show the window on a made run that plays; indirect parameters are arguments of `made_session`."""
    made = {"paused": False, **getattr(request, "param", {})}
    studio = open_made_studio(theme, qtbot, tmp_path / "run", **made)
    yield studio
    studio.leave()


@pytest.mark.parametrize("studio", [{"prefilling": True}], indirect=True, ids=["prefilling"])
def test_that_the_window_says_that_it_is_prefilling(studio: Studio) -> None:
    studio.wait_for(lambda status: status.step > 5)
    studio.bot.waitUntil(lambda: "prefill" in find_texts(studio).lower(), timeout=PATIENCE_MS)


def test_that_the_status_bar_shows_the_viewer_overhead_until_the_run_is_paused(studio: Studio) -> None:
    told = re.compile(r"\boverhead: at most [1-9]\d*%")
    studio.bot.waitUntil(lambda: bool(told.search(find_texts(studio))), timeout=PATIENCE_MS)
    studio.press_f6_for("Pause")
    studio.bot.waitUntil(lambda: not told.search(find_texts(studio)), timeout=PATIENCE_MS)


def test_that_the_window_fits_a_small_screen_without_sideways_scrolling(studio: Studio) -> None:
    window = studio.window
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
        studio.bot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        if not find(studio, QWidget, "Recorded").isVisible():
            studio.bot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        window.resize(1000, 600)
        QApplication.processEvents()  # a layout that needs more room takes it now
        studio.bot.waitUntil(lambda: (window.width(), window.height()) == (1000, 600), timeout=PATIENCE_MS)
        sideways = [area for area in window.findChildren(QScrollArea) if area.horizontalScrollBar().maximum() > 0]
        assert [area.accessibleName() for area in sideways if area.isVisible()] == []


def test_that_the_viewing_horizon_changes_dreams_and_not_training(studio: Studio) -> None:
    studio.bot.waitUntil(lambda: studio.channels.dream.result is not None, timeout=PATIENCE_MS)
    before = studio.window.controls.viewing_horizon
    studio.bot.keyClick(studio.window, Qt.Key.Key_BracketRight)
    longer = studio.window.controls.viewing_horizon
    assert longer > before
    studio.bot.waitUntil(lambda: studio.channels.dream.result.length == longer, timeout=PATIENCE_MS)  # type: ignore[union-attr]
    assert studio.status.config.horizon == 5
    assert [row for row in studio.session.rows_since(START)[0] if row["kind"] == "change"] == []


@pytest.mark.parametrize("choice", [0, 1, 2], ids=["imagined", "open-loop", "reconstruction"])
def test_that_an_export_from_the_window_is_a_moving_gif(studio: Studio, choice: int) -> None:
    studio.bot.waitUntil(lambda: studio.channels.dream.result is not None, timeout=PATIENCE_MS)
    studio.bot.keyClick(studio.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = studio.window.findChildren(ExportDialog)[-1]
    dialog.findChildren(QComboBox)[0].setCurrentText(list(KINDS)[choice])
    shorten(dialog, frames=16)
    path = studio.status.folder / "dreams" / "test.gif"
    field = next(field for field in dialog.findChildren(QLineEdit) if field.accessibleName() == "File")
    field.setText(str(path))
    dialog.export()
    with studio.bot.waitSignal(dialog.finishedExport, timeout=PATIENCE_MS):
        pass
    assert len({frame.tobytes() for frame in iio.imiter(path, plugin="pillow", mode="RGB")}) >= 15


def test_that_a_failing_viewer_is_a_banner_and_training_goes_on(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: LiveWorker) -> bool:
        raise RuntimeError("the viewer is broken")

    monkeypatch.setattr(LiveWorker, "turn", fail)
    stack = studio.window.findChildren(BannerStack)[0]
    studio.bot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    assert "training continues" in stack.banners[0].text
    reached = studio.status.step
    studio.wait_for(lambda status: status.step > reached)
