"""Practice dreams in a window on a real training: what the actor just learned from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.dreamer.fast import agent_of_weights
from dreamer_studio.dreams.dream import decode
from dreamer_studio.session import State
from dreamer_studio.studio.dream.practice_panel import PracticePanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.practice.messages import PracticeResult
from tests.support.reading import card, open_tab
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, Studio, open_studio


class PracticeTab:
    """Uses the tab Practice of a window's Dream workspace."""

    def __init__(self, studio: Studio) -> None:
        self.studio, self.bot = studio, studio.bot
        (self.panel,) = studio.window.findChildren(PracticePanel)
        self.bot.keyClick(studio.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        open_tab(self.bot, studio.window, "Practice")

    def newer_than(self, update: int) -> PracticeResult:
        def there() -> bool:
            view = self.panel.shown
            return view is not None and view.update > update

        self.bot.waitUntil(there, timeout=PATIENCE_MS)
        assert self.panel.shown is not None
        return self.panel.shown

    @property
    def caption(self) -> str:
        return card(self.panel).caption

    def one_update(self) -> None:
        update = self.studio.status.update
        self.bot.keyClick(self.studio.window, Qt.Key.Key_F7)
        self.studio.wait_for(lambda status: status.update == update + 1 and status.state is State.PAUSED)


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    studio = open_studio(theme, qtbot, small_config(steps=100_000, precision="float32"), tmp_path / "run")
    studio.wait_for(lambda status: status.update > 2)
    yield studio
    studio.leave()


def test_that_training_shows_newer_practice_dreams_made_with_the_weights_before_the_update(studio: Studio) -> None:
    tab = PracticeTab(studio)
    first = tab.newer_than(0)
    view = tab.newer_than(first.update)
    assert view.frames.shape == (3, view.horizon + 1, 64, 64, 3)
    assert (view.horizon, view.returns.shape) == (5, (3, 4))
    assert (view.weights[:, 0] == 1).all() and (np.diff(view.weights) <= 0).all()
    check_that_hidden_practice_asks_for_nothing(studio)
    studio.press_f6_for("Pause")
    studio.wait_for_state(State.PAUSED)
    tab = PracticeTab(studio)
    studio.bot.waitUntil(lambda: studio.session.practice.wanted, timeout=PATIENCE_MS)
    before = studio.status.update
    tab.one_update()
    view = tab.newer_than(before)
    assert view.update == studio.status.update
    dreams = studio.session.practice.latest
    assert dreams is not None and dreams.snapshot.update == view.update - 1
    shown = agent_of_weights(dreams.snapshot.config, 1, "continuous", dreams.snapshot.weights)  # not those after it
    torch.testing.assert_close(shown.heads(dreams.feat).reward, dreams.reward)
    torch.testing.assert_close(shown.value(dreams.feat), dreams.value)
    np.testing.assert_array_equal(view.frames[:, 1:], decode(shown, dreams.feat.transpose(0, 1)))


def check_that_hidden_practice_asks_for_nothing(studio: Studio) -> None:
    studio.bot.keyClick(studio.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert not studio.channels.practice.visible
    update = studio.status.update
    studio.wait_for(lambda status: status.update > update + 1)  # what had been asked for before has been given
    assert not studio.session.practice.wanted
    latest = studio.session.practice.latest
    studio.wait_for(lambda status: status.update > update + 6)
    assert studio.session.practice.latest is latest
