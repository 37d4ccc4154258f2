"""The list of episodes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.replay.episodes_panel import EpisodesPanel
from dreamer_studio.studio.replay.image_cache import FrameCache, ImageCache
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.catalog import Running
from tests.support.made_values import made_catalog

ROWS = 20
RUNNING = Running(7, 0, 5, 5, 1.0)


def test_that_the_selected_episode_stays_selected_when_the_list_changes(theme: Theme, qtbot: QtBot) -> None:
    images, frames = ImageCache(), FrameCache()
    panel = EpisodesPanel(theme, images, frames)
    qtbot.addWidget(panel)
    panel.show()
    picked: list[FrameRef] = []
    panel.picked.connect(picked.append)
    panel.set_catalog(made_catalog(0, 1, 2, 3, rows=ROWS, running=RUNNING))
    panel.table.selectRow(2)
    assert picked == [FrameRef(False, 2, ROWS // 2)]
    for numbers in ((0, 2, 3, 4), (2, 3, 4, 6)):  # as many as before, and all in another place
        panel.set_catalog(made_catalog(*numbers, rows=ROWS, running=RUNNING))
        assert panel.table.currentIndex().row() == 1 + sorted(numbers, reverse=True).index(2)
        shown = [panel.table.model().index(at, 1).data() for at in range(5)]
        assert shown == ["7", *map(str, reversed(numbers))]
    assert picked == [FrameRef(False, 2, ROWS // 2)]
    assert panel.rows_of(FrameRef(False, 2, 0)) == range(ROWS)
    assert panel.rows_of(FrameRef(False, 1, 0)) == range(0)
    assert panel.rows_of(FrameRef(True, 6, 0)) == range(0)


@pytest.mark.parametrize(
    ("width", "headings"),
    [
        (700, ["", "Episode", "Source", "Length", "End", "Return", "Env. steps"]),
        (440, ["", "Episode", "Source", "Length", "End", "Return"]),
        (320, ["", "Episode", "End", "Return"]),
    ],
)
def test_that_a_narrow_list_leaves_out_columns_instead_of_scrolling_sideways(
    theme: Theme, qtbot: QtBot, width: int, headings: list[str]
) -> None:
    panel = EpisodesPanel(theme, ImageCache(), FrameCache())
    qtbot.addWidget(panel)
    panel.set_catalog(made_catalog(0, 1, 2, rows=ROWS))
    panel.resize(width, 400)
    panel.show()
    model = panel.table.model()
    shown = [column for column in range(model.columnCount()) if not panel.table.isColumnHidden(column)]
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in shown] == headings
    assert panel.table.horizontalScrollBar().maximum() == 0


def test_that_columns_have_their_widths_again_once_there_is_room(theme: Theme, qtbot: QtBot) -> None:
    panel = EpisodesPanel(theme, ImageCache(), FrameCache())
    qtbot.addWidget(panel)
    panel.resize(700, 400)
    panel.show()
    columns = range(panel.table.model().columnCount())
    widths = [panel.table.columnWidth(column) for column in columns]
    panel.resize(200, 400)
    assert panel.table.columnWidth(1) < widths[1]
    panel.resize(700, 400)
    assert [panel.table.columnWidth(column) for column in columns] == widths
