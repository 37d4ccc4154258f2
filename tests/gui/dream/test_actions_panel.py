"""The histograms of actions, on made values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.dream.actions.panel import ActionsPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.actions.messages import BINS, ActionCounts
from dreamer_studio.viewing.channel import Answer
from tests.support.idle_session import SPEC
from tests.support.pixels import pixels
from tests.support.reading import card

CONTINUOUS = ActionCounts(3, 8, 6, 0, 40, False, np.full((2, BINS), 2), low=np.array([10, 0]), high=np.array([20, 4]))
CHOICES = ActionCounts(
    3, 3, 1, 0, 40, True, np.array([[10], [30]]), low=np.zeros(2, np.int64), high=np.zeros(2, np.int64)
)


@pytest.fixture
def panel(theme: Theme, qtbot: QtBot) -> Iterator[ActionsPanel]:
    panel = ActionsPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(420, 300)
    panel.set_spec(replace(SPEC, action_size=2, action_names=("hip", "knee")))
    panel.show()
    yield panel


def show(panel: ActionsPanel, counts: ActionCounts) -> None:
    panel.show_counts(Answer(1, counts, False))


def test_that_the_share_at_the_limits_is_shown_for_each_dimension(panel: ActionsPanel) -> None:
    show(panel, CONTINUOUS)
    assert panel.histograms.words() == [("hip", "75% at its limits"), ("knee", "10% at its limits")]
    assert panel.histograms.accessibleDescription() == "hip: 75% at its limits; knee: 10% at its limits"
    assert "6 episodes, 3 to 8" in card(panel).subtitle and "40 agent steps" in card(panel).subtitle
    assert card(panel).caption.startswith("42% of all dimensions and steps")


def test_that_choices_are_shown_with_their_entropy(panel: ActionsPanel) -> None:
    show(panel, CHOICES)
    assert panel.histograms.words() == [("hip", "25% of the steps"), ("knee", "75% of the steps")]
    assert card(panel).caption == "Entropy of the choices made: 0.56 of at most 0.69 nats."


def test_that_bars_grow_with_their_counts(panel: ActionsPanel, theme: Theme) -> None:
    counts = np.zeros((2, BINS), np.int64)
    counts[0, 3], counts[1, :] = 40, 2
    show(panel, replace(CONTINUOUS, counts=counts))
    before = pixels(panel.histograms)
    counts = counts.copy()
    counts[0, 4] = 40
    show(panel, replace(CONTINUOUS, counts=counts))
    assert (pixels(panel.histograms) != before).any()


def test_that_there_is_room_for_many_dimensions(panel: ActionsPanel) -> None:
    many = np.zeros(21, np.int64)
    show(panel, replace(CONTINUOUS, counts=np.ones((21, BINS), np.int64), low=many, high=many))
    assert panel.histograms.minimumHeight() > 900
