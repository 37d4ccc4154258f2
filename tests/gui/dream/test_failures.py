"""What the Dream workspace says when a request fails, on made values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.dream.futures.panel import FuturesPanel
from dreamer_studio.studio.dream.latents.map_panel import LatentMapPanel
from dreamer_studio.studio.dream.latents.panel import LatentsPanel
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.live.dream_panel import DreamPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.channel import Answer, RequestFailure
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.replay.messages import ReplayChannels
from dreamer_studio.viewing.twin.comparison import twin
from tests.support.idle_session import SPEC
from tests.support.made_values import made_status
from tests.support.reading import card
from tests.support.scenes import made_scene

FAILURE = RequestFailure("MemoryError: full", "Traceback")
ANSWER: Answer[Any] = Answer(1, None, done=True, failure=FAILURE)


def futures(theme: Theme) -> tuple[QWidget, Callable[[], str]]:
    panel, scene = FuturesPanel(theme), made_scene()
    panel.set_spec(SPEC)
    panel.ask(scene, 4, 5)
    panel.show_futures(ANSWER, scene, 4)
    return panel, lambda: card(panel).caption


def latents(theme: Theme) -> tuple[QWidget, Callable[[], str]]:
    panel = LatentsPanel(theme)
    panel.show_frame(made_scene(), 4, ANSWER)
    return panel, lambda: card(panel).caption


def edit(theme: Theme) -> tuple[QWidget, Callable[[], str]]:
    panel = LatentsPanel(theme)
    panel.show_edited(ANSWER)
    return panel, lambda: card(panel).caption


def latent_map(theme: Theme) -> tuple[QWidget, Callable[[], str]]:
    panel = LatentMapPanel(theme)
    panel.show_scene(made_scene(), 4, ANSWER)
    return panel, panel.map.accessibleDescription


def live_dream(theme: Theme) -> tuple[QWidget, Callable[[], str]]:
    panel = DreamPanel(theme)
    panel.show_failure(FAILURE)
    return panel, lambda: card(panel).caption


@pytest.mark.parametrize("shown", [futures, latents, edit, latent_map, live_dream])
def test_that_a_panel_says_why_it_has_no_result(
    shown: Callable[[Theme], tuple[QWidget, Callable[[], str]]], theme: Theme, qtbot: QtBot
) -> None:
    panel, words = shown(theme)
    qtbot.addWidget(panel)
    assert "MemoryError: full" in words()


def test_that_the_comparison_says_why_the_twin_failed() -> None:
    assert "MemoryError: full" in twin(made_scene(), None, FAILURE).lacking


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (RequestFailure("Episode 9 is not stored."), "Episode 9 is not stored."),
        (FAILURE, "This dream failed. You can ask for another."),
    ],
)
def test_that_a_failed_dream_is_reported_once_and_the_next_one_is_shown(
    failure: RequestFailure, words: str, theme: Theme, qtbot: QtBot
) -> None:
    channels, told = Channels(), list[str]()
    workspace = DreamWorkspace(theme, channels, ReplayChannels())
    qtbot.addWidget(workspace)
    workspace.problemFound.connect(told.append)
    workspace.requests.ask()
    channels.scene.fail(channels.scene.generation, failure.reason, details=failure.details)
    for _ in range(2):
        workspace.refresh(made_status())
    assert told == [words] and not workspace.requests.awaited
    workspace.requests.ask()
    generation = channels.scene.generation
    channels.scene.answer(generation, replace(made_scene(), number=generation))
    workspace.refresh(made_status())
    assert workspace.branches.shown is not None and workspace.branches.shown.scene.number == generation
