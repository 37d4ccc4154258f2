import math
import warnings

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import DARK, LIGHT, Theme
from dreamer_studio.studio.widgets.plots.band import Band, Reference
from dreamer_studio.studio.widgets.plots.legend import Legend
from dreamer_studio.studio.widgets.plots.plot import Plot
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.studio.widgets.plots.training.curve import CurvePlot
from dreamer_studio.viewing.role import Role
from tests.support.pixels import count, ink
from tests.support.plots import at_pixel, canvas, drag, drawing, hover, lines, readout

EMPTY = "Fills with the first episode."


def shown(plot: Plot, qtbot: QtBot) -> Plot:
    qtbot.addWidget(plot)
    plot.resize(700, 220)
    plot.show()
    QApplication.processEvents()
    return plot


@pytest.fixture
def timeline(theme: Theme, qtbot: QtBot) -> TimelinePlot:
    plot = TimelinePlot(theme, name="Reward", empty_text=EMPTY)
    shown(plot, qtbot)
    return plot


@pytest.fixture
def curve(theme: Theme, qtbot: QtBot) -> CurvePlot:
    plot = CurvePlot(theme, [SeriesStyle("KL", Role.DREAM)], name="KL", smoothing_span=10, empty_text=EMPTY)
    shown(plot, qtbot)
    return plot


def follow_button(plot: Plot) -> QToolButton:
    button = plot.findChild(QToolButton)
    assert isinstance(button, QToolButton)
    return button


def test_that_an_empty_plot_says_what_will_fill_it(timeline: TimelinePlot) -> None:
    texts = [label.text() for label in timeline.findChildren(QLabel) if label.isVisible()]
    assert texts == [EMPTY]
    timeline.set_series("received", [0, 1, 2], [0.1, 0.2, 0.3])
    assert canvas(timeline).isVisible()
    timeline.clear()
    assert not canvas(timeline).isVisible()


def test_that_a_timeline_draws_nothing_before_its_first_values_and_then_all_that_it_was_told(
    timeline: TimelinePlot, theme: Theme
) -> None:
    timeline.set_now(2, 4)
    timeline.set_playhead(3)
    timeline.set_x_title("frame")
    timeline.set_log(True)
    theme.set_scheme("light")
    assert timeline.findChildren(pg.PlotWidget) == []
    timeline.set_series("received", [0, 1, 2], [1, 10, 100])
    QApplication.processEvents()
    view = drawing(timeline)
    assert canvas(timeline).size().width() > 600
    assert view.getAxis("bottom").labelText == "frame" and view.getAxis("left").log
    ((_, y),) = lines(timeline)
    assert list(y) == [0, 1, 2], "logarithms"
    assert ink(canvas(timeline), LIGHT.dream, LIGHT.surface) > 50 < ink(canvas(timeline), LIGHT.text, LIGHT.surface)
    assert count(canvas(timeline), LIGHT.surface) > 30_000


def test_that_each_line_has_the_color_of_its_role_and_changes_with_the_theme(
    timeline: TimelinePlot, theme: Theme
) -> None:
    for level, name in enumerate(("received", "predicted", "in the dream")):
        timeline.set_series(name, np.arange(100), np.full(100, level + 0.3))  # beside the grid
    for palette in (DARK, LIGHT):
        theme.set_scheme(palette.name)
        QApplication.processEvents()
        received, predicted, dreamed = (
            ink(canvas(timeline), palette.of(role), palette.surface) for role in (Role.REAL, Role.MODEL, Role.DREAM)
        )
        assert received > 400
        assert dreamed > 400
        assert 200 < predicted < 0.75 * received, "a predicted line is dashed"
        assert count(canvas(timeline), palette.surface) > 50_000


def test_that_the_legend_names_every_line_in_words(timeline: TimelinePlot) -> None:
    assert timeline.legend.accessibleName() == ("Lines: received (solid), predicted (dashed), in the dream (solid)")
    assert timeline.legend.isVisible()


def test_that_a_legend_without_room_continues_in_a_second_row(theme: Theme, qtbot: QtBot) -> None:
    names = ("on frames it saw", "in the dream", "came, discounted")
    legend = Legend(theme, [SeriesStyle(name, Role.REAL) for name in names])
    qtbot.addWidget(legend)
    one_row = legend.sizeHint()
    legend.resize(one_row)
    legend.show()
    assert legend.sizeHint() == one_row
    legend.resize(2 * one_row.width() // 3, one_row.height())
    assert legend.sizeHint().height() > 1.5 * one_row.height()
    legend.resize(legend.width(), legend.sizeHint().height())
    image = legend.grab().toImage()
    first, second = (
        [image.pixel(x, y) for x in range(image.width()) for y in rows]
        for rows in (range(image.height() // 2), range(image.height() // 2, image.height()))
    )
    assert len(set(first)) > 1 < len(set(second))
    legend.resize(one_row)
    assert legend.sizeHint() == one_row


def test_that_the_axes_follow_the_data_and_the_dream_is_shaded_right_of_now(timeline: TimelinePlot) -> None:
    timeline.set_series("received", np.arange(200), np.linspace(0.1, 0.9, 200))
    plain = count(canvas(timeline), DARK.surface)
    timeline.set_now(199, 244)
    QApplication.processEvents()
    left, right, bottom, top = timeline.visible_range()
    assert left == 0
    assert 244 <= right <= 270
    assert (bottom, top) == pytest.approx((-0.05, 1.05))
    assert count(canvas(timeline), DARK.surface) < 0.9 * plain, "the dream is shaded"


def test_that_a_gap_in_a_line_is_not_bridged(timeline: TimelinePlot) -> None:
    y = np.full(100, 0.5)
    timeline.set_series("received", np.arange(100), y)
    whole = ink(canvas(timeline), DARK.real, DARK.surface)
    y = y.copy()
    y[20:60] = math.nan
    timeline.set_series("received", np.arange(100), y)
    assert 0.4 * whole < ink(canvas(timeline), DARK.real, DARK.surface) < 0.75 * whole


def test_that_the_readout_names_the_values_under_the_cursor(timeline: TimelinePlot, qtbot: QtBot) -> None:
    timeline.set_series("received", np.arange(100), np.linspace(0, 0.99, 100))
    timeline.set_series("predicted", np.arange(100), np.full(100, 0.25))
    text = hover(timeline, 50)
    assert text.startswith("agent step 50\n")
    assert "received 0.5" in text
    assert "predicted 0.25" in text
    assert "dream" not in text
    QApplication.sendEvent(canvas(timeline), QEvent(QEvent.Type.Leave))
    assert readout(timeline) == ""


def test_that_dragging_holds_the_axes_and_the_button_follows_again(timeline: TimelinePlot, qtbot: QtBot) -> None:
    timeline.set_series("received", np.arange(100), np.linspace(0, 1, 100))
    with qtbot.waitSignal(timeline.followingChanged):
        drag(timeline, at_pixel(timeline, 50, 0.5), at_pixel(timeline, 20, 0.5))
    held = timeline.visible_range()
    assert held[0] == pytest.approx(30, abs=5)
    timeline.set_series("received", np.arange(300), np.linspace(0, 1, 300))
    assert timeline.visible_range() == held
    assert follow_button(timeline).isVisible()
    QTest.mouseClick(follow_button(timeline), Qt.MouseButton.LeftButton)
    assert timeline.following
    assert not follow_button(timeline).isVisible()
    assert timeline.visible_range()[1] >= 299


def test_that_the_keyboard_zooms_and_follows_again(timeline: TimelinePlot, qtbot: QtBot) -> None:
    timeline.set_series("received", np.arange(101), np.linspace(0, 1, 101))
    QTest.keyClicks(timeline, "+")
    left, right, *_ = timeline.visible_range()
    assert not timeline.following
    assert right - left == pytest.approx(right / 2)
    QTest.keyClicks(timeline, "0")
    assert timeline.following
    assert timeline.visible_range()[0] == 0


def test_that_an_unknown_line_is_refused_with_the_known_names(timeline: TimelinePlot, curve: CurvePlot) -> None:
    with pytest.raises(ValueError, match="received, predicted, in the dream"):
        timeline.set_series("recieved", [0], [0])
    with pytest.raises(ValueError, match="KL"):
        curve.append("kl", 0, 0)


def test_that_the_smoothed_line_has_the_full_color_and_the_tooltip_explains_it(curve: CurvePlot) -> None:
    x = np.arange(0, 60_000, 100)
    curve.append("KL", x, np.random.default_rng(0).normal(5, 1, len(x)))
    QApplication.processEvents()
    assert count(canvas(curve), DARK.dream) > 50
    assert "about 10 values" in curve.toolTip()
    assert "average" in hover(curve, 30_000)


def test_that_points_appended_one_by_one_draw_what_one_call_draws(theme: Theme, qtbot: QtBot) -> None:
    x, y = np.arange(50) * 1000.0, np.sin(np.arange(50))
    plots = [CurvePlot(theme, [SeriesStyle("loss", Role.MODEL)], name="Loss") for _ in range(2)]
    for plot in plots:
        shown(plot, qtbot)
    plots[0].append("loss", x, y)
    for one, value in zip(x, y, strict=True):
        plots[1].append("loss", one, value)
    QApplication.processEvents()
    first, second = (canvas(plot).grab().toImage() for plot in plots)
    assert first == second


def test_that_a_hundred_thousand_points_are_drawn_as_a_few_for_each_pixel_with_their_spike(curve: CurvePlot) -> None:
    x = np.linspace(0, 1e6, 100_000)
    y = np.zeros(100_000)
    y[70_000] = 9.0  # one spike in a hundred thousand is still seen
    curve.append("KL", x, y)
    QApplication.processEvents()
    drawn = lines(curve)
    assert len(drawn) == 2  # the values and their average
    for drawn_x, drawn_y in drawn:
        assert 200 < len(drawn_x) < 2 * canvas(curve).width()
        assert drawn_y.max() > 0.5
    assert max(drawn_y.max() for _, drawn_y in drawn) == 9.0


def test_that_flags_are_drawn_and_described_under_the_cursor(curve: CurvePlot) -> None:
    curve.append("KL", np.arange(0, 100_000, 1000), np.full(100, 4.0))
    curve.set_flags([(46_200, "training horizon 10 to 15")])
    QApplication.processEvents()
    assert count(canvas(curve), DARK.warn) > 30
    assert "change at 46.2k: training horizon 10 to 15" in hover(curve, 46_200)
    assert "training horizon" not in hover(curve, 80_000)
    items = len(drawing(curve).items())
    curve.set_flags([(1000.0 * i, "speed") for i in range(100)])
    QApplication.processEvents()
    assert len(drawing(curve).items()) == items and count(canvas(curve), DARK.warn) > 100 * 30
    curve.set_flags([])
    QApplication.processEvents()
    assert count(canvas(curve), DARK.warn) == 0


def test_that_the_reference_is_inside_the_axes_and_in_the_legend(theme: Theme, qtbot: QtBot) -> None:
    plot = CurvePlot(theme, [SeriesStyle("KL", Role.DREAM)], name="KL", reference=Reference(3.0, "3 free nats"))
    shown(plot, qtbot)
    plot.append("KL", [0, 1000], [20.0, 30.0])
    assert plot.visible_range()[2] <= 3.0
    assert "3 free nats (dashed)" in plot.legend.accessibleName()
    plot.set_reference(None)
    assert plot.visible_range()[2] > 15.0
    assert plot.legend.accessibleName() == "", "one line alone needs no legend"


def test_that_the_step_axis_abbreviates_thousands(curve: CurvePlot) -> None:
    axis = drawing(curve).getAxis("bottom")
    assert axis.tickStrings([0.0, 50_000.0, 100_000.0], 1.0, 50_000.0) == ["0", "50k", "100k"]
    assert axis.labelText == "environment steps"


def test_that_losses_that_are_all_nan_leave_the_plot_empty(curve: CurvePlot) -> None:
    curve.append("KL", [0, 1], [math.nan, math.nan])
    assert not canvas(curve).isVisible()


def test_that_a_line_without_values_beside_another_one_warns_of_nothing(theme: Theme, qtbot: QtBot) -> None:
    styles = [SeriesStyle("steps", Role.REAL), SeriesStyle("updates", Role.MODEL)]
    plot = CurvePlot(theme, styles, name="Speed", smoothing_span=1, empty_text=EMPTY)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        shown(plot, qtbot)
        plot.append("steps", [0, 1], [3.0, 4.0])
        plot.append("updates", [0, 1], [math.nan, math.nan])
        QApplication.processEvents()
        plot.grab()
    assert canvas(plot).isVisible() and [str(each.message) for each in warned] == []


def test_that_marked_points_below_zero_disappear_from_a_logarithmic_axis_without_a_warning(
    theme: Theme, qtbot: QtBot
) -> None:
    styles = [SeriesStyle("actor", Role.REAL), SeriesStyle("value", Role.MODEL)]
    plot = CurvePlot(theme, styles, name="Losses", smoothing_span=1)
    shown(plot, qtbot)
    plot.append("actor", [0, 1, 2], [-3.0, -4.0, 5.0])
    plot.append("value", [0, 1, 2], [1.0, 2.0, 3.0])
    plot.grab()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        plot.set_log(True)
        plot.grab()
        drawing(plot).setXRange(0, 1, padding=0)  # only points without a place are in sight
        plot.grab()
        plot.append("actor", 3, -1.0)
        plot.grab()
    assert [str(each.message) for each in warned] == []


def test_that_a_band_is_filled_and_the_readout_names_its_deviation(theme: Theme, qtbot: QtBot) -> None:
    plot = CurvePlot(theme, [SeriesStyle("return", Role.REAL)], name="Return")
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show()
    plot.append("return", [0, 1000], [0.0, 100.0])
    x, mean = np.array([0.0, 1000.0]), np.array([50.0, 50.0])
    grounds = []
    for std in (0.0, 20.0):
        plot.set_band(Band("published", x, mean, np.full(2, std)))
        image = plot.grab().toImage()
        middle = image.height() // 2 - 20
        grounds.append({image.pixel(250, row) for row in range(middle - 30, middle + 30)})
    assert len(grounds[1] - grounds[0]) > 0
    assert hover(plot, 500).splitlines()[-1] == "published 50 \N{PLUS-MINUS SIGN} 20"


@pytest.mark.parametrize("kind", ["timeline", "curve"])
def test_that_a_plot_whose_lines_are_kept_drawn_looks_like_a_new_one_after_each_change(
    theme: Theme, qtbot: QtBot, kind: str
) -> None:
    def make() -> Plot:
        if kind == "timeline":
            return shown(TimelinePlot(theme, name="Reward"), qtbot)
        return shown(CurvePlot(theme, [SeriesStyle("received", Role.REAL)], name="Return"), qtbot)

    def image(plot: Plot, steps: int) -> QImage:
        x = np.arange(float(steps))
        y = x * np.sin(x / 5)
        if isinstance(plot, TimelinePlot):
            plot.set_series("received", x, y)
            plot.set_series("in the dream", x, -y)
            plot.set_now(steps / 2, steps - 1.0)
        elif isinstance(plot, CurvePlot):
            begun = len(plot.history("received"))
            plot.append("received", x[begun:], y[begun:])
        QApplication.processEvents()
        return plot.grab().toImage()

    kept = make()
    first = image(kept, 50)
    theme.set_scheme("light" if theme.palette is DARK else "dark")
    QApplication.processEvents()
    switched = kept.grab().toImage()
    assert switched == image(make(), 50) != first
    assert image(kept, 90) == image(make(), 90) != switched
