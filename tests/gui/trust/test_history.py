"""The judgments over the training, on made values."""

from __future__ import annotations

import json
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.history import EMPTY, HistoryCards
from dreamer_studio.studio.trust.history_plot import HistoryPlot
from dreamer_studio.viewing.trust.kl import MOST_POINTS, NO_KL, kl_over_training
from tests.support.judgments import kept

KEPT = (kept(100, horizon=5, gap=2.0), kept(200, horizon=12, gap=1.4), kept(300, horizon=30, gap=1.1))
ROWS = [{"kind": "update", "step": 2 * update, "update": update, "kl": 3.0 + update / 100} for update in range(1, 301)]


@pytest.fixture
def cards(theme: Theme, qtbot: QtBot) -> HistoryCards:
    made = HistoryCards(theme)
    for card in made.cards:
        qtbot.addWidget(card)
        card.resize(420, 260)
        card.show()
    return made


def line(plot: HistoryPlot, name: str) -> tuple[list[float], list[float]]:
    found = next(one for one in plot.lines if one.name == name)
    return list(found.x), list(found.y)


def test_that_both_horizons_stand_beside_the_training_horizon(cards: HistoryCards) -> None:
    assert cards.horizons.spoken() == EMPTY
    cards.show_history(KEPT, NO_KL)
    assert line(cards.horizons, "image horizon") == ([100, 200, 300], [5, 12, 30])
    assert line(cards.horizons, "reward horizon") == ([100, 200, 300], [2.5, 6, 15])
    assert line(cards.horizons, "training horizon") == ([100, 200, 300], [15, 15, 15])
    (image, *_) = cards.horizons.lines
    assert list(image.high) == [10, 17, 35]
    assert cards.cards[0].caption == "3 judgments of this run, with 95% intervals."


def test_that_the_gap_stands_beside_the_kl_of_the_log(cards: HistoryCards) -> None:
    kl = kl_over_training([*ROWS, {"kind": "test", "step": 1, "update": 1, "return": 5.0}])
    cards.show_history(KEPT, kl)
    assert line(cards.gap, "imagined / real return") == ([100, 200, 300], [2.0, 1.4, 1.1])
    shown = next(one for one in cards.gap.lines if one.right)
    assert len(shown.x) == MOST_POINTS and shown.y[0] == pytest.approx(3.015) and shown.x[-1] == 299.5
    cards.axis.setCurrentIndex(1)
    assert line(cards.gap, "imagined / real return")[0] == [200, 400, 600]
    assert next(one for one in cards.gap.lines if one.right).x[-1] == 599


def test_that_the_arrows_read_one_judgment_after_the_other(cards: HistoryCards, qtbot: QtBot) -> None:
    cards.show_history(KEPT, NO_KL)
    assert cards.horizons.spoken().startswith("update 300\nimage horizon 30 (30 to 35)")
    qtbot.keyClick(cards.horizons, Qt.Key.Key_Left)
    assert cards.horizons.readout.startswith("update 300")
    qtbot.keyClick(cards.horizons, Qt.Key.Key_Left)
    assert "image horizon 12 (12 to 17)" in cards.horizons.readout
    assert "training horizon 15" in cards.horizons.accessibleDescription()


def test_that_an_unknown_number_leaves_a_gap(cards: HistoryCards, qtbot: QtBot) -> None:
    unknown = kept(250)
    unknown.gauges.pop("gap")
    unknown.horizons.clear()
    cards.show_history((*KEPT[:2], unknown, KEPT[2]), NO_KL)
    assert np.isnan(line(cards.gap, "imagined / real return")[1][2])
    for card in cards.cards:
        card.grab()


def test_that_figures_and_judgments_are_written(cards: HistoryCards, tmp_path: Path) -> None:
    cards.write(tmp_path)
    assert list(tmp_path.iterdir()) == []
    cards.show_history(KEPT, kl_over_training(ROWS))
    cards.write(tmp_path)
    figures = {f"{name}-over-training.{kind}" for name in ("horizons", "dream-gap") for kind in ("png", "svg")}
    assert {path.name for path in tmp_path.iterdir()} == {"history.json", *figures}
    assert [one["update"] for one in json.loads((tmp_path / "history.json").read_text())] == [100, 200, 300]
    svg = (tmp_path / "horizons-over-training.svg").read_text()
    assert "image horizon" in svg and "<image" not in svg  # drawn as lines and text
    assert iio.imread(tmp_path / "dream-gap-over-training.png").std() > 0


def test_that_an_empty_log_and_a_short_one_have_their_kl() -> None:
    assert len(kl_over_training([]).kl) == 0
    assert list(kl_over_training(ROWS[:2]).update) == [1, 2]
