"""Faults in a training, as its window tells them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QPushButton,
)
from pytestqt.qtbot import QtBot

from dreamer_studio.session import State
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.studio.widgets.plots.curve import CurvePlot
from dreamer_studio.training.faults import environment
from dreamer_studio.viewing.role import Role
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, Studio, open_studio
from tests.support.watching import (
    find,
)


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    studio = open_studio(theme, qtbot, small_config(steps=100_000), tmp_path / "run")
    yield studio
    studio.leave()


def test_that_a_killed_environment_is_a_banner_and_training_continues(studio: Studio) -> None:
    studio.wait_for(lambda status: status.update > 1)
    assert studio.status.spec is not None
    psutil.Process(studio.status.spec.pid).kill()
    stack = studio.window.findChildren(BannerStack)[0]
    studio.bot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    assert "was killed by SIGKILL" in stack.banners[0].text and stack.banners[0].role is Role.WARN
    failed_at = studio.status.update
    studio.wait_for(lambda status: status.update > failed_at)


def test_that_giving_up_the_environment_pauses_training_with_the_reason_and_f6_tries_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "MOST_RESTARTS", 0)
    studio.wait_for(lambda status: status.update > 1 and 0 < status.episode_step < 40)  # between two it is replaced
    assert studio.status.spec is not None
    psutil.Process(studio.status.spec.pid).kill()
    studio.wait_for_state(State.PAUSED)
    stack = studio.window.findChildren(BannerStack)[0]
    studio.bot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    assert stack.banners[0].text.startswith("Training is paused. The environment failed")
    assert "was killed by SIGKILL" in stack.banners[0].text
    failed_at = studio.status.update
    studio.press_f6_for("Resume")
    studio.wait_for(lambda status: status.update > failed_at)


def test_that_repeated_updates_that_are_not_finite_offer_to_go_back_to_the_last_checkpoint(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.wait_for(lambda status: status.update > 1)
    studio.bot.keyClick(studio.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    studio.wait_for(lambda status: status.saved is not None)
    saved = studio.status.saved
    assert saved is not None
    studio.wait_for(lambda status: status.update > saved[0])
    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.dreamer.learner._not_finite", lambda *_: ("actor_loss",))
        studio.wait_for_state(State.PAUSED)
    stack = studio.window.findChildren(BannerStack)[0]
    studio.bot.waitUntil(lambda: len(stack.banners) == 2, timeout=PATIENCE_MS)
    skipped, paused = stack.banners
    assert skipped.text.startswith("An update was skipped: actor_loss")
    assert paused.text.startswith("Training is paused. 5 updates in a row")
    kl = find(studio, CurvePlot, "KL")
    assert isinstance(kl, CurvePlot)
    studio.bot.waitUntil(lambda: len(kl.history("KL")) > saved[0], timeout=PATIENCE_MS)
    back = next(button for button in paused.findChildren(QPushButton) if button.text().startswith("Go back"))
    studio.bot.mouseClick(back, Qt.MouseButton.LeftButton)
    studio.wait_for(lambda status: status.update == saved[0])
    studio.bot.waitUntil(lambda: stack.banners == (skipped,), timeout=PATIENCE_MS)
    studio.bot.waitUntil(lambda: len(kl.history("KL")) == saved[0], timeout=PATIENCE_MS)  # and no undone one
    studio.press_f6_for("Resume")
    studio.wait_for(lambda status: status.update > saved[0] + 1)
