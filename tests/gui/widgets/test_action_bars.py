import math

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import DARK, Theme
from dreamer_studio.studio.widgets.action_bars import ActionBars, _Rows
from tests.support.pixels import pixels, rgb


def marker_column(bars: ActionBars, row: int, rows: int) -> float:
    """Return the middle of the marker in a row, counted from the middle of the bars."""
    image = pixels(bars)
    height = image.shape[0] / rows
    line = image[int((row + 0.5) * height)]
    lit = np.flatnonzero((line == rgb(DARK.text)).all(axis=1))
    number = bars.fontMetrics().horizontalAdvance("+0.00") + 10
    lit = lit[lit < image.shape[1] - number]
    return float(lit.mean())


def test_that_markers_stand_where_the_values_are_and_stop_at_the_ends(theme: Theme, qtbot: QtBot) -> None:
    bars = ActionBars(theme, ["aa", "bb", "cc", "dd"])
    qtbot.addWidget(bars)
    bars.resize(400, bars.sizeHint().height())
    bars.set_values([-1, 0, 1, 5])
    bars.show()
    QApplication.processEvents()
    least, middle, most, beyond = (marker_column(bars, row, 4) for row in range(4))
    assert middle == pytest.approx((least + most) / 2, abs=1.5)
    assert most - least > 150
    assert beyond == most
    assert bars.rows_in_words() == ["aa -1.00", "bb +0.00", "cc +1.00", "dd +5.00"]


def test_that_a_name_is_whole_where_there_is_room(theme: Theme, qtbot: QtBot) -> None:
    names = ["push left", "push right"]
    bars = ActionBars(theme, names)
    qtbot.addWidget(bars)
    bars.resize(300, bars.sizeHint().height())
    bars.show()
    (rows,) = bars.findChildren(_Rows)
    longest = rows.fontMetrics().horizontalAdvance(names[1])
    assert longest < rows.bar(1).left() < 2 * longest


def test_that_the_largest_discrete_value_is_marked_as_chosen(theme: Theme, qtbot: QtBot) -> None:
    bars = ActionBars(theme, ["left", "right"], "discrete")
    qtbot.addWidget(bars)
    bars.set_values([0, 1])
    assert bars.rows_in_words() == ["left 0.00", "right 1.00 (chosen)"]
    assert bars.accessibleDescription() == "right"


def test_that_a_value_that_is_not_a_number_is_shown_as_nan(theme: Theme, qtbot: QtBot) -> None:
    bars = ActionBars(theme, ["hip"])
    qtbot.addWidget(bars)
    bars.set_values([math.nan])
    bars.grab()
    assert bars.rows_in_words() == ["hip NaN"]
    bars.set_values(None)
    assert bars.rows_in_words() == ["hip"]


def test_that_more_than_eight_rows_scroll(theme: Theme, qtbot: QtBot) -> None:
    eight, many = (ActionBars(theme, [f"joint {i}" for i in range(n)]) for n in (8, 21))
    for bars in (eight, many):
        qtbot.addWidget(bars)
        bars.resize(250, bars.sizeHint().height())
        bars.show()
    QApplication.processEvents()
    ranges = [bars.findChild(QScrollArea).verticalScrollBar().maximum() for bars in (eight, many)]  # type: ignore[union-attr]
    assert many.height() == eight.height()
    assert ranges[0] == 0
    assert ranges[1] > eight.height()


def test_that_an_action_of_another_size_is_refused(theme: Theme, qtbot: QtBot) -> None:
    bars = ActionBars(theme, ["hip", "knee"])
    qtbot.addWidget(bars)
    with pytest.raises(ValueError, match="2 values"):
        bars.set_values([0.0])
