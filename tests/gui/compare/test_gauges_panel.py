"""Checkpoints through the gauges, on a made comparison."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.compare.gauges_panel import EMPTY
from dreamer_studio.studio.compare.own_scatter import OwnPoint, OwnScatter
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.theme import DARK, Theme
from dreamer_studio.trust.comparing.comparison import Answers, Comparison, Contestant, own_checkpoints_of
from dreamer_studio.trust.comparing.difference import Difference
from dreamer_studio.trust.comparing.own_returns import OwnReturns
from dreamer_studio.trust.measured import Measured
from dreamer_studio.viewing.compare.messages import CompareChannels, GaugesRequest, GaugesResult
from dreamer_studio.viewing.role import Role
from tests.support.made_values import made_contestants, made_status
from tests.support.pixels import count


def number(value: float, low: float, high: float) -> Measured:
    return Measured(value, low, high, 8, "cannot tell")


def made_comparison(folder: Path) -> Comparison:
    """Return a comparison of two checkpoints by three quantities."""
    unknown = number(math.nan, math.nan, math.nan)
    first, second = (
        Contestant(folder / "checkpoints" / f"00000{n}-step-{1000 * n}-update-{n}", 1000 * n, n) for n in (1, 2)
    )
    values = {"picture": number(12.3, 11.0, 13.0), "rollout": number(9.0, 8.0, 10.0), "value": unknown}
    differences = {
        "picture": Difference(number(0.8, 0.3, 1.2), "dB", 0.97),
        "rollout": Difference(number(-2.0, -3.0, -1.0), "dB", 0.97),
        "value": Difference(unknown, "dB nearer to 1", 0.97),
    }
    returns = OwnReturns(np.array([[50.0, 40.0, 10.0]] * 4))
    answers = Answers(first, values, {}, returns), Answers(second, values, differences, returns)
    notes = ("settings of a and b differ: horizon 15 and 20",)
    return Comparison(
        "gym:Ring-v0", answers, ("test",) * 8, 4, 15, notes, ("b, step 7: gone",), 0, {}, own_checkpoints_of(answers)
    )


@pytest.fixture
def channels() -> CompareChannels:
    return CompareChannels()


@pytest.fixture
def workspace(theme: Theme, qtbot: QtBot, channels: CompareChannels) -> Iterator[CompareWorkspace]:
    made = CompareWorkspace(theme, channels, lambda: None)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    made.refresh(made_status())
    asked = channels.checkpoints.take()
    assert asked is not None
    channels.checkpoints.answer(asked[0], made_contestants(3), done=False)
    made.refresh(made_status())
    made.bar.gauges.click()
    yield made
    made.close()


def tick(workspace: CompareWorkspace, count: int) -> None:
    for row in range(count):
        workspace.list.list.item(row).setCheckState(Qt.CheckState.Checked)
    workspace.refresh(made_status())


def compare_two(workspace: CompareWorkspace, channels: CompareChannels, folder: Path) -> None:
    """Ask for the comparison of two checkpoints, and answer with a made one."""
    tick(workspace, 2)
    workspace.gauges.judge.click()
    taken = channels.gauges.take()
    assert taken is not None
    channels.gauges.answer(taken[0], GaugesResult(taken[1], made_comparison(folder)))
    workspace.refresh(made_status())


def test_that_two_ticked_checkpoints_can_be_judged_and_the_judging_canceled(
    workspace: CompareWorkspace, channels: CompareChannels
) -> None:
    panel = workspace.gauges
    assert panel.isVisible() and panel.line == EMPTY
    assert not panel.judge.isEnabled() and not panel.cancel.isEnabled() and not panel.export.isEnabled()
    tick(workspace, 2)
    assert panel.judge.text() == "Judge 2 checkpoints"
    panel.judge.click()
    request = channels.gauges.request
    assert request == GaugesRequest(made_contestants(3)[:2], 4)
    taken = channels.gauges.take()
    assert taken is not None
    channels.gauges.answer(taken[0], GaugesResult(request, None, "plays episode 1 of 4, step 9", 12.3), done=False)
    workspace.refresh(made_status())
    assert panel.line == "plays episode 1 of 4, step 9 (12 s)"
    assert panel.cancel.isEnabled() and not panel.judge.isEnabled()
    panel.cancel.click()
    workspace.refresh(made_status())
    assert not channels.gauges.asked and panel.judge.isEnabled() and panel.line == EMPTY


def test_that_the_focus_goes_from_judge_to_cancel_and_back(
    workspace: CompareWorkspace, channels: CompareChannels, qtbot: QtBot
) -> None:
    tick(workspace, 2)
    judge, cancel = workspace.gauges.judge, workspace.gauges.cancel
    judge.setFocus()
    qtbot.waitUntil(judge.hasFocus)
    qtbot.keyClick(judge, Qt.Key.Key_Space)
    workspace.refresh(made_status())
    assert channels.gauges.asked and cancel.hasFocus()
    qtbot.keyClick(cancel, Qt.Key.Key_Space)
    workspace.refresh(made_status())
    assert not channels.gauges.asked and judge.hasFocus()


def test_that_the_table_has_the_reference_and_the_differences_with_their_marks(
    workspace: CompareWorkspace, channels: CompareChannels, tmp_path: Path
) -> None:
    compare_two(workspace, channels, tmp_path / "a")
    panel, model = workspace.gauges, workspace.gauges.table.model()
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(2)]
    assert heads == ["A: step 1,000\na", "B: step 2,000\na"]
    rows = [model.headerData(row, Qt.Orientation.Vertical) for row in range(3)]
    assert rows == ["Reconstruction", "Rollout", "Value"]
    texts = [[model.index(row, column).data() for column in range(2)] for row in range(3)]
    assert texts == [
        ["12.3 (11 to 13)", "\N{BLACK UP-POINTING TRIANGLE} better by 0.8 dB (0.3 to 1.2)"],
        ["9 (8 to 10)", "\N{BLACK DOWN-POINTING TRIANGLE} worse by 2 dB (1 to 3)"],
        ["not known", "cannot tell"],
    ]
    roles = [model.index(row, 1).data(Qt.ItemDataRole.UserRole) for row in range(3)]
    assert roles == [Role.OK, Role.ERROR, Role.NEUTRAL]
    tip = model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "Reconstruction: better by 0.8 dB (0.3 to 1.2), n 8 episodes"
    below, returns = panel.captions
    assert (
        "A is the reference. All see the same 8 episodes, starts and noise; gap, value and policy come from 4 episodes "
        "that each plays itself. 95% intervals."
    ) in below
    assert "Settings of a and b differ: horizon 15 and 20." in below and "Left out: b, step 7: gone." in below
    assert returns == "a: Spearman 0, n 2 checkpoints."
    assert panel.returns.accessibleDescription() == "A real 4, imagined 5; B real 4, imagined 5"
    panel.write_files(tmp_path / "out")
    assert (tmp_path / "out" / "comparison.json").exists() and panel.export.isEnabled()
    told: list[str] = []
    workspace.problemFound.connect(told.append)
    panel.write_files(tmp_path / "out" / "comparison.json")
    assert len(told) == 1 and told[0].startswith("The comparison cannot be written: ")


def test_that_a_checkpoint_whose_returns_are_one_large_number_is_drawn(theme: Theme, qtbot: QtBot) -> None:
    scatter = OwnScatter(theme, empty_text="empty")
    qtbot.addWidget(scatter)
    same = number(1e9, math.nan, math.nan)
    scatter.show_points((OwnPoint("A", same, same),))
    scatter.resize(300, 300)
    scatter.show()
    qtbot.waitUntil(lambda: count(scatter, DARK.dream) > 8)


def test_that_a_failure_stands_in_the_line_and_the_table_stays(
    workspace: CompareWorkspace, channels: CompareChannels, tmp_path: Path
) -> None:
    compare_two(workspace, channels, tmp_path / "a")
    workspace.gauges.judge.click()
    channels.gauges.fail(channels.gauges.generation, "The environment failed: it hangs")
    workspace.refresh(made_status())
    assert workspace.gauges.line == "The environment failed: it hangs"
    assert workspace.gauges.table.rowCount() == 3 and workspace.gauges.judge.isEnabled()
    workspace.bar.gauges.click()
    assert workspace.strip.isVisible() and not workspace.gauges.isVisible()
