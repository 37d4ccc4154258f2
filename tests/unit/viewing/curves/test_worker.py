"""The worker that reads the logs of other runs, and the one that lists runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.config import write_config
from dreamer_studio.envs import build_config
from dreamer_studio.runs.best import TEST_FILE, BestCheckpoint, find_best, pack_returns
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import START, Session
from dreamer_studio.viewing.curves import worker as worker_module
from dreamer_studio.viewing.curves.messages import CurvesChannels, CurvesResult
from dreamer_studio.viewing.curves.worker import LogsWorker, RunsWorker
from tests.support.idle_session import CONFIG


@pytest.fixture(autouse=True)
def at_every_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", 0.0)


@pytest.fixture
def channels() -> CurvesChannels:
    made = CurvesChannels()
    made.logs.visible = True
    return made


def idle(folder: Path) -> Session:
    """Return a session on a folder, which never runs."""
    return Session(lambda: pytest.fail("opened"), CONFIG, folder, "cpu")


def make_run(path: Path, returns: list[float]) -> Path:
    RunFolder(path).make()
    write_config(build_config("gym:Pendulum-v1", "tiny", {"action_repeat": 2}), RunFolder(path).config_file)
    add_rows(path, returns)
    return path


def add_rows(path: Path, returns: list[float]) -> None:
    with RunFolder(path).metrics_file.open("a") as file:
        for step, value in enumerate(returns):
            row = {"kind": "train", "step": step, "update": 0, "time": 1.0, "return": value}
            file.write(json.dumps(row) + "\n")


def returns_of(result: CurvesResult | None, place: int = 0) -> list[Any]:
    assert result is not None
    return [row["return"] for row in result.runs[place].log.since(START)[0]]


def test_that_the_logs_of_the_requested_runs_are_followed(tmp_path: Path, channels: CurvesChannels) -> None:
    run = make_run(tmp_path / "one", [1.0, 2.0])
    worker = LogsWorker(idle(tmp_path / "own"), channels.logs)
    channels.logs.stand((run,))
    assert worker.turn()
    result = channels.logs.result
    assert returns_of(result) == [1, 2]
    assert result is not None and (result.runs[0].action_repeat, result.runs[0].problem) == (2, "")
    add_rows(run, [3.0])
    worker.turn()
    assert returns_of(result) == [1, 2, 3]
    assert channels.logs.result is result  # new rows reach the window through the log
    assert not worker.turn()


def test_that_only_runs_whose_settings_differ_by_the_seed_are_of_one_family(
    tmp_path: Path, channels: CurvesChannels
) -> None:
    runs = [make_run(tmp_path / name, [1.0]) for name in ("one", "two", "three")]
    for run, kl_scale in zip(runs[1:], (1.0, 2.0), strict=True):
        settings = {"action_repeat": 2, "seed": 7, "kl_scale": kl_scale}
        write_config(build_config("gym:Pendulum-v1", "tiny", settings), run / "config.json")
    worker = LogsWorker(idle(tmp_path / "own"), channels.logs)
    channels.logs.stand(tuple(runs))
    worker.turn()
    assert channels.logs.result is not None
    one, two, three = (run.family for run in channels.logs.result.runs)
    assert one == two != three and one


def test_that_a_run_added_later_leaves_the_others_as_they_are(tmp_path: Path, channels: CurvesChannels) -> None:
    runs = [make_run(tmp_path / name, [1.0]) for name in ("one", "two")]
    worker = LogsWorker(idle(tmp_path / "own"), channels.logs)
    channels.logs.stand((runs[0],))
    worker.turn()
    before = channels.logs.result
    channels.logs.stand(tuple(runs))
    worker.turn()
    after = channels.logs.result
    assert before is not None and after is not None
    assert after.runs[0] is before.runs[0] and after.runs[1].folder == runs[1]


def test_that_a_folder_without_a_run_has_a_reason(tmp_path: Path, channels: CurvesChannels) -> None:
    (tmp_path / "empty").mkdir()
    worker = LogsWorker(idle(tmp_path / "own"), channels.logs)
    channels.logs.stand((tmp_path / "empty",))
    worker.turn()
    result = channels.logs.result
    assert result is not None and "empty cannot be read" in result.runs[0].problem


def test_that_the_checkpoints_of_the_open_run_are_listed_as_they_are_saved(
    tmp_path: Path, channels: CurvesChannels
) -> None:
    worker = LogsWorker(idle(tmp_path), channels.logs)
    channels.logs.stand(())
    worker.turn()
    (RunFolder(tmp_path).checkpoints / "000001-step-5000-update-200").mkdir(parents=True)
    worker.turn()
    result = channels.logs.result
    assert result is not None
    assert [(one.step, one.update) for one in result.checkpoints] == [(5000, 200)]


def test_that_the_best_checkpoint_is_marked_and_looked_for_only_when_the_list_changes(
    tmp_path: Path, channels: CurvesChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def find(paths: Sequence[Path]) -> BestCheckpoint | None:
        looks.append(len(paths))
        return find_best(paths)

    monkeypatch.setattr(worker_module, "find_best", find)
    worker = LogsWorker(idle(tmp_path), channels.logs)
    channels.logs.stand(())
    for number, score in ((1, 9.0), (2, 5.0)):
        checkpoint = RunFolder(tmp_path).checkpoints / f"00000{number}-step-{number}000-update-{number}"
        checkpoint.mkdir(parents=True)
        (checkpoint / TEST_FILE).write_bytes(pack_returns([score]))
        for _ in range(3):
            worker.turn()
    result = channels.logs.result
    assert result is not None
    assert [(one.step, one.best) for one in result.checkpoints] == [(1000, True), (2000, False)]
    assert looks == [1, 2]


def test_that_nothing_is_read_while_no_curve_is_visible(tmp_path: Path, channels: CurvesChannels) -> None:
    channels.logs.visible = False
    worker = LogsWorker(idle(tmp_path), channels.logs)
    channels.logs.stand(())
    assert not worker.turn() and channels.logs.result is None


def test_that_the_runs_beside_the_open_one_are_listed_without_it(
    tmp_path: Path, channels: CurvesChannels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "runs_folders", lambda: (tmp_path / "elsewhere",))
    for name in ("runs/own", "runs/two", "elsewhere/three"):
        make_run(tmp_path / name, [1.0])
    worker = RunsWorker(idle(tmp_path / "runs/own"), channels.runs)
    assert not worker.turn()
    channels.runs.ask(None)
    assert worker.turn()
    assert sorted(entry.path.name for entry in channels.runs.result or ()) == ["three", "two"]
