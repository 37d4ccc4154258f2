"""Futures of a frame: samples and what-if, in a real window with a training behind it."""

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
from tests.support.dream_workspace import Desk
from tests.support.made_run import SPECS, open_made_studio
from tests.support.reading import card
from tests.support.studio import PATIENCE_MS


class Oracle:
    """The Futures tab of a window's Dream workspace."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.bot = desk, desk.studio.bot
        (self.panel,) = desk.workspace.findChildren(FuturesPanel)
        self.scene = desk.answer()

    def choose(self, name: str, text: str) -> None:
        box = self.desk.find(QComboBox, name)
        assert isinstance(box, QComboBox)
        box.setCurrentText(text)
        box.activated.emit(box.currentIndex())

    def ask_at(self, column: int) -> FuturesResult:
        self.desk.workspace.player.go_to(column)
        self.bot.keyClick(self.desk.studio.window, Qt.Key.Key_F)
        return self.answer(lambda view: view.request.column == column)

    def answer(self, which: Callable[[FuturesResult], bool] = lambda _: True) -> FuturesResult:
        """The newest request's futures, decoded and on show."""

        def answered() -> bool:
            view = self.desk.studio.channels.futures.result
            if view is None or view.request is not self.panel._request or view.decoded < view.length or not which(view):
                return False
            return self.panel._drawn is not None and self.panel._drawn.request is view.request

        self.bot.waitUntil(answered, timeout=PATIENCE_MS)
        view = self.desk.studio.channels.futures.result
        assert view is not None
        return view

    def take(self, name: str) -> None:
        place = self.names().index(name)
        self.bot.mouseClick(self.panel.grid, Qt.MouseButton.LeftButton, pos=self.panel.grid.box(place).center())
        shown = self.desk.workspace.branches.shown
        assert shown is not None and shown.name == name

    def wait_for_words(self, words: str) -> None:
        """Under the strip."""
        strip = card(self.desk.panel)
        self.bot.waitUntil(lambda: words in strip.caption, timeout=PATIENCE_MS)

    def names(self) -> list[str]:
        return [cell.name for cell in self.panel.grid.cells]


@pytest.fixture(params=["gym:Pendulum-v1"])
def oracle(request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Oracle]:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", spec=SPECS[request.param])
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    yield Oracle(Desk(studio))
    studio.leave()


def test_that_samples_of_a_frame_differ_as_much_as_is_left_to_chance(oracle: Oracle) -> None:
    column = oracle.scene.context + 1
    view = oracle.ask_at(column)
    assert view.reward.shape == (oracle.scene.request.length, FIRST_SAMPLES)
    assert len(set(view.returns)) == FIRST_SAMPLES
    oracle.desk.workspace.player.go_to(column + 3)
    oracle.bot.waitUntil(lambda: oracle.panel._shown is not None and oracle.panel._shown[1] == 2, timeout=PATIENCE_MS)
    assert oracle.names()[-2:] == ["mean", "spread"]
    np.testing.assert_equal(oracle.panel.grid.cells[0].image, view.model[2, 0])
    oracle.choose("Policy", "mode")
    view = oracle.answer(lambda view: view.request.chance.policy is None)
    assert len(set(view.returns)) == FIRST_SAMPLES  # the state's samples differ still
    oracle.choose("State", "mean")
    oracle.choose("Policy", "temperature")
    temperature = oracle.desk.find(QDoubleSpinBox, "Policy: temperature")
    assert isinstance(temperature, QDoubleSpinBox) and temperature.isVisible()
    spreads = []
    for degrees in (0.1, 3.0):
        temperature.setValue(degrees)
        view = oracle.answer(lambda view, degrees=degrees: view.request.chance.policy == degrees)  # type: ignore[misc]
        spreads.append(view.action.std(1).mean())
    assert spreads[0] < spreads[1]


def test_that_what_if_is_sorted_by_imagined_return_and_a_click_takes_a_future_as_a_branch(oracle: Oracle) -> None:
    desk, bot = oracle.desk, oracle.bot
    episode = desk.studio.status.replay_episodes - 1
    desk.pick_stored(episode, 10)
    scene = desk.answer()
    oracle.ask_at(scene.context - 1)
    oracle.choose("Futures of", WHAT_IF)
    view = oracle.answer(lambda view: view.request.chance.alike)
    assert sorted(oracle.names()) == ["as taken", "no action", "policy", "torque +1", "torque -1"]
    numbers = [float(cell.number) for cell in oracle.panel.grid.cells]
    assert numbers == sorted(numbers, reverse=True)
    oracle.take("torque +1")
    branch = desk.workspace.branches.shown
    assert branch is not None
    held = branch.scene.columns.action[scene.context :, 0]
    assert (held[:15] == 1.0).all() and branch.scene.columns.driven[scene.context : scene.context + 15].all()
    np.testing.assert_equal(branch.scene.columns.reward[scene.context :], view.reward[:, _row(view, 1.0)])
    bot.keyClick(desk.studio.window, Qt.Key.Key_C)  # and it is driven on from there
    desk.workspace.player.go_to(len(branch.scene.columns) - 1)
    desk.workspace.player.toggle()

    def longer() -> bool:
        return desk.scene is not None and len(desk.scene.columns) > len(branch.scene.columns)

    bot.waitUntil(longer, timeout=PATIENCE_MS)


def test_that_a_future_of_the_actions_that_were_taken_is_told_as_theirs_and_a_warm_policy_as_such(
    oracle: Oracle,
) -> None:
    desk = oracle.desk
    desk.pick_stored(desk.studio.status.replay_episodes - 1, 10)
    scene = desk.answer()
    oracle.ask_at(scene.context - 1)
    oracle.choose("Futures of", WHAT_IF)
    oracle.answer(lambda view: view.request.chance.alike)
    oracle.take("as taken")
    taken = desk.scene
    known = len(scene.real) - scene.context
    assert taken is not None and not taken.columns.driven.any()
    assert (taken.recorded, len(taken.columns)) == (scene.context + known, len(scene.columns))
    then = "" if known == scene.request.length else ", then the policy acts (sample)"
    oracle.wait_for_words(f"After the line: the episode's actions{then}.")
    desk.pick_stored(desk.studio.status.replay_episodes - 1, 11)
    scene = desk.answer()
    oracle.ask_at(scene.context + 1)  # after two steps of the policy's
    oracle.answer(lambda view: view.request.scene.request is scene.request and view.request.chance.alike)
    oracle.take("as taken")
    oracle.wait_for_words("After the line: the policy acts (sample), then the episode's actions")
    assert desk.scene is not None and not desk.scene.columns.driven.any()
    oracle.choose("Futures of", SAMPLES)
    oracle.choose("Policy", "temperature")
    oracle.answer(lambda view: not view.request.chance.alike and view.request.chance.policy == 1.5)
    oracle.take("sample 1")
    assert desk.scene is not None
    assert desk.scene.acts_at(scene.context + 2) == "the policy acts (sample, temperature 1.5)"
    oracle.wait_for_words("After the line: the policy acts (sample), then the policy acts (sample, temperature 1.5).")


def test_that_futures_of_another_dream_are_not_shown_and_a_setting_asks_for_those_of_this_one(oracle: Oracle) -> None:
    desk = oracle.desk
    oracle.ask_at(oracle.scene.context)
    desk.pick_stored(desk.studio.status.replay_episodes - 1, 10)
    scene = desk.answer()
    oracle.bot.waitUntil(lambda: oracle.names() == [], timeout=PATIENCE_MS)
    oracle.choose("State", "mean")
    view = oracle.answer(lambda view: view.request.scene.request is scene.request)
    assert view.request.chance.state == 0.0
    oracle.bot.waitUntil(lambda: len(oracle.names()) == FIRST_SAMPLES + 2, timeout=PATIENCE_MS)


def test_that_a_later_request_replaces_an_earlier_one_and_other_noise_gives_other_samples(oracle: Oracle) -> None:
    first = oracle.ask_at(oracle.scene.context)
    (again,) = (button for button in oracle.panel.findChildren(QPushButton) if button.text() == "Again")
    channel = oracle.desk.studio.channels.futures
    before = channel.generation
    for _ in range(3):
        oracle.bot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert channel.generation == before + 3
    view = oracle.answer()
    assert not np.array_equal(view.returns, first.returns)


@pytest.mark.parametrize("oracle", ["gym:CartPole-v1"], indirect=True)
def test_that_each_choice_is_a_row_of_what_if(oracle: Oracle) -> None:
    oracle.ask_at(oracle.scene.context - 1)
    oracle.choose("Futures of", WHAT_IF)
    oracle.answer(lambda view: view.request.chance.alike)
    spec = oracle.desk.studio.status.spec
    assert spec is not None
    assert set(spec.action_names) <= set(oracle.names())
    assert "no action" not in oracle.names()


def _row(view: FuturesResult, value: float) -> int:
    (row,) = (row for row, actions in enumerate(view.request.actions) if (actions[:15, 0] == value).all())
    return row
