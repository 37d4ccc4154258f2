"""The curves: what they draw of a log, and when they read it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.curve_cards.deck import CurveDeck
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.plots.training.published import PublishedSwitch
from tests.support.curve_logs import MadeLog, config_of, drawn, make_source, plot_of, refresh_all
from tests.support.plots import hover


@pytest.fixture
def log() -> MadeLog:
    return MadeLog()


@pytest.fixture
def panel(theme: Theme, log: MadeLog, qtbot: QtBot) -> CurveDeck:
    panel = CurveDeck(theme, make_source(log), in_a_row=True)
    qtbot.addWidget(panel)
    panel.resize(1400, 300)
    panel.show()
    return panel


def choose(panel: CurveDeck, title: str) -> None:
    """Choose a curve on the first card."""
    button = next(button for button in panel.cards[0].findChildren(QToolButton) if button.menu() is not None)
    button.menu().aboutToShow.emit()
    next(action for action in button.menu().actions() if action.text() == title).trigger()


def test_that_each_row_is_drawn_once_however_often_the_panel_refreshes(panel: CurveDeck, log: MadeLog) -> None:
    for step in range(1, 6):
        log.add("update", step, kl=float(step), image_loss=float("nan"))
        log.add("train", step, **{"return": 10.0 * step})
        refresh_all(panel)
        refresh_all(panel)
    assert drawn(panel, "KL", "KL") == [(step, step) for step in range(1, 6)]
    assert drawn(panel, "Return", "training") == [(step, 10 * step) for step in range(1, 6)]
    assert drawn(panel, "Image loss", "image") == []
    assert log.handed == 10 * 4  # each of four curves


def test_that_the_readout_of_a_return_says_how_its_episode_ended_if_the_log_does(
    panel: CurveDeck, log: MadeLog
) -> None:
    log.add("train", 1000, **{"return": 7.0, "end": "terminated"})
    log.add("train", 2000, **{"return": 8.0, "end": "cut"})
    log.add("train", 3000, **{"return": 9.0})  # of an earlier version
    log.add("train", 4000, **{"return": 5.0, "end": "by a stranger"})
    refresh_all(panel)
    said = [hover(plot_of(panel, "Return"), step).splitlines()[1] for step in (1000, 2000, 3000, 4000)]
    assert said[0] == "training 7, terminated, average 7"
    assert said[1].startswith("training 8, cut, average")
    assert said[2].startswith("training 9, average") and said[3].startswith("training 5, average")


def test_that_a_curve_chosen_later_shows_the_whole_log_and_a_hidden_one_catches_up(
    panel: CurveDeck, log: MadeLog
) -> None:
    log.add("update", 1, value_loss=1.0)
    log.add("change", 1, name="horizon", before=10, after=15)
    refresh_all(panel)
    choose(panel, "Actor and value loss")
    refresh_all(panel)
    assert drawn(panel, "Actor and value loss", "value") == [(1, 1.0)]
    assert plot_of(panel, "Actor and value loss").flags == [(1, "horizon 10 \N{RIGHTWARDS ARROW} 15")]
    log.add("update", 2, value_loss=2.0)
    log.add("train", 2, **{"return": 7.0})
    refresh_all(panel)
    assert "Return" not in [card.curve.title for card in panel.cards]
    choose(panel, "Return")
    refresh_all(panel)
    assert drawn(panel, "Return", "training") == [(2, 7.0)]


def test_that_rows_undone_by_going_back_disappear_from_the_curves(panel: CurveDeck, log: MadeLog) -> None:
    for step in range(1, 6):
        log.add("update", step, kl=float(step))
    log.add("change", 5, name="horizon", before=10, after=15)
    refresh_all(panel)
    log.reopen()
    log.add("update", 1, kl=1.0)
    log.add("update", 2, kl=8.0)
    refresh_all(panel)
    assert drawn(panel, "KL", "KL") == [(1, 1.0), (2, 8.0)]
    assert plot_of(panel, "KL").history("KL").smoothed[0] == 1.0
    assert plot_of(panel, "KL").flags == []
    log.reopen()
    refresh_all(panel)
    assert drawn(panel, "KL", "KL") == []


def test_that_the_free_nats_are_named_in_the_kl_curve_once_it_has_values(panel: CurveDeck, log: MadeLog) -> None:
    log.config = config_of(free_nats=2.5)
    refresh_all(panel)
    assert plot_of(panel, "KL").legend.accessibleName() == ""
    log.add("update", 1, kl=4.0)
    refresh_all(panel)
    assert "free nats: 2.5" in plot_of(panel, "KL").legend.accessibleName()


def test_that_a_run_of_half_a_million_updates_is_drawn_from_a_few_thousand_rows(panel: CurveDeck, log: MadeLog) -> None:
    for step in range(500_000):
        log.history.append("update", {"kind": "update", "step": step, "update": step, "kl": 1.0})
    refresh_all(panel)
    x = np.array([step for step, _ in drawn(panel, "KL", "KL")])
    assert 4000 <= len(x) <= 6000
    assert (x[0], x[-1]) == (0, 499_999)


def test_that_published_scores_are_drawn_behind_the_returns_until_switched_off(
    panel: CurveDeck, log: MadeLog, theme: Theme
) -> None:
    log.add("train", 50_000, **{"return": 200.0})
    log.add("train", 105_000, **{"return": 100.0})
    log.config = config_of("dmc:cartpole-balance")
    refresh_all(panel)
    plot = plot_of(panel, "Return")
    switch = panel.findChild(PublishedSwitch)
    assert switch is not None
    assert switch.isVisible()
    assert "earlier hyper-parameters" in switch.toolTip()
    assert "published" in plot.legend.accessibleName()
    assert hover(plot, 105_000).splitlines()[-1].startswith("published 472.")  # to the pixel
    *_, top = plot.visible_range()
    assert top > 472 + 38  # in full, though no return is as high
    before = plot.grab().toImage()
    switch.click()
    assert "published" not in plot.legend.accessibleName()
    *_, top = plot.visible_range()
    assert top < 300
    assert plot.grab().toImage() != before


def test_that_a_task_without_published_scores_has_no_switch_for_them(panel: CurveDeck, log: MadeLog) -> None:
    log.add("train", 1, **{"return": 2.0})
    refresh_all(panel)
    switch = panel.findChild(PublishedSwitch)
    assert switch is not None
    assert not switch.isVisible()
    assert "published" not in plot_of(panel, "Return").legend.accessibleName()
