"""A training killed at three moments continues each time, and nothing finished is lost."""

import sys
from pathlib import Path

import pytest

from benchmarks.reliability.kills import Moment, run_kills, stop_properly
from dreamer_studio.runs.folder import RunFolder
from tests.support.boards import check_board

TASK = "gym:CartPole-v1"
MOMENTS: tuple[Moment, ...] = ("episode write", "checkpoint write", "in training")


@pytest.mark.skipif(sys.platform != "linux", reason="inotify tells the moments")
def test_that_a_training_killed_while_it_writes_and_while_it_trains_loses_nothing_finished(tmp_path: Path) -> None:
    run = tmp_path / "run"
    kills = run_kills(run, TASK, MOMENTS, seed=3)
    assert [kill.wrong for kill in kills] == [()] * len(MOMENTS)
    assert stop_properly(run, TASK) == []
    check_board(RunFolder(run))
