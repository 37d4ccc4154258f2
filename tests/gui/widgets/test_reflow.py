"""Widgets that place their children by the room there is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar, together
from dreamer_studio.studio.widgets.layout.turning_box import TurningBox
from dreamer_studio.studio.widgets.scroll import scrolled


class Block(QWidget):
    """A widget with a preferred and a least size."""

    def __init__(self, width: int, height: int, least: tuple[int, int] = (50, 40)) -> None:
        super().__init__()
        self._size, self._least = QSize(width, height), QSize(*least)

    def sizeHint(self) -> QSize:
        return self._size

    def minimumSizeHint(self) -> QSize:
        return self._least

    def prefer(self, width: int, height: int) -> None:
        self._size = QSize(width, height)
        self.updateGeometry()


def in_area(content: QWidget, qtbot: QtBot, width: int, height: int) -> QScrollArea:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(content)
    area = scrolled(page)
    qtbot.addWidget(area)
    area.resize(width, height)
    area.show()
    settle()
    return area


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def places(blocks: list[Block]) -> list[tuple[int, int]]:
    return [(block.x(), block.y()) for block in blocks]


@pytest.mark.parametrize(
    ("count", "width", "columns"),
    [(4, 900, 4), (4, 700, 2), (4, 420, 2), (4, 300, 1), (6, 700, 3), (5, 900, 3), (1, 900, 1), (0, 900, 1)],
)
def test_that_cards_stand_in_even_rows_of_as_many_as_fit(qtbot: QtBot, count: int, width: int, columns: int) -> None:
    grid = CardGrid([Block(250, 200) for _ in range(count)], cell=200)
    qtbot.addWidget(grid)
    assert grid.columns(width) == columns


@pytest.mark.parametrize(("width", "height"), [(900, 500), (700, 500), (300, 500), (120, 90)])
def test_that_cards_fill_the_width_without_overlap_or_sideways_scrolling(qtbot: QtBot, width: int, height: int) -> None:
    blocks = [Block(250, 200) for _ in range(4)]
    area = in_area(CardGrid(blocks, cell=200), qtbot, width, height)
    assert not area.horizontalScrollBar().isVisible()
    right = max(block.geometry().right() for block in blocks)
    assert right == area.viewport().width() - 1
    rectangles = [block.geometry() for block in blocks]
    assert not any(one.intersects(other) for at, one in enumerate(rectangles) for other in rectangles[at + 1 :])
    assert all(block.height() >= 40 for block in blocks)


def test_that_a_hidden_card_leaves_its_room_to_the_others(qtbot: QtBot) -> None:
    blocks = [Block(250, 200) for _ in range(4)]
    grid = CardGrid(blocks, cell=200)
    qtbot.addWidget(grid)
    grid.resize(900, 300)
    grid.show()
    blocks[1].hide()
    settle()
    assert [block.width() for block in blocks if block.isVisible()] == [296, 296, 296]
    blocks[1].show()
    settle()
    assert blocks[0].width() < 296


def test_that_parts_turn_where_the_width_ends(qtbot: QtBot) -> None:
    left, right = Block(300, 200), Block(300, 200)
    box = TurningBox(((left, 1), (right, 2)), beside=600, gap=0)
    qtbot.addWidget(box)
    box.resize(900, 400)
    box.show()
    assert (left.width(), right.width(), right.x(), right.y()) == (300, 600, 300, 0)
    box.resize(599, 600)
    assert (left.height(), right.height(), right.x(), right.y()) == (200, 400, 0, 200)
    assert box.minimumSizeHint() == QSize(50, 80)


def test_that_a_part_gets_its_least_length_before_the_others_share(qtbot: QtBot) -> None:
    narrow, wide = Block(10, 10, (50, 10)), Block(10, 10, (400, 10))
    box = TurningBox(((narrow, 1), (wide, 1)), beside=0, gap=0)
    qtbot.addWidget(box)
    box.resize(500, 100)
    box.show()
    assert (narrow.width(), wide.width()) == (100, 400)


def test_that_a_bar_breaks_like_words(qtbot: QtBot) -> None:
    blocks = [Block(100, 20, (100, 20)) for _ in range(5)]
    bar = FlowBar(blocks, gap=10)
    area = in_area(bar, qtbot, 560, 200)
    assert places(blocks) == [(0, 0), (110, 0), (220, 0), (330, 0), (440, 0)]
    assert bar.height() == 20
    area.resize(340, 200)
    settle()
    assert places(blocks) == [(0, 0), (110, 0), (220, 0), (0, 30), (110, 30)]
    assert bar.height() == 50 and not area.horizontalScrollBar().isVisible()


def test_that_a_bar_does_not_part_a_box_and_its_label(qtbot: QtBot) -> None:
    pairs = [(Block(60, 20, (60, 20)), Block(60, 20, (60, 20))) for _ in range(3)]
    bar = FlowBar([together(*pair, gap=4) for pair in pairs], gap=4)
    area = in_area(bar, qtbot, 200, 200)
    tops = [[block.mapTo(bar, block.rect().topLeft()).y() for block in pair] for pair in pairs]
    assert all(first == second for first, second in tops)
    assert all(above[0] < below[0] for above, below in pairwise(tops))
    assert not area.horizontalScrollBar().isVisible()


def test_that_a_bar_in_a_bar_leaves_no_room_for_a_line_that_it_does_not_need(qtbot: QtBot) -> None:
    number, last, beside = (Block(50, 20, least=(50, 20)) for _ in range(3))
    inner = FlowBar((number, last))
    outer = FlowBar((inner, beside))
    qtbot.addWidget(outer)
    outer.resize(400, 100)
    outer.show()
    settle()
    number.prefer(90, 20)  # two lines in the width that the inner bar has now
    outer.resize(390, 100)
    settle()
    assert places([number, last]) == [(0, 0), (96, 0)]
    assert [inner.height(), beside.height(), outer.minimumSizeHint().height()] == [20, 20, 20]
