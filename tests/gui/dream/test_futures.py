"""Futures of a frame: samples and what-if, in a real window on a made run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QPushButton
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.dream.futures.panel import FIRST_SAMPLES, SAMPLES, WHAT_IF, FuturesPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.futures.messages import FuturesResult
from tests.support.dream_workspace import DreamDriver
from tests.support.made_run import SPECS, open_made_studio
from tests.support.reading import card
from tests.support.studio import PATIENCE_MS


class FuturesTab:
    """Uses the tab Futures of a window's Dream workspace."""

    def __init__(self, dreams: DreamDriver) -> None:
        self.dreams, self.bot = dreams, dreams.studio.bot
        (self.panel,) = dreams.workspace.findChildren(FuturesPanel)
        self.scene = dreams.answer()

    def choose(self, name: str, text: str) -> None:
        box = self.dreams.find(QComboBox, name)
        assert isinstance(box, QComboBox)
        box.setCurrentText(text)
        box.activated.emit(box.currentIndex())

    def ask_at(self, column: int) -> FuturesResult:
        self.dreams.workspace.player.go_to(column)
        self.bot.keyClick(self.dreams.studio.window, Qt.Key.Key_F)
        return self.answer(lambda view: view.request.column == column)

    def answer(self, which: Callable[[FuturesResult], bool] = lambda _: True) -> FuturesResult:
        """Wait until the futures of the newest request are decoded and on show, and return them."""

        def answered() -> bool:
            view = self.dreams.studio.channels.futures.result
            if view is None or view.request is not self.panel._request or view.decoded < view.length or not which(view):
                return False
            return self.panel._drawn is not None and self.panel._drawn.request is view.request

        self.bot.waitUntil(answered, timeout=PATIENCE_MS)
        view = self.dreams.studio.channels.futures.result
        assert view is not None
        return view

    def take(self, name: str) -> None:
        place = self.names().index(name)
        self.bot.mouseClick(self.panel.grid, Qt.MouseButton.LeftButton, pos=self.panel.grid.box(place).center())
        shown = self.dreams.workspace.branches.shown
        assert shown is not None and shown.name == name

    def wait_for_words(self, words: str) -> None:
        """Wait for words under the strip."""
        strip = card(self.dreams.panel)
        self.bot.waitUntil(lambda: words in strip.caption, timeout=PATIENCE_MS)

    def names(self) -> list[str]:
        return [cell.name for cell in self.panel.grid.cells]


@pytest.fixture(params=["gym:Pendulum-v1"])
def tab(request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[FuturesTab]:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", spec=SPECS[request.param])
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    yield FuturesTab(DreamDriver(studio))
    studio.leave()


def test_that_samples_of_a_frame_differ_more_at_a_higher_temperature(tab: FuturesTab) -> None:
    column = tab.scene.context + 1
    view = tab.ask_at(column)
    assert view.reward.shape == (tab.scene.request.length, FIRST_SAMPLES)
    assert len(set(view.returns)) == FIRST_SAMPLES
    tab.dreams.workspace.player.go_to(column + 3)
    tab.bot.waitUntil(lambda: tab.panel._shown is not None and tab.panel._shown[1] == 2, timeout=PATIENCE_MS)
    assert tab.names()[-2:] == ["mean", "spread"]
    assert tab.panel.spread_note == "Spread: Trust has not measured yet how far it follows the real error."
    np.testing.assert_equal(tab.panel.grid.cells[0].image, view.model[2, 0])
    tab.choose("Policy", "mode")
    view = tab.answer(lambda view: view.request.chance.policy is None)
    assert len(set(view.returns)) == FIRST_SAMPLES  # the state's samples differ still
    tab.choose("State", "mean")
    tab.choose("Policy", "temperature")
    temperature = tab.dreams.find(QDoubleSpinBox, "Policy: temperature")
    assert isinstance(temperature, QDoubleSpinBox) and temperature.isVisible()
    spreads = []
    for degrees in (0.1, 3.0):
        temperature.setValue(degrees)
        view = tab.answer(lambda view, degrees=degrees: view.request.chance.policy == degrees)  # type: ignore[misc]
        spreads.append(view.action.std(1).mean())
    assert spreads[0] < spreads[1]


def test_that_what_if_is_sorted_by_imagined_return_and_a_click_makes_a_future_a_branch(tab: FuturesTab) -> None:
    dreams, bot = tab.dreams, tab.bot
    episode = dreams.studio.status.replay_episodes - 1
    dreams.pick_stored(episode, 10)
    scene = dreams.answer()
    tab.ask_at(scene.context - 1)
    tab.choose("Futures of", WHAT_IF)
    view = tab.answer(lambda view: view.request.chance.alike)
    assert not tab.panel.spread_note  # other actions, no spread
    assert sorted(tab.names()) == ["no action", "policy", "recorded", "torque +1", "torque -1"]
    numbers = [float(cell.number) for cell in tab.panel.grid.cells]
    assert numbers == sorted(numbers, reverse=True)
    tab.take("torque +1")
    branch = dreams.workspace.branches.shown
    assert branch is not None
    held = branch.scene.columns.action[scene.context :, 0]
    assert (held[:15] == 1.0).all() and branch.scene.columns.driven[scene.context : scene.context + 15].all()
    np.testing.assert_equal(branch.scene.columns.reward[scene.context :], view.reward[:, _row(view, 1.0)])
    bot.keyClick(dreams.studio.window, Qt.Key.Key_C)  # and it is driven on from there
    dreams.workspace.player.go_to(len(branch.scene.columns) - 1)
    dreams.workspace.player.toggle()

    def longer() -> bool:
        return dreams.scene is not None and len(dreams.scene.columns) > len(branch.scene.columns)

    bot.waitUntil(longer, timeout=PATIENCE_MS)


def test_that_the_caption_of_a_future_names_recorded_actions_and_the_temperature_of_the_policy(
    tab: FuturesTab,
) -> None:
    dreams = tab.dreams
    dreams.pick_stored(dreams.studio.status.replay_episodes - 1, 10)
    scene = dreams.answer()
    tab.ask_at(scene.context - 1)
    tab.choose("Futures of", WHAT_IF)
    tab.answer(lambda view: view.request.chance.alike)
    tab.take("recorded")
    taken = dreams.scene
    known = len(scene.real) - scene.context
    assert taken is not None and not taken.columns.driven.any()
    assert (taken.recorded, len(taken.columns)) == (scene.context + known, len(scene.columns))
    then = "" if known == scene.request.length else ", then the policy acts (sample)"
    tab.wait_for_words(f"After the line: the episode's actions{then}.")
    dreams.pick_stored(dreams.studio.status.replay_episodes - 1, 11)
    scene = dreams.answer()
    tab.ask_at(scene.context + 1)  # after two steps of the policy's
    tab.answer(lambda view: view.request.scene.request is scene.request and view.request.chance.alike)
    tab.take("recorded")
    tab.wait_for_words("After the line: the policy acts (sample), then the episode's actions")
    assert dreams.scene is not None and not dreams.scene.columns.driven.any()
    tab.choose("Futures of", SAMPLES)
    tab.choose("Policy", "temperature")
    tab.answer(lambda view: not view.request.chance.alike and view.request.chance.policy == 1.5)
    tab.take("sample 1")
    assert dreams.scene is not None
    assert dreams.scene.acts_at(scene.context + 2) == "the policy acts (sample, temperature 1.5)"
    tab.wait_for_words("After the line: the policy acts (sample), then the policy acts (sample, temperature 1.5).")


def test_that_futures_of_another_dream_are_hidden_and_a_changed_setting_requests_those_of_the_shown_one(
    tab: FuturesTab,
) -> None:
    dreams = tab.dreams
    tab.ask_at(tab.scene.context)
    dreams.pick_stored(dreams.studio.status.replay_episodes - 1, 10)
    scene = dreams.answer()
    tab.bot.waitUntil(lambda: tab.names() == [], timeout=PATIENCE_MS)
    tab.choose("State", "mean")
    view = tab.answer(lambda view: view.request.scene.request is scene.request)
    assert view.request.chance.state == 0.0
    tab.bot.waitUntil(lambda: len(tab.names()) == FIRST_SAMPLES + 2, timeout=PATIENCE_MS)


def test_that_again_replaces_the_request_and_draws_other_samples(tab: FuturesTab) -> None:
    first = tab.ask_at(tab.scene.context)
    (again,) = (button for button in tab.panel.findChildren(QPushButton) if button.text() == "Again")
    channel = tab.dreams.studio.channels.futures
    before = channel.generation
    for _ in range(3):
        tab.bot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert channel.generation == before + 3
    view = tab.answer()
    assert not np.array_equal(view.returns, first.returns)


@pytest.mark.parametrize("tab", ["gym:CartPole-v1"], indirect=True)
def test_that_what_if_has_a_future_for_each_discrete_action(tab: FuturesTab) -> None:
    tab.ask_at(tab.scene.context - 1)
    tab.choose("Futures of", WHAT_IF)
    tab.answer(lambda view: view.request.chance.alike)
    spec = tab.dreams.studio.status.spec
    assert spec is not None
    assert set(spec.action_names) <= set(tab.names())
    assert "no action" not in tab.names()


def _row(view: FuturesResult, value: float) -> int:
    (row,) = (row for row, actions in enumerate(view.request.actions) if (actions[:15, 0] == value).all())
    return row
