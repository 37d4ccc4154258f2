"""Faults of a training, as its window reports them."""

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
from dreamer_studio.studio.widgets.banner import Banner, BannerStack
from dreamer_studio.studio.widgets.plots.training.curve import CurvePlot
from dreamer_studio.training.faults import environment
from dreamer_studio.viewing.role import Role
from tests.support.environment_processes import environment_processes
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


def test_that_a_training_goes_on_after_faults_and_its_window_says_what_happened(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_that_a_killed_environment_is_a_banner_and_training_continues(studio)
    with monkeypatch.context() as patch:
        check_that_giving_up_the_environment_pauses_training_with_the_reason_and_f6_tries_again(studio, patch)
    with monkeypatch.context() as patch:
        check_that_repeated_updates_that_are_not_finite_offer_to_go_back_to_the_last_checkpoint(studio, patch)


def check_that_a_killed_environment_is_a_banner_and_training_continues(studio: Studio) -> None:
    kill_the_environment(studio)
    killed = banner(studio, "was killed by SIGKILL")
    assert killed.role is Role.WARN
    failed_at = studio.status.update
    studio.wait_for(lambda status: status.update > failed_at)
    dismiss(studio, killed)


def check_that_giving_up_the_environment_pauses_training_with_the_reason_and_f6_tries_again(
    studio: Studio, patch: pytest.MonkeyPatch
) -> None:
    patch.setattr(environment, "MOST_RESTARTS", 0)
    kill_the_environment(studio)
    studio.wait_for_state(State.PAUSED)
    paused = banner(studio, "Training is paused. The environment failed")
    assert "was killed by SIGKILL" in paused.text
    failed_at = studio.status.update
    studio.press_f6_for("Resume")
    studio.wait_for(lambda status: status.update > failed_at)
    for shown in stack_of(studio).banners:
        dismiss(studio, shown)


def check_that_repeated_updates_that_are_not_finite_offer_to_go_back_to_the_last_checkpoint(
    studio: Studio, patch: pytest.MonkeyPatch
) -> None:
    studio.bot.keyClick(studio.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    studio.wait_for(lambda status: status.saved is not None)
    saved = studio.status.saved
    assert saved is not None
    studio.wait_for(lambda status: status.update > saved[0])
    patch.setattr("dreamer_studio.dreamer.learner._not_finite", lambda *_: ("actor_loss",))
    studio.wait_for_state(State.PAUSED)
    patch.undo()
    skipped = banner(studio, "An update was skipped: actor_loss")
    paused = banner(studio, "Training is paused. 5 updates in a row")
    kl = find(studio, CurvePlot, "KL")
    assert isinstance(kl, CurvePlot)
    studio.bot.waitUntil(lambda: len(kl.history("KL")) > saved[0], timeout=PATIENCE_MS)
    press(studio, paused, "Go back")
    studio.wait_for(lambda status: status.update == saved[0])
    studio.bot.waitUntil(lambda: stack_of(studio).banners == (skipped,), timeout=PATIENCE_MS)
    studio.bot.waitUntil(lambda: len(kl.history("KL")) == saved[0], timeout=PATIENCE_MS)  # the undone ones are gone
    studio.press_f6_for("Resume")
    studio.wait_for(lambda status: status.update > saved[0] + 1)


def kill_the_environment(studio: Studio) -> None:
    """Kill the process in the middle of an episode; between two it would be replaced."""
    updates = studio.status.update
    studio.wait_for(lambda status: status.update > updates + 1 and 0 < status.episode_step < 40)
    below = environment_processes()
    (running,) = (pid for pid in below if psutil.Process(pid).ppid() in below)  # the other is its guard
    psutil.Process(running).kill()


def stack_of(studio: Studio) -> BannerStack:
    (stack,) = studio.window.findChildren(BannerStack)
    return stack


def banner(studio: Studio, words: str) -> Banner:
    """Wait for the banner with these words."""

    def found() -> list[Banner]:
        return [banner for banner in stack_of(studio).banners if words in banner.text]

    studio.bot.waitUntil(lambda: len(found()) == 1, timeout=PATIENCE_MS)
    return found()[0]


def press(studio: Studio, banner: Banner, text: str) -> None:
    """Click the button whose text begins with these words."""
    button = next(button for button in banner.findChildren(QPushButton) if button.text().startswith(text))
    studio.bot.mouseClick(button, Qt.MouseButton.LeftButton)


def dismiss(studio: Studio, banner: Banner) -> None:
    press(studio, banner, "Dismiss")
    studio.bot.waitUntil(lambda: banner not in stack_of(studio).banners, timeout=PATIENCE_MS)
