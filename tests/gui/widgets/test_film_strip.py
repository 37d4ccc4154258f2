"""The film strip's painting."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.film_strip import CELL, FOOT, GAP, GRIP, LABELS, FilmStrip, Mark, StripRow
from dreamer_studio.viewing.role import Role
from tests.support.pixels import pixels

CONTEXT = 3


def label_columns(strip: FilmStrip) -> NDArray[np.bool_]:
    """Return the columns of pixels that have ink at the strip's foot, below the triangles."""
    foot = pixels(strip)[CELL + GAP + 7 : CELL + GAP + FOOT].astype(int)
    ground = foot[-1, -1]
    inked: NDArray[np.bool_] = (np.abs(foot - ground).max(axis=2) > 40).any(axis=0)
    return inked


@pytest.mark.parametrize(("column", "left"), [(CONTEXT + 1, True), (CONTEXT + 6, False)])
def test_that_the_label_of_the_context_makes_room_for_the_label_of_a_near_mark(
    theme: Theme, qtbot: QtBot, column: int, left: bool
) -> None:
    strip = FilmStrip(theme, "empty", 1)
    qtbot.addWidget(strip)
    strip.resize(1200, strip.sizeHint().height())
    row = StripRow("Real", Role.REAL, np.zeros((12, CELL, CELL, 3), np.uint8))
    strip.set_rows([row], 12, CONTEXT, [Mark(column, "they differ from here on", Role.DREAM)])
    strip.show()
    ink, context, mark = label_columns(strip), strip.x_of(CONTEXT), strip.x_of(column)
    assert ink[mark + 8 :].any()
    assert ink[: context - 8].any() == left
    assert ink[context + 8 : mark - 8].any() == (not left)


def test_that_as_many_frames_are_shown_as_fit(theme: Theme, qtbot: QtBot) -> None:
    strip = FilmStrip(theme, "Nothing yet.")
    qtbot.addWidget(strip)
    fitting = 17
    strip.resize(LABELS + GRIP + fitting * (CELL + GAP) + 10, 300)
    for columns in (5, 17, 18, 50, 300):
        frames = np.zeros((columns, 64, 64, 3), np.uint8)
        strip.set_rows((StripRow("Real", Role.REAL, frames),), columns, 3)
        assert len(strip.shown) == min(columns, fitting)
        assert strip.shown[0] == 0 and strip.shown[-1] < columns
        steps = np.diff(strip.shown)
        assert steps.max() - steps.min() <= 1  # evenly spaced
        for column in (0, columns // 2, columns - 1):
            assert strip.column_at(strip.x_of(column) + 1) in (column, column - 1, column + 1)
