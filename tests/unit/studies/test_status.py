"""The progress of a study's runs, as the command prints it."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.cli import main
from dreamer_studio.library import log_facts
from dreamer_studio.runs.folder import STATUS_FILE, RunFolder
from dreamer_studio.runs.last_failure import write_failure
from tests.support.listed_runs import held_elsewhere, row
from tests.support.studies import STUDY, begin, train_elsewhere, write_study

SEED0, SEED1 = "Pendulum-v1-seed0", "Pendulum-v1-seed1"
TEN0, TEN1 = "Pendulum-v1-horizon=10-seed0", "Pendulum-v1-horizon=10-seed1"


def status(where: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["study", "status", str(where), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["name", "folder", "runs"]
    return {run["name"]: run for run in found["runs"]}


def test_that_a_study_that_has_not_begun_has_all_its_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_study(tmp_path)
    runs = status(tmp_path / "file.toml", capsys)
    assert list(runs) == [SEED0, TEN0, SEED1, TEN1]
    assert runs[TEN1] == {
        "name": TEN1,
        "task": "gym:Pendulum-v1",
        "seed": 1,
        "settings": {"horizon": 10},
        "state": "not started",
        "step": 0,
        "steps": 300,
        "last_test": None,
        "host": None,
        "part_updates": {"model": 0, "actor": 0, "value": 0},
    }


def test_that_each_run_has_its_own_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = write_study(tmp_path)
    found.folder.keep(found.text)
    begin(found, SEED0, tests=(-90.0, -80.0, -70.5))
    write_failure(RunFolder(begin(found, SEED1, step=200)), "a fault")
    with held_elsewhere(begin(found, TEN0, step=100)):
        runs = status(tmp_path / "try", capsys)
        assert main(["study", "status", str(tmp_path / "try")]) == 0
    text = capsys.readouterr().out
    assert [(each["state"], each["step"], each["last_test"]) for each in runs.values()] == [
        ("finished", 300, -70.5),
        ("training here", 100, None),
        ("failed", 200, None),
        ("not started", 0, None),
    ]
    assert [each["host"] for each in runs.values()] == [None, platform.node(), None, None]
    assert "4 runs in" in text and "1 finished, 1 training here, 1 failed, 1 not started" in text
    assert "failed" in text and "a fault" in text


def test_that_a_run_that_could_not_begin_has_the_error_of_its_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = write_study(tmp_path)
    found.folder.keep(found.text)
    found.folder.output_of(SEED0).write_text("a line\ndreamer-studio: unknown task\n")
    assert main(["study", "status", str(tmp_path / "try")]) == 0
    assert "not started        unknown task\n" in capsys.readouterr().out


def test_that_a_finished_run_has_stopped_once_the_study_has_more_steps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(write_study(tmp_path), SEED0, tests=(1.0, 2.0, 3.0))
    write_study(tmp_path, STUDY.replace("300", "900"))
    run = status(tmp_path / "file.toml", capsys)[SEED0]
    assert (run["state"], run["step"], run["steps"]) == ("stopped", 300, 900)


def test_that_the_last_test_is_found_far_from_the_end_of_a_long_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_facts, "END_BYTES", 1000)
    monkeypatch.setattr(log_facts, "BLOCK_BYTES", 4000)
    found = write_study(tmp_path, STUDY.replace("prefill = 60", "prefill = 60\neval_every = 100"))
    path = begin(found, SEED0, tests=(-90.0, -80.0))
    with RunFolder(path).metrics_file.open("a") as log:
        log.writelines(row("update", 201, model_loss=1.0) for _ in range(300))
    assert status(tmp_path / "file.toml", capsys)[SEED0]["last_test"] == -80.0


def test_that_a_training_on_another_machine_counts_as_long_as_it_gives_signs_of_life(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = begin(write_study(tmp_path), SEED0, step=100)
    train_elsewhere(path, "far")
    run = status(tmp_path / "file.toml", capsys)[SEED0]
    assert (run["state"], run["step"], run["host"]) == ("training elsewhere", 140, "far")
    assert main(["study", "status", str(tmp_path / "file.toml")]) == 0
    assert "far   paused" in capsys.readouterr().out
    long_ago = path.stat().st_mtime - 250
    os.utime(path / STATUS_FILE, (long_ago, long_ago))
    run = status(tmp_path / "file.toml", capsys)[SEED0]
    assert (run["state"], run["step"], run["host"]) == ("stopped", 100, None)
    assert main(["study", "status", str(tmp_path / "file.toml")]) == 0
    assert "process 7 on far has been silent for 4 min" in capsys.readouterr().out


def test_that_a_study_that_cannot_be_read_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "status", str(tmp_path / "none.toml")]) == 2
    assert main(["study", "status", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 2


def test_that_the_example_is_a_study_and_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new" / "study.toml"
    assert main(["study", "new", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}\n"
    assert len(status(path, capsys)) == 12
    path.write_text("mine")
    assert main(["study", "new", str(path)]) == 2
    assert path.read_text() == "mine" and "exists already" in capsys.readouterr().err
