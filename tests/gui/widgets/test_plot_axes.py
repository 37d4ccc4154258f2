"""The axes of plots: logarithmic, shared by several plots, without outliers, and the crosshair that moves over them."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import CONTRAST, DARK, LIGHT, Palette, Theme
from dreamer_studio.studio.widgets.plots.band import Band, Reference
from dreamer_studio.studio.widgets.plots.export.table import trend
from dreamer_studio.studio.widgets.plots.group import PlotGroup
from dreamer_studio.studio.widgets.plots.plot import Plot
from dreamer_studio.studio.widgets.plots.run_colors import MOST_RUNS, run_color, run_pattern
from dreamer_studio.studio.widgets.plots.series import SeriesStyle, log_range, log_ticks
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.studio.widgets.plots.training.curve import Across, CurvePlot
from dreamer_studio.studio.widgets.plots.training.marks import Mark
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.viewing.role import Role
from tests.support.contrast import contrast
from tests.support.fields import turn_wheel
from tests.support.pixels import count, ink
from tests.support.plots import at_pixel, canvas, drag, drawing, hover, lines, readout

LOSS = SeriesStyle("loss", Role.MODEL)


def shown(plot: Plot, qtbot: QtBot) -> Plot:
    qtbot.addWidget(plot)
    plot.resize(700, 220)
    plot.show()
    QApplication.processEvents()
    return plot


def make_curve(theme: Theme, qtbot: QtBot, name: str = "Loss", **more: object) -> CurvePlot:
    plot = CurvePlot(theme, [LOSS], name=name, smoothing_span=10, **more)  # type: ignore[arg-type]
    shown(plot, qtbot)
    return plot


def test_that_a_logarithmic_axis_shows_a_spike_and_what_comes_after(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot, reference=Reference(3.0, "3 free nats"))
    plot.append("loss", np.arange(1000), np.concatenate([np.full(10, 900.0), np.full(990, 4.0)]))
    plot.set_log(True)
    QApplication.processEvents()
    *_, bottom, top = plot.visible_range()
    assert 1 < bottom < 3 and 900 < top < 1500
    heights = [y.max() for _, y in lines(plot)]
    assert max(heights) == pytest.approx(math.log10(900))
    axis = drawing(plot).getAxis("left")
    assert axis.tickStrings([2.0], 1.0, 1.0) == ["100"]
    assert "loss 4" in hover(plot, 800)
    plot.set_log(False)
    assert plot.visible_range()[2] < 0 and max(y.max() for _, y in lines(plot)) == 900


def test_that_negative_values_leave_gaps_on_a_logarithmic_axis_and_come_back(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot)
    plot.append("loss", np.arange(100), -np.ones(100))
    plot.set_log(True)
    assert canvas(plot).isVisible() and not [y for _, y in lines(plot) if np.isfinite(y).any()]
    plot.set_log(False)
    assert min(y.min() for _, y in lines(plot)) == -1


def test_that_a_plot_that_holds_large_values_becomes_logarithmic_and_shows_them(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot)
    plot.append("loss", [0, 1000], [500.0, 4000.0])
    plot.hold()
    plot.set_log(True)
    *_, bottom, top = plot.visible_range()
    assert bottom < 501 and 3999 < top < 1e5


def test_that_a_band_that_reaches_below_zero_leaves_a_logarithmic_axis_as_it_is(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot, reference=Reference(-3.0, "below"))
    plot.append("loss", [0, 1000], [10.0, 100.0])
    plot.set_band(Band("published", np.array([0.0, 1000.0]), np.array([20.0, 200.0]), np.array([30.0, 30.0])))
    plot.set_log(True)
    *_, bottom, top = plot.visible_range()
    assert 5 < bottom <= 10 and 230 <= top < 700
    assert "published" in hover(plot, 500)


@pytest.mark.parametrize(("low", "high"), [(0.9, 1.1), (3, 900), (1e-6, 1e6), (40, 41), (1, 1), (0.02, 5)])
def test_that_logarithmic_limits_are_round_and_hold_some_ticks(low: float, high: float) -> None:
    bottom, top = log_range(low, high)
    assert 0 < bottom <= low * (1 + 1e-9) and high <= top * (1 + 1e-9) and bottom < top
    assert 2 <= len(log_ticks(bottom, top)) <= 8


def test_that_the_robust_range_leaves_an_early_spike_out_and_keeps_ordinary_noise(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot)
    x = np.arange(2000.0)
    noise = np.random.default_rng(0).normal(0, 1, 2000)
    plot.append("loss", x, 40 + noise + np.where(x < 20, 400, 0))
    assert plot.visible_range()[3] > 440
    plot.set_robust(True)
    bottom, top = plot.visible_range()[2:]
    assert bottom < 39 and 43 < top < 100
    assert [each.text() for each in plot.findChildren(QLabel) if each.isVisible() and "outliers" in each.text()] == [
        "outliers up to 441"
    ]
    plot.clear()
    plot.append("loss", x, noise)
    assert plot.visible_range()[2] < noise.min() and plot.visible_range()[3] > noise.max()
    assert not [each for each in plot.findChildren(QLabel) if each.isVisible() and "outliers" in each.text()]


def test_that_plots_of_a_group_show_the_same_part_and_one_crosshair(theme: Theme, qtbot: QtBot) -> None:
    group, plots = PlotGroup(), [make_curve(theme, qtbot, name) for name in ("Return", "KL", "Loss")]
    for plot in plots:
        group.add(plot)
    plots[0].append("loss", [0, 5000], [1, 2])
    plots[1].append("loss", [2000, 9000], [3, 4])
    assert {plot.visible_range()[:2] for plot in plots[:2]} == {(0.0, 9000.0)}
    assert "loss 4" in hover(plots[1], 9000 - 1) and plots[0].readout == ""
    hover(plots[0], 5000)
    assert plots[0].readout.startswith("environment steps 4.998k\nloss 2, average")  # to the pixel
    assert plots[2].readout == ""
    plots[2].append("loss", [5000], [7])
    assert plots[2].readout == "loss 7"  # briefly; the crosshair stands there already
    drag(plots[1], at_pixel(plots[1], 5000, 3.5), at_pixel(plots[1], 3000, 3.5))
    part = plots[1].visible_range()[:2]
    assert part[0] == pytest.approx(2000, abs=150)
    assert all(plot.visible_range()[:2] == pytest.approx(part) and not plot.following for plot in plots)
    QTest.keyClicks(plots[0], "0")
    assert all(plot.following for plot in plots)
    group.remove(plots[1])
    assert plots[0].visible_range()[:2] == (0.0, 5100.0)  # a point alone takes 100 steps


def test_that_a_plot_added_to_a_held_group_shows_the_held_part(theme: Theme, qtbot: QtBot) -> None:
    group, plots = PlotGroup(), [make_curve(theme, qtbot, name) for name in ("Return", "KL")]
    group.add(plots[0])
    plots[0].append("loss", [0, 5000], [1, 2])
    plots[0].zoom(0.5)
    group.add(plots[1])
    plots[1].append("loss", [0, 5000], [1, 2])
    assert plots[1].visible_range()[:2] == (2500, 5000) and not plots[1].following


def test_that_the_readout_changes_with_the_data_under_a_mouse_at_rest(theme: Theme, qtbot: QtBot) -> None:
    plot = TimelinePlot(theme, name="Reward")
    shown(plot, qtbot)
    plot.set_series("received", np.arange(10), np.ones(10))
    assert "received 1" in hover(plot, 4)
    plot.set_series("received", np.arange(10), np.full(10, 2.0))
    assert "received 2" in readout(plot)
    plot.set_series("received", (), ())
    assert readout(plot) == ""


def test_that_arrow_keys_move_the_crosshair_and_say_what_is_there(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot)
    plot.append("loss", [0, 1000, 2000], [5, 6, 7])
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.readout.startswith("environment steps 2k\nloss 7")
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert "steps 0\nloss 5" in plot.readout
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.accessibleDescription() == plot.readout and "loss 6" in plot.readout


def test_that_arrow_keys_are_left_to_a_player_whose_playhead_stands_in_the_plot(theme: Theme, qtbot: QtBot) -> None:
    plot = TimelinePlot(theme, name="Reward")
    shown(plot, qtbot)
    plot.set_series("received", np.arange(10), np.ones(10))
    plot.set_playhead(4.0)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.readout == ""


def test_that_holding_and_fitting_need_no_mouse(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot)
    plot.append("loss", np.arange(1001), np.where(np.arange(1001) < 500, 100.0, 1.0))
    QTest.keyClicks(plot, "h")
    before = plot.visible_range()
    plot.append("loss", [5000], [1])
    assert plot.visible_range() == before
    plot.hold_at(600, 1000)
    QTest.keyClicks(plot, "y")
    assert plot.visible_range()[:2] == (600, 1000) and plot.visible_range()[3] < 3


def test_that_shift_and_the_wheel_zoom_the_values_under_the_mouse(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot)
    plot.append("loss", np.arange(1001), np.arange(1001.0))
    left, right, bottom, top = plot.visible_range()
    here = at_pixel(plot, 500, 250)
    QTest.mouseClick(canvas(plot), Qt.MouseButton.LeftButton, pos=here)
    turn_wheel(canvas(plot), here, Qt.KeyboardModifier.ShiftModifier)
    assert plot.visible_range()[:2] == (left, right) and not plot.following
    assert plot.visible_range()[3] - plot.visible_range()[2] == pytest.approx(0.8 * (top - bottom))
    assert plot.visible_range()[2] == pytest.approx(250 - 0.8 * (250 - bottom), abs=5)


def test_that_the_wheel_scrolls_the_page_until_a_click_gives_the_plot_the_focus(theme: Theme, qtbot: QtBot) -> None:
    page, plot = QWidget(), CurvePlot(theme, [LOSS], name="Loss", smoothing_span=10)
    layout = QVBoxLayout(page)
    for part in (QLabel(), plot, QLabel()):
        part.setFixedHeight(400)
        layout.addWidget(part)
    area = scrolled(page)
    qtbot.addWidget(area)
    area.resize(700, 500)
    area.show()
    plot.append("loss", np.arange(1001), np.arange(1001.0))
    QApplication.processEvents()
    area.verticalScrollBar().setValue(300)
    plot.clearFocus()
    before = plot.visible_range()

    def turn_over_plot() -> None:
        middle = QPointF(canvas(plot).mapTo(area, canvas(plot).rect().center()))
        QTest.wheelEvent(area.windowHandle(), middle, QPoint(0, 120))

    turn_over_plot()
    assert plot.following and plot.visible_range() == before
    assert area.verticalScrollBar().value() < 300
    QTest.mouseClick(canvas(plot), Qt.MouseButton.LeftButton, pos=at_pixel(plot, 500, 500))
    at = area.verticalScrollBar().value()
    turn_over_plot()
    assert not plot.following and plot.visible_range() != before
    assert area.verticalScrollBar().value() == at


def test_that_a_screen_reader_is_told_the_last_value_the_mean_and_the_direction(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot, empty_text="Fills later.")
    assert plot.accessibleDescription() == "Fills later."
    plot.append("loss", np.arange(101), np.arange(101.0))
    plot.append("loss", [101], [50])
    QApplication.sendEvent(plot, QFocusEvent(QEvent.Type.FocusIn))
    assert plot.accessibleDescription() == "loss: last 50, mean 50, rising"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.arange(20.0), "rising"),
        (-np.arange(20.0), "falling"),
        (np.random.default_rng(1).normal(0, 1, 400), "steady"),
        (np.ones(50), "steady"),
        (np.arange(7.0), ""),
    ],
)
def test_that_a_trend_is_named_only_if_it_is_larger_than_the_noise(values: Floats, told: str) -> None:
    assert trend(values) == told


RATES = (
    SeriesStyle("steps", Role.REAL, smoothed=False),
    SeriesStyle("updates", Role.MODEL, dashed=True, smoothed=False, right=True),
)


@pytest.fixture
def rates(theme: Theme, qtbot: QtBot) -> CurvePlot:
    """A plot with a line on either axis: 40 to 60 on the left, 3 to 5 on the right."""
    plot = CurvePlot(theme, RATES, name="Speed", smoothing_span=1)
    shown(plot, qtbot)
    plot.append("steps", np.arange(1001), np.linspace(40, 60, 1001))
    plot.append("updates", np.arange(1001), np.linspace(3, 5, 1001))
    QApplication.processEvents()
    return plot


def right_ticks(plot: CurvePlot) -> dict[str, float]:
    """Return the labels of the right axis, with the height of each on the left axis."""
    axis = drawing(plot).getAxis("right")
    ((apart, heights), *_) = axis.tickValues(*drawing(plot).viewRange()[1], 200)
    return dict(zip(axis.tickStrings(heights, 1.0, apart), heights, strict=True))


def height_of(plot: CurvePlot, role: Role) -> tuple[float, float]:
    """Return the heights on the left axis between which a line is drawn."""
    (y,) = (
        item.curve.getData()[1]
        for item in drawing(plot).items()
        if isinstance(item, pg.PlotDataItem)
        and item.curve.getData()[1] is not None
        and len(item.curve.getData()[1])
        and pg.mkPen(item.curve.opts["pen"]).color().name() == DARK.of(role)
    )
    return float(y.min()), float(y.max())


def test_that_a_line_with_the_right_axis_fills_the_plot_and_has_its_own_labels(rates: CurvePlot) -> None:
    assert rates.visible_range()[2:] == pytest.approx((39, 61))
    assert height_of(rates, Role.MODEL) == pytest.approx((40, 60), abs=0.1)  # 3 to 5 on an axis from 3 to 5
    assert right_ticks(rates) == {"3": 40, "3.5": 45, "4": 50, "4.5": 55, "5": 60}
    assert "(right)" in rates.legend.series[1].label and "axis on the right" in rates.legend.accessibleName()
    assert hover(rates, 500).splitlines()[1:] == ["steps 50", "updates 4"]
    rates.append("updates", [1002], [23])
    assert height_of(rates, Role.REAL) == pytest.approx((40, 60), abs=0.1) and height_of(rates, Role.MODEL)[1] < 60
    assert right_ticks(rates)["20"] == pytest.approx(height_of(rates, Role.MODEL)[1] - 3 * 20 / 25)


def test_that_both_axes_become_logarithmic_leave_outliers_out_and_fit_what_is_in_sight(rates: CurvePlot) -> None:
    rates.append("updates", [1001, 1002], [400, 5])
    rates.append("steps", [1001, 1002], [9000, 50])
    rates.set_robust(True)
    assert float(max(right_ticks(rates), key=float)) < 20
    assert "outliers up to 9k, right up to 400" in [each.text() for each in rates.findChildren(QLabel)]
    rates.resize(180, 220)
    QApplication.processEvents()
    assert "outliers beyond the axes" in [each.text() for each in rates.findChildren(QLabel)]
    rates.resize(700, 220)
    rates.set_robust(False)
    rates.set_log(True)
    assert {"10", "100"} <= set(right_ticks(rates))
    assert height_of(rates, Role.MODEL)[1] <= math.log10(rates.visible_range()[3])
    rates.set_log(False)
    rates.hold_at(0, 500)
    rates.fit()
    assert {"3", "4"} <= set(right_ticks(rates)) and rates.visible_range()[3] < 55


def test_that_a_line_on_the_right_comes_and_goes_with_its_axis(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot)
    plot.append("loss", np.arange(1001), np.linspace(0, 1, 1001))
    wide = drawing(plot).getViewBox().width()
    plot.add_line(RATES[1])
    plot.append("updates", np.arange(1001), np.linspace(30, 50, 1001))
    QApplication.processEvents()
    assert drawing(plot).getViewBox().width() < wide and "updates" in plot.legend.accessibleName()
    assert count(canvas(plot), DARK.model) > 200
    names, *_, last = plot.values_text(",").splitlines()
    assert names == "environment steps,loss,loss (average),updates"
    assert [float(value) for value in last.split(",")] == pytest.approx([1000, 1, 0.9955, 50])
    drawn = plot.figure().svg().decode()
    assert "updates (right)" in drawn and ">45<" in drawn
    plot.remove_line("updates")
    QApplication.processEvents()
    assert drawing(plot).getViewBox().width() == wide and plot.legend.accessibleName() == ""


def test_that_a_click_on_a_tick_picks_the_mark_and_above_the_ticks_a_position(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot)
    plot.append("loss", np.arange(0, 10_001, 100), np.linspace(0, 1, 101))
    mark = Mark(4000.0, "checkpoint at step 4,000", Role.MODEL, "folder")
    plot.set_marks([mark, Mark(8000.0, "test", Role.OK)])
    QApplication.processEvents()
    assert count(canvas(plot), DARK.ok) > 8
    assert "checkpoint at step 4,000" in hover(plot, 4000)
    bottom = plot.visible_range()[2]
    for y, signal, value in ((bottom + 0.03, plot.markPicked, mark), (0.5, plot.picked, 4000)):
        with qtbot.waitSignal(signal) as taken:
            QTest.mouseClick(canvas(plot), Qt.MouseButton.LeftButton, pos=at_pixel(plot, 4000, y))
        assert taken.args is not None
        assert taken.args[0] == (value if value is mark else pytest.approx(4000, abs=20))
        QTest.qWait(QApplication.doubleClickInterval() + 20)


def test_that_a_restarted_curve_has_another_unit_and_smoothing(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot)
    plot.append("loss", [0, 1], [4, 8])
    plot.set_flags([(1, "horizon")])
    plot.restart(Across("hours", 0.1), 1)
    assert plot.flags == [] and len(plot.history("loss")) == 0
    plot.append("loss", [0, 0.5], [4, 8])
    assert plot.history("loss").smoothed.tolist() == [4, 8]
    assert drawing(plot).getAxis("bottom").labelText == "hours"
    assert hover(plot, 0.5).splitlines() == ["hours 0.5", "loss 8"]
    assert plot.toolTip() == ""


def test_that_a_dotted_average_is_dotted_and_a_solid_one_strong(theme: Theme, qtbot: QtBot) -> None:
    inks = []
    for dotted in (False, True):
        plot = CurvePlot(theme, [SeriesStyle("loss", Role.MODEL, dotted=dotted)], name="Loss")
        shown(plot, qtbot)
        plot.append("loss", np.arange(5000), np.sin(np.arange(5000) / 400))
        QApplication.processEvents()
        inks.append(ink(canvas(plot), DARK.model, DARK.surface))
    assert inks[1] < 0.33 * inks[0]  # drawn piece by piece, the dots run together to 0.37


def test_that_a_line_of_another_run_is_drawn_until_it_is_removed(theme: Theme, qtbot: QtBot) -> None:
    plot = make_curve(theme, qtbot)
    plot.append("loss", np.arange(1000), np.ones(1000))
    plot.add_line(SeriesStyle("walker: loss", Role.NEUTRAL, run=0))
    plot.append("walker: loss", np.arange(1000), np.full(1000, 3.0))
    QApplication.processEvents()
    assert ink(canvas(plot), run_color(DARK, 0), DARK.surface) > 300
    assert "walker: loss 3" in hover(plot, 500)
    plot.remove_line("walker: loss")
    QApplication.processEvents()
    assert ink(canvas(plot), run_color(DARK, 0), DARK.surface) < 20 and plot.visible_range()[3] < 2


@pytest.mark.parametrize("scheme", [LIGHT, DARK, CONTRAST], ids=lambda scheme: scheme.name)
def test_that_other_runs_differ_in_color_and_dashes_and_can_be_read(scheme: Palette) -> None:
    colors = [run_color(scheme, place) for place in range(MOST_RUNS)]
    assert len({*colors, *(scheme.of(role) for role in Role)}) == MOST_RUNS + len({scheme.of(role) for role in Role})
    assert len({run_pattern(place) for place in range(MOST_RUNS)}) == MOST_RUNS
    assert all(contrast(color, scheme.surface) >= 4.5 for color in colors)
