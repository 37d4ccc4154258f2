"""``study stop`` for trainings that this machine cannot signal. The launcher's tests have the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.cli import main
from dreamer_studio.studies.stopping import stop_word
from tests.support.listed_runs import held_elsewhere
from tests.support.studies import begin, train_elsewhere, write_study

SEED0, SEED1 = "Pendulum-v1-seed0", "Pendulum-v1-seed1"


def stop(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["study", "stop", str(folder)]) == 0
    return capsys.readouterr().out.splitlines()


def test_that_launchers_on_other_machines_are_asked_and_other_trainings_there_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = write_study(tmp_path)
    found.folder.keep(found.text)
    train_elsewhere(begin(found, SEED0, step=100), "far")
    train_elsewhere(begin(found, SEED1, step=100), "farther")
    (found.folder.runners / "far").mkdir()
    (found.folder.runners / "far" / "lock").write_text("7 far\n")
    assert stop(found.folder.path, capsys) == [
        "process 7 on far is asked to end its runs, if it is still alive",
        f"{SEED1} is being trained on farther, not by study run: stop it there",
    ]
    word = stop_word(found.folder)
    stop(found.folder.path, capsys)
    assert word and stop_word(found.folder) not in {"", word}


def test_that_a_process_that_is_no_training_without_a_window_is_not_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = write_study(tmp_path)
    with held_elsewhere(begin(found, SEED0, step=100)) as holder:
        (line,) = stop(tmp_path / "file.toml", capsys)
        assert f"process {holder.pid}, which has a window: stop it there" in line
        assert holder.poll() is None
    assert stop(tmp_path / "file.toml", capsys) == ["no run of the study is in training"]
