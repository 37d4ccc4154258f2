"""Which curves the cards show, over which axis, with which other runs and marks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.curve_cards.choices import CurveChoices, CurveSettings, kept_choices
from dreamer_studio.studio.curve_cards.curves import CURVES, NORMS, RETURN, SHOWN_AT_FIRST, SPEED, curve_of, metrics_in
from dreamer_studio.studio.curve_cards.deck import CurveDeck
from dreamer_studio.studio.curve_cards.horizontal import Positions, Unit
from dreamer_studio.studio.curve_cards.seeds import seed_groups
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.curve_cards.window import CurveWindow
from dreamer_studio.studio.shell.settings import Settings
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.plots.run_colors import MOST_RUNS
from dreamer_studio.studio.widgets.text import ElidedLabel
from dreamer_studio.viewing.curves.messages import CurvesChannels, CurvesResult, KeptCheckpoint, LoggedRun
from dreamer_studio.viewing.role import Role
from tests.support.curve_logs import MadeLog, answer, config_of, drawn, make_source, plot_of, refresh_all
from tests.support.plots import at_pixel, canvas, hover

OTHER = Path("/runs/walker-2")


@pytest.fixture
def log() -> MadeLog:
    made = MadeLog()
    for step in range(0, 1000, 10):
        made.add("update", step, kl=float(step), image_loss=5.0, steps_per_s=40.0, updates_per_s=4.0)
    made.add("test", 500, **{"return": 7.0})
    return made


@pytest.fixture
def channels() -> CurvesChannels:
    return CurvesChannels()


@pytest.fixture
def source(log: MadeLog, channels: CurvesChannels) -> CurveSource:
    return make_source(log, channels, shown=(RETURN, "KL"))


@pytest.fixture
def deck(theme: Theme, source: CurveSource, qtbot: QtBot) -> CurveDeck:
    made = CurveDeck(theme, source)
    qtbot.addWidget(made)
    made.resize(1000, 400)
    made.show()
    return made


def titles(deck: CurveDeck) -> list[str]:
    return [card.curve.title for card in deck.cards]


def open_card_menu(deck: CurveDeck, place: int) -> QMenu:
    button = next(each for each in deck.cards[place].findChildren(QToolButton) if each.menu() is not None)
    button.menu().aboutToShow.emit()
    menu = button.menu()
    assert isinstance(menu, QMenu)
    return menu


def pick(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


def test_that_a_card_can_be_moved_replaced_and_removed_but_the_last_one_stays(deck: CurveDeck) -> None:
    pick(open_card_menu(deck, 0), "Move later")
    assert titles(deck) == ["KL", "Return"]
    pick(open_card_menu(deck, 0), "Return")  # is on show: they change places
    assert titles(deck) == ["Return", "KL"]
    pick(open_card_menu(deck, 1), "Entropy")
    assert titles(deck) == ["Return", "Entropy"]
    pick(open_card_menu(deck, 0), "Remove this curve")
    assert titles(deck) == ["Entropy"]
    menu = open_card_menu(deck, 0)
    assert not next(action for action in menu.actions() if action.text() == "Remove this curve").isEnabled()


def test_that_a_removed_curve_or_run_can_be_brought_back(deck: CurveDeck, source: CurveSource) -> None:
    offered: list[tuple[str, Callable[[], object]]] = []
    source.undoable.connect(lambda text, undo: offered.append((text, undo)))
    source.add_run(OTHER, "walker")
    source.remove_run(OTHER)
    pick(open_card_menu(deck, 0), "Remove this curve")
    source.remove_curve("KL")  # the last one stays
    assert [text for text, _ in offered] == ["Removed walker from the curves", "Removed the curve Return"]
    for _, undo in offered:
        undo()
    assert titles(deck) == ["Return", "KL"] and [other.name for other in source.others] == ["walker"]


def test_that_any_metric_of_the_log_can_be_shown(deck: CurveDeck, source: CurveSource, log: MadeLog) -> None:
    log.add("update", 1000, kl_clipped=3.5, note="text")
    log.add("train", 1000, length=500.0, **{"return": 1.0})
    refresh_all(deck)
    metrics = next(action.menu() for action in open_card_menu(deck, 1).actions() if "Metrics" in action.text())
    assert isinstance(metrics, QMenu)
    assert [action.text() for action in metrics.actions()] == ["kl_clipped", "length (episode)", "return (episode)"]
    pick(metrics, "kl_clipped")
    refresh_all(deck)
    assert drawn(deck, "kl_clipped", "kl_clipped") == [(1000, 3.5)]
    source.choices.add("metric:episode/length")
    refresh_all(deck)
    assert drawn(deck, "length", "training") == [(1000, 500)]


def test_that_a_row_names_its_metrics_and_nothing_else() -> None:
    rows = [
        {"kind": "update", "step": 1, "update": 1, "time": 2.0, "kl": 1.0, "horizon": 15},
        {"kind": "test", "step": 1, "update": 1, "time": 2.0, "return": 1.0, "end": "cut"},
        {"kind": "change", "step": 1, "update": 1, "before": 1, "after": 2},
    ]
    assert metrics_in(rows) == {"update/kl", "episode/return"}
    assert curve_of("metric:update/kl") is not None
    assert curve_of("metric:strange/kl") is None and curve_of("No such curve") is None


@pytest.mark.parametrize(
    ("unit", "last"), [(Unit.STEPS, 990.0), (Unit.UPDATES, 99.0), (Unit.AGENT_STEPS, 495.0), (Unit.HOURS, 99 / 3600)]
)
def test_that_all_curves_change_their_horizontal_axis(
    deck: CurveDeck, source: CurveSource, log: MadeLog, unit: Unit, last: float
) -> None:
    refresh_all(deck)
    source.choices.change(unit=unit)
    log.config = config_of(action_repeat=2)
    refresh_all(deck)
    assert drawn(deck, "KL", "KL")[-1][0] == pytest.approx(last)
    assert hover(plot_of(deck, "KL"), last).startswith(str(unit))


def test_that_hours_leave_pauses_out_and_keep_slow_work() -> None:
    def row(step: int, time: float, speed: float = 10.0) -> dict[str, float | str]:
        return {"kind": "update", "step": step, "update": step, "time": time, "updates_per_s": speed}

    hours = Positions(Unit.HOURS, 1)
    rows = [row(0, 0), row(100, 10), row(200, 100_000), row(201, 100_400, 0.003), row(202, 100_300, 0.003)]
    assert [round(3600 * x) for x in hours.of_all(rows)] == [0, 10, 20, 420, 420]
    assert hours.at(150, 150) == pytest.approx(10 / 3600)
    assert hours.at(10_000, 1) == pytest.approx(420 / 3600) and Positions(Unit.HOURS, 1).at(5, 5) == 0


def test_that_smoothing_changes_the_strong_line_and_its_tooltip(
    deck: CurveDeck, source: CurveSource, log: MadeLog
) -> None:
    refresh_all(deck)
    handed = log.handed
    assert "about 30 values" in plot_of(deck, "KL").toolTip()
    before = plot_of(deck, "KL").history("KL").smoothed[-1]
    source.choices.change(smoothing=4)
    refresh_all(deck)
    assert "about 90 values" in plot_of(deck, "KL").toolTip()
    assert plot_of(deck, "KL").history("KL").smoothed[-1] < before
    source.choices.change(smoothing=0)
    refresh_all(deck)
    history = plot_of(deck, "KL").history("KL")
    assert history.smoothed.tolist() == history.y.tolist()
    assert log.handed == handed  # the points were there


def test_that_a_curve_with_points_left_out_is_read_again_to_be_smoothed(
    deck: CurveDeck, source: CurveSource, log: MadeLog
) -> None:
    for step in range(1000, 100_000, 10):
        log.add("update", step, kl=1.0)
    refresh_all(deck)
    for step in range(100_000, 150_000, 10):
        log.add("update", step, kl=1.0)
    refresh_all(deck)
    assert plot_of(deck, "KL").history("KL").thinned
    source.choices.change(smoothing=0)
    refresh_all(deck)
    assert not plot_of(deck, "KL").history("KL").thinned
    assert drawn(deck, "KL", "KL")[-1] == (149_990, 1)


def test_that_only_cards_with_other_choices_are_drawn_at_once(deck: CurveDeck, source: CurveSource) -> None:
    refresh_all(deck)
    assert not any(card.stale for card in deck.cards)
    source.choices.change(unit=Unit.UPDATES)
    for left in (2, 1, 0):
        assert sum(card.stale for card in deck.cards) == left
        deck.refresh_stale()


def test_that_gradient_norms_have_a_logarithmic_axis_and_each_plot_its_own(
    deck: CurveDeck, source: CurveSource
) -> None:
    source.choices.add(NORMS)
    refresh_all(deck)
    assert plot_of(deck, NORMS).log and not plot_of(deck, "KL").log
    plot_of(deck, "KL").open_menu(QPoint(0, 0))
    (menu,) = [menu for menu in plot_of(deck, "KL").findChildren(QMenu) if menu.isVisible()]
    pick(menu, "Logarithmic axis")
    menu.close()
    assert plot_of(deck, "KL").log and "KL" in source.choices.settings.log


def test_that_speed_has_steps_on_the_left_axis_and_updates_on_the_right_one(
    deck: CurveDeck, source: CurveSource
) -> None:
    source.choices.add(SPEED)
    refresh_all(deck)
    plot = plot_of(deck, SPEED)
    assert [style.label for style in plot.legend.series] == ["environment steps", "updates (right)"]
    assert plot.visible_range()[2] > 10  # the 4 updates per second are not on the left axis
    assert hover(plot, 500).splitlines()[1:3] == ["environment steps 40, average 40", "updates 4, average 4"]
    assert "Right axis" not in [action.text() for action in open_card_menu(deck, 2).actions()]


def test_that_any_metric_can_have_the_right_axis_of_a_curve_and_is_removed_again(
    deck: CurveDeck, source: CurveSource, log: MadeLog
) -> None:
    log.add("train", 900, length=500.0, **{"return": 1.0})
    refresh_all(deck)

    def axes() -> dict[str, QAction]:
        (menu,) = (action.menu() for action in open_card_menu(deck, 1).actions() if action.text() == "Right axis")
        assert isinstance(menu, QMenu)
        return {action.text(): action for action in menu.actions()}

    axes()["image_loss"].trigger()
    refresh_all(deck)
    plot = plot_of(deck, "KL")
    assert drawn(deck, "KL", "image_loss")[-1] == (990, 5) and len(drawn(deck, "KL", "KL")) == 100
    assert "image_loss" in plot.legend.accessibleName() and axes()["image_loss"].isChecked()
    axes()["length (episode)"].trigger()
    refresh_all(deck)
    assert drawn(deck, "KL", "length, training") == [(900, 500)] and "image_loss" not in plot.legend.accessibleName()
    axes()["None"].trigger()
    refresh_all(deck)
    assert "length" not in plot.legend.accessibleName() and source.choices.settings.right == {}


def test_that_another_run_is_laid_over_with_its_own_color_until_it_is_switched_off(
    deck: CurveDeck, source: CurveSource, channels: CurvesChannels
) -> None:
    other = MadeLog()
    other.add("update", 100, kl=50.0)
    other.add("train", 100, **{"return": 3.0})
    source.add_run(OTHER)
    refresh_all(deck)
    answer(channels, {OTHER: other})
    refresh_all(deck)
    refresh_all(deck)
    assert drawn(deck, "KL", "walker-2") == [(100, 50)]
    assert drawn(deck, "Return", "walker-2, training") == [(100, 3)]
    assert "walker-2 50" in hover(plot_of(deck, "KL"), 100)
    other.add("update", 200, kl=60.0)
    refresh_all(deck)
    assert drawn(deck, "KL", "walker-2")[-1] == (200, 60)
    other.reopen()
    other.add("update", 100, kl=1.0)
    for _ in range(3):
        refresh_all(deck)
    assert drawn(deck, "KL", "walker-2") == [(100, 1)]
    source.switch_run(False, OTHER)
    refresh_all(deck)
    with pytest.raises(ValueError, match="no line"):
        plot_of(deck, "KL").history("walker-2")
    source.switch_run(True, OTHER)
    refresh_all(deck)
    assert drawn(deck, "KL", "walker-2") == [(100, 1)]
    assert len(drawn(deck, "KL", "KL")) == 100
    source.remove_run(OTHER)
    assert source.others == ()


def test_that_runs_that_differ_by_their_seeds_are_drawn_as_a_median_with_their_range(
    deck: CurveDeck, source: CurveSource, channels: CurvesChannels
) -> None:
    folders = [Path(f"/runs/walker-seed-{number}") for number in (1, 2, 3)]
    logs = {}
    for value, folder in zip((2.0, 4.0, 9.0), folders, strict=True):
        logs[folder] = MadeLog()
        for step in (0, 100, 200) if value < 9 else (0, 100):
            logs[folder].add("update", step, kl=value)
        source.add_run(folder)
    refresh_all(deck)
    answer(channels, logs, families=("a", "a", "a"))
    source.choices.change(grouped=True)
    for _ in range(2):
        refresh_all(deck)
    plot = plot_of(deck, "KL")
    name = "walker, median of 3"
    assert hover(plot, 50).splitlines()[-1] == f"{name} 4, 2 to 9, n = 3"
    assert hover(plot, 150).splitlines()[-1] == f"{name} 3, 2 to 4, n = 2"
    assert "walker-seed-1" not in plot.readout and f"{name} (median)" in plot.values_text(",").splitlines()[0]
    source.choices.change(grouped=False)
    refresh_all(deck)
    assert "walker-seed-1 2" in hover(plot, 100) and name not in plot.readout


def test_that_runs_with_other_settings_are_no_group(source: CurveSource, channels: CurvesChannels) -> None:
    folders = [Path(f"/runs/{name}") for name in ("seed-1", "seed-2", "other")]
    for folder in folders:
        source.add_run(folder)
    source.refresh()
    answer(channels, {folder: MadeLog() for folder in folders}, families=("a", "a", "b"))
    source.refresh()
    assert [(group.name, len(group.runs)) for group in seed_groups(source.others)] == [("seed-1, median of 2", 2)]


def test_that_another_run_has_its_own_action_repeat(
    deck: CurveDeck, source: CurveSource, channels: CurvesChannels
) -> None:
    other = MadeLog()
    other.add("update", 100, kl=50.0)
    source.choices.change(unit=Unit.AGENT_STEPS)
    source.add_run(OTHER)
    refresh_all(deck)
    answer(channels, {OTHER: other}, repeat=4)
    refresh_all(deck)
    refresh_all(deck)
    assert drawn(deck, "KL", "walker-2") == [(25, 50)]


def test_that_runs_have_distinct_names_and_places_and_are_not_too_many(source: CurveSource, qtbot: QtBot) -> None:
    for number in range(MOST_RUNS):
        source.add_run(Path(f"/{number}/walker"))
    assert len({other.name for other in source.others}) == MOST_RUNS
    with qtbot.waitSignal(source.problemFound):
        source.add_run(Path("/7/walker"))
    source.remove_run(Path("/2/walker"))
    source.add_run(Path("/8/walker"))
    source.add_run(Path("/8/walker"))
    assert sorted(other.place for other in source.others) == list(range(MOST_RUNS))


def test_that_a_run_that_cannot_be_read_is_reported_once(
    deck: CurveDeck, source: CurveSource, channels: CurvesChannels
) -> None:
    told: list[str] = []
    source.problemFound.connect(told.append)
    source.add_run(OTHER)
    source.refresh()
    channels.logs.visible = True
    taken = channels.logs.take()
    assert taken is not None
    for _ in range(2):
        result = CurvesResult((LoggedRun(OTHER, MadeLog().log, problem="walker-2 cannot be read: no"),), ())
        channels.logs.answer(taken[0], result, done=False)
        source.refresh()
    assert told == ["walker-2 cannot be read: no"]


def test_that_tests_and_checkpoints_are_marks_that_ask_for_a_comparison(
    deck: CurveDeck, source: CurveSource, channels: CurvesChannels, qtbot: QtBot
) -> None:
    kept = (KeptCheckpoint(Path("/own/1"), 500, 50), KeptCheckpoint(Path("/own/2"), 900, 90, best=True))
    source.refresh()
    answer(channels, {}, kept)
    refresh_all(deck)
    marks = plot_of(deck, "KL").marks
    assert [(mark.x, mark.text, mark.role, mark.key) for mark in marks] == [
        (500, "test and checkpoint at step 500, update 50", Role.OK, Path("/own/1")),
        (900, "best checkpoint at step 900, update 90", Role.MODEL, Path("/own/2")),
    ]
    bottom = plot_of(deck, "KL").visible_range()[2]
    with qtbot.waitSignal(source.checkpointWanted) as wanted:
        QTest.mouseClick(
            canvas(plot_of(deck, "KL")), Qt.MouseButton.LeftButton, pos=at_pixel(plot_of(deck, "KL"), 900, bottom + 10)
        )
    assert wanted.args == [Path("/own/2")]
    plot_of(deck, "KL").open_menu(QPoint(0, 0))
    (menu,) = [menu for menu in plot_of(deck, "KL").findChildren(QMenu) if menu.isVisible()]
    submenu = next(action.menu() for action in menu.actions() if action.text() == "Compare a checkpoint")
    assert isinstance(submenu, QMenu)
    with qtbot.waitSignal(source.checkpointWanted) as wanted:
        pick(submenu, "test and checkpoint at step 500, update 50")
    assert wanted.args == [Path("/own/1")]
    menu.close()


def test_that_a_test_whose_checkpoint_is_gone_says_so(deck: CurveDeck, source: CurveSource, qtbot: QtBot) -> None:
    refresh_all(deck)
    (mark,) = plot_of(deck, "KL").marks
    with qtbot.waitSignal(source.told) as told:
        plot_of(deck, "KL").markPicked.emit(mark)
    assert told.args == ["The run no longer keeps a checkpoint of the test at step 500, update 50."]


def test_that_a_curve_in_a_window_of_its_own_goes_on_and_shares_the_crosshair(
    deck: CurveDeck, log: MadeLog, qtbot: QtBot
) -> None:
    refresh_all(deck)
    pick(open_card_menu(deck, 1), "Open in a window")
    (window,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, CurveWindow)]
    assert window.windowTitle().startswith("KL")
    deck.hide()
    log.add("update", 1000, kl=12.0)
    qtbot.waitUntil(lambda: window.card.plot.history("KL").y[-1] == 12)
    log.config = config_of(free_nats=1.5)
    log.add("update", 1010, kl=12.0)
    qtbot.waitUntil(lambda: "free nats: 1.5" in window.card.plot.legend.accessibleName())
    deck.show()
    hover(plot_of(deck, "KL"), 500)
    assert "KL" in window.card.plot.readout
    window.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    plot_of(deck, "KL").zoom(0.5)  # the closed window moves along no more


def test_that_nothing_is_read_for_hidden_cards(deck: CurveDeck, channels: CurvesChannels) -> None:
    assert channels.logs.visible
    deck.hide()
    assert not channels.logs.visible


def test_that_a_deck_makes_its_cards_when_it_is_first_shown(theme: Theme, source: CurveSource, qtbot: QtBot) -> None:
    deck = CurveDeck(theme, source)
    qtbot.addWidget(deck)
    deck.resize(900, 300)
    deck.refresh_next()
    source.choices.add("Entropy")
    assert deck.cards == ()
    deck.show()
    assert titles(deck) == ["Return", "KL", "Entropy"]


def test_that_cards_stand_in_as_many_columns_as_fit(deck: CurveDeck, source: CurveSource, qtbot: QtBot) -> None:
    source.choices.change(shown=tuple(curve.key for curve in CURVES[:6]))

    def columns(width: int) -> int:
        deck.resize(width, 900)
        QApplication.processEvents()
        return len({card.x() for card in deck.cards})

    assert [columns(width) for width in (1500, 1100, 800, 400)] == [3, 3, 2, 1]
    source.choices.change(shown=tuple(curve.key for curve in CURVES[:4]))
    assert [columns(width) for width in (1500, 800, 400)] == [2, 2, 1]


def test_that_the_unit_of_each_curve_is_whole_where_four_cards_stand_in_a_row(
    theme: Theme, source: CurveSource, qtbot: QtBot
) -> None:
    source.choices.change(shown=tuple(curve.key for curve in CURVES[:4]))
    deck = CurveDeck(theme, source, in_a_row=True)
    qtbot.addWidget(deck)
    deck.resize(1249, 240)  # of a window 1600 pixels wide, beside the facts
    deck.show()
    QApplication.processEvents()
    assert len({card.y() for card in deck.cards}) == 1
    units = [label for card in deck.cards for label in card.findChildren(ElidedLabel) if label.text()]
    assert len(units) == 4 and all(label.shown_lines() == [label.text()] for label in units)


def test_that_choices_are_kept_and_damaged_ones_are_left_out() -> None:
    written: dict[str, object] = {}
    choices = kept_choices(vars(Settings()), lambda **values: written.update(values))
    assert choices.settings == CurveSettings() and choices.settings.shown == SHOWN_AT_FIRST
    choices.add("Entropy")
    choices.change(unit=Unit.HOURS, robust=False, smoothing=5, grouped=True)
    choices.set_log((NORMS,), False)
    choices.set_right("KL", "episode/return")
    settings = Settings(**written)  # type: ignore[arg-type]
    again = kept_choices(vars(settings), lambda **_: None)
    assert again.settings == choices.settings
    assert again.settings.right == {"KL": "episode/return"}
    damaged = {"No such curve": "update/kl", "KL": "strange/kl", SPEED: "update/kl"}
    assert CurveChoices(CurveSettings(shown=("No such curve", "KL", "KL"), right=damaged)).settings == CurveSettings(
        shown=("KL",)
    )
