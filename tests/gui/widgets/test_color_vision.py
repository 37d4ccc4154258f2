"""Lines of one plot can be told apart by a person who confuses red and green."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.compare.plots_panel import STYLES, ComparePlotsPanel
from dreamer_studio.studio.curve_cards.curves import CURVES
from dreamer_studio.studio.dream.plots_panel import ScenePlotsPanel
from dreamer_studio.studio.theme import CONTRAST, DARK, LIGHT, Palette, Theme
from dreamer_studio.studio.widgets.plots.graph import style_pen
from dreamer_studio.studio.widgets.plots.run_colors import MOST_RUNS
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import CAME, DREAMED, REWARD_SERIES, SEEN, VALUE_SERIES, TimelinePlot
from dreamer_studio.viewing.role import Role
from tests.support.color_vision import MATRICES, distance

ALIKE = 25.0
"""Distance in CIE Lab below which thin lines may be taken for one another."""

PLOTS: dict[str, Sequence[SeriesStyle]] = {
    **{f"curve {curve.title}": [line.style for line in curve.lines] for curve in CURVES},
    "reward": REWARD_SERIES,
    "value": VALUE_SERIES,
    "compare": STYLES,
    "other runs": [SeriesStyle(f"run {place}", Role.NEUTRAL, run=place) for place in range(MOST_RUNS)],
}


def dashes(palette: Palette, style: SeriesStyle) -> tuple[float, ...]:
    pen = style_pen(palette, style)
    return () if pen.style() is Qt.PenStyle.SolidLine else tuple(pen.dashPattern())


def alike(lines: Sequence[SeriesStyle], palette: Palette, vision: str) -> list[tuple[str, str]]:
    """Return the pairs of lines with the same dashes and nearly the same color, as seen with this vision."""
    return [
        (one.name, other.name)
        for one, other in combinations(lines, 2)
        if distance(style_pen(palette, one).color().name(), style_pen(palette, other).color().name(), vision) < ALIKE
        and dashes(palette, one) == dashes(palette, other)
    ]


@pytest.mark.parametrize("vision", MATRICES)
@pytest.mark.parametrize("palette", [LIGHT, DARK, CONTRAST], ids=lambda palette: palette.name)
@pytest.mark.parametrize("plot", PLOTS)
def test_that_lines_of_similar_colors_differ_in_their_dashes(plot: str, palette: Palette, vision: str) -> None:
    assert alike(PLOTS[plot], palette, vision) == []


@pytest.mark.parametrize("panel", [ScenePlotsPanel, ComparePlotsPanel])
def test_that_lines_of_similar_colors_differ_in_every_plot_of_a_panel(
    theme: Theme, qtbot: QtBot, panel: type[QWidget]
) -> None:
    made = panel(theme)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    plots = made.findChildren(TimelinePlot)
    assert len(plots) >= 4
    for plot, palette, vision in product(plots, (LIGHT, DARK, CONTRAST), MATRICES):
        assert alike(list(plot.styles.values()), palette, vision) == [], plot.accessibleName()


def test_that_the_simulation_confuses_red_with_green_and_keeps_blue_apart() -> None:
    assert distance("#b05a3c", "#6e7c3c", "usual") > 40
    assert distance("#b05a3c", "#6e7c3c", "deuteranopia") < 15
    assert distance("#1466a8", "#945800", "deuteranopia") > 60


def test_that_the_lines_of_a_value_plot_are_named_at_their_ends_unless_the_names_would_cover_each_other(
    theme: Theme, qtbot: QtBot
) -> None:
    plot = TimelinePlot(theme, VALUE_SERIES, name="Value")
    qtbot.addWidget(plot)
    plot.resize(500, 260)
    plot.show()
    x = np.arange(100.0)
    plot.set_series(SEEN, x[:60], 10 + np.sin(x[:60] / 9))
    plot.set_series(DREAMED, x[60:], 11 + np.cos(x[60:] / 9))
    plot.set_series(CAME, x[:80], 8 + np.sin(x[:80] / 5))
    plot.set_now(59.0, 99.0)

    def ends() -> list[str]:
        return list(plot.named_ends)

    QApplication.processEvents()
    assert ends() == ["saw", "dreamed", "came"]
    plot.set_series(CAME, x[:60], 10.1 + np.sin(x[:60] / 9))
    assert ends() == ["saw", "dreamed"]
    plot.hold_at(0, 50)
    QApplication.processEvents()
    assert not ends()
    plot.clear()
    assert not ends()
