"""The panels of the Compare workspace, and the workspace that fills them, on made values."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.compare.images_panel import CompareImagesPanel
from dreamer_studio.studio.compare.plots_panel import HERE, LETTERS, MEAN, ComparePlotsPanel
from dreamer_studio.studio.compare.strip_panel import CompareStripPanel
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.compare.messages import CompareChannels
from dreamer_studio.viewing.film.choices import CHECKPOINTS_PER_SECOND
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.role import Role
from tests.support.made_values import made_comparison, made_contestants, made_status
from tests.support.reading import card

ROLES = [Role.MODEL, Role.DREAM]


def shown(panel: QWidget, bot: QtBot) -> None:
    bot.addWidget(panel)
    panel.resize(900, 500)
    panel.show()


def test_that_the_strip_has_a_row_for_each_checkpoint_and_marks_the_open_loop(theme: Theme, qtbot: QtBot) -> None:
    panel = CompareStripPanel(theme)
    shown(panel, qtbot)
    result = made_comparison(made_contestants(2), left_out=("step 9, update 9 is gone.",))
    panel.show_compared(result, ["first", "second"], ROLES, 3)
    strip = panel.strip
    assert [(row.name, row.role) for row in strip.rows] == [
        ("Real", Role.REAL),
        ("first", Role.MODEL),
        ("second", Role.DREAM),
    ]
    for row, images in zip(strip.rows, (result.real, *(course.model for course in result.courses)), strict=True):
        assert row.frames is images
    assert [mark.column for mark in strip.marks] == [2] and strip.column == 3
    dot = "\N{MIDDLE DOT}"
    assert card(panel).subtitle == f"replay, episode 4, frame 11 {dot} context 2 {dot} open loop 4 steps {dot} seed 3"
    assert card(panel).caption == "Left out: step 9, update 9 is gone."
    panel.show_compared(None, [], [], 0)
    assert not strip.rows and card(panel).subtitle == card(panel).caption == ""


def test_that_the_plots_draw_the_errors_of_each_checkpoint_at_the_rows_of_the_episode(
    theme: Theme, qtbot: QtBot
) -> None:
    panel = ComparePlotsPanel(theme)
    shown(panel, qtbot)
    result = made_comparison(made_contestants(2), decoded=3)
    panel.show_compared(result, 4)
    for plot, errors in zip(panel.along, ("image_error", "reward_error"), strict=True):
        for letter, course, columns in zip(LETTERS, result.courses, (6, 3), strict=False):
            x, y = plot.series(letter)
            np.testing.assert_array_equal(x, np.arange(10, 10 + columns))
            np.testing.assert_array_equal(y, getattr(course, errors)[:columns])
        assert len(plot.series("C")[1]) == 0 and plot.playhead == 14
    picked: list[int] = []
    panel.cursorMoved.connect(picked.append)
    for row in (12.4, 9.0, 99.0):
        panel.along[0].picked.emit(row)
    assert picked == [2, 0, 5]


def test_that_the_plots_of_a_time_lapse_draw_the_mean_open_loop_error_over_the_training(
    theme: Theme, qtbot: QtBot
) -> None:
    panel = ComparePlotsPanel(theme)
    shown(panel, qtbot)
    panel.show_compared(made_comparison(made_contestants(3), decoded=3, lapse=True), 4)
    image, reward = panel.over_training
    assert image.isVisible() and not panel.along[0].isVisible()
    for plot, scale in ((image, 1), (reward, 10)):
        steps, means = plot.series(MEAN)
        np.testing.assert_array_equal(steps, [0, 1, 2])
        np.testing.assert_allclose(means, scale * np.array([0.35, 1.35, 2.2]))  # the last has one open-loop frame yet
        np.testing.assert_allclose(plot.series(HERE)[1], scale * np.array([0.4, 1.4, np.nan]))


def test_that_the_images_at_the_cursor_have_their_errors_and_one_not_decoded_yet_is_empty(
    theme: Theme, qtbot: QtBot
) -> None:
    panel = CompareImagesPanel(theme)
    shown(panel, qtbot)
    result = made_comparison(made_contestants(2), decoded=3)
    panel.show_compared(result, ["A: ", "B: "], 4)
    real, first, second = panel.grid.cells
    assert (real.number, first.name, first.number) == ("reward 4.00", "A: 0", "error 0.4000")
    assert real.image is not None and (real.image == 200).all() and first.image is not None and not first.image.any()
    assert (second.name, second.number, second.image) == ("B: 1", "", None)
    assert card(panel).caption == "Frame 14 of the episode, step 3 of the open loop: no checkpoint sees this frame."
    panel.show_compared(result, ["A: ", "B: "], 1)
    assert panel.grid.cells[2].image is not None
    assert card(panel).caption == "Frame 11 of the episode, frame 2 of the context: all checkpoints see it."


def test_that_run_through_shows_the_checkpoints_of_a_time_lapse_in_turn(
    theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, now = CompareImagesPanel(theme), 100.0
    shown(panel, qtbot)
    monkeypatch.setattr(time, "monotonic", lambda: now)
    letters = [""] * 3
    panel.show_compared(made_comparison(made_contestants(3)), letters, 4)
    assert not panel.run_through.isVisible()
    result = made_comparison(made_contestants(3), lapse=True)
    panel.show_compared(result, letters, 4)
    qtbot.mouseClick(panel.run_through, Qt.MouseButton.LeftButton, pos=QPoint(5, panel.run_through.height() // 2))
    seen = []
    for _ in range(4):
        panel.show_compared(result, letters, 4)
        seen.append([cell.name for cell in panel.grid.cells])
        now += 1.01 / CHECKPOINTS_PER_SECOND
    assert seen == [["Real", "0"], ["Real", "1"], ["Real", "2"], ["Real", "0"]]


def test_that_the_workspace_shows_the_answer_and_one_cursor_moves_all_panels(theme: Theme, qtbot: QtBot) -> None:
    channels = CompareChannels()
    workspace = CompareWorkspace(theme, channels, lambda: FrameRef(False, 4, 11))
    shown(workspace, qtbot)
    status = made_status(replay_newest=5)
    own, other = made_contestants(2), made_contestants(2, folder=status.folder.with_name("elsewhere"))
    channels.checkpoints.ask(None)
    channels.checkpoints.answer(channels.checkpoints.generation, (*own, *other), done=False)
    workspace.refresh(status)
    assert workspace.capture() is None
    workspace.show_lapse(True)
    taken = channels.scene.take()
    assert taken is not None and taken[1].contestants == own and taken[1].lapse  # those of the open run
    channels.scene.answer(taken[0], made_comparison((*own, other[1])))
    workspace.refresh(status)
    assert [row.name for row in workspace.strip.strip.rows] == [
        "Real",
        "A: step 0, update 0",
        "B: step 1, update 1",
        "C: elsewhere step 1, update 1",
    ]
    workspace.plots.cursorMoved.emit(4)
    workspace.refresh(status)
    capture = workspace.capture()
    assert capture is not None and capture.cursor == workspace.strip.strip.column == workspace.player.column == 4
    assert workspace.plots.along[0].playhead == 14 and workspace.images.grid.cells[0].number == "reward 4.00"
