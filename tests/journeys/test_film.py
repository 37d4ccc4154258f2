"""Films that are being written while a training ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.export.compose import Composer
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.studio.film.exporter import Exporter
from dreamer_studio.studio.film.last_seconds import LastSeconds
from dreamer_studio.studio.theme import Theme
from tests.support.exporting import frames_in
from tests.support.slow_save import SlowSave
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, Studio, open_studio

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    opened = open_studio(theme, qtbot, small_config(steps=100_000), tmp_path / "run")
    yield opened
    opened.leave()


def test_that_a_film_finished_before_the_last_checkpoint_is_whole_after_closing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    last_seconds, slow = studio.window.findChildren(LastSeconds)[0], SlowSave(monkeypatch)
    studio.bot.waitUntil(lambda: len(last_seconds.history.moments) > 20, timeout=PATIENCE_MS)
    with studio.bot.waitSignal(last_seconds.kept, timeout=PATIENCE_MS) as kept:
        studio.bot.keyClick(studio.window, Qt.Key.Key_E, CONTROL | SHIFT)
        shown = len(last_seconds.history.moments)
        studio.window.leave()
    slow.may_end.set()
    studio.bot.waitUntil(lambda: not studio.window.isVisible(), timeout=PATIENCE_MS)
    assert frames_in(Path(kept.args[0])) == shown


def test_that_closing_cancels_unfinished_films_and_leaves_nothing_of_them(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    last_seconds, begun, canceled = studio.window.findChildren(LastSeconds)[0], threading.Event(), threading.Event()
    compose, stop, dreams = Composer.compose, Exporter.stop, studio.status.folder / "dreams"

    def compose_half(composer: Composer, time: int) -> NDArray[np.uint8]:
        if any(dreams.iterdir()):  # half a file, under another name
            begun.set()
            assert canceled.wait(PATIENCE_MS / 1000)
        return compose(composer, time)

    def cancel_for_all_to_see(exporter: Exporter) -> None:
        stop(exporter)
        canceled.set()

    monkeypatch.setattr(Composer, "compose", compose_half)
    monkeypatch.setattr(Exporter, "stop", cancel_for_all_to_see)
    studio.bot.waitUntil(lambda: len(last_seconds.history.moments) > 40, timeout=PATIENCE_MS)
    kept: list[str] = []
    last_seconds.kept.connect(kept.append)
    for _ in range(2):  # the second waits for the first
        studio.bot.keyClick(studio.window, Qt.Key.Key_E, CONTROL | SHIFT)
    studio.bot.waitUntil(begun.is_set, timeout=PATIENCE_MS)
    studio.window.leave()
    studio.bot.waitUntil(lambda: not studio.window.isVisible(), timeout=PATIENCE_MS)
    assert canceled.is_set() and kept == [] and list(dreams.iterdir()) == []
    assert list_checkpoints(studio.status.folder / "checkpoints")
