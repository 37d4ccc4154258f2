"""A run folder that two processes want to use."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from itertools import islice
from pathlib import Path

import pytest
import torch

from dreamer_studio.cli import main
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.training.events import StepTaken
from dreamer_studio.training.watching.watched_run import open_watched
from tests.support.command import COMMAND, PATIENCE, wait_for

SETTINGS = ["--task", "gym:CartPole-v1", "--preset", "tiny", "--steps", "1000000", "--set", "checkpoint_every=1"]


def test_that_a_run_in_training_refuses_a_second_trainer_allows_reading_and_is_free_after_a_kill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    training = subprocess.Popen([*COMMAND, "train", *SETTINGS, "--run", str(run)], stderr=subprocess.DEVNULL)
    try:
        wait_for(run / "checkpoints", "*-step-*")
        assert main(["train", "--run", str(run)]) == 2
        refusal = capsys.readouterr().err
        assert f"is being trained by process {training.pid}; " in refusal and refusal.count("\n") == 1

        assert main(["eval", str(run), "--episodes", "1", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["episodes"] == 1
        film = str(tmp_path / "film.npz")
        assert main(["dream", str(run), "--kind", "imagined", "--length", "5", "--count", "1", "--out", film]) == 0
        watched = open_watched(RunFolder(run), torch.device("cpu"))
        assert any(isinstance(event, StepTaken) for event in islice(watched.run(), 5))
        watched.close()
        assert training.poll() is None
    finally:
        training.send_signal(signal.SIGKILL)
        training.wait(PATIENCE)
    assert (run / "lock").read_text().startswith(f"{training.pid} ")
    assert main(["train", "--run", str(run), "--steps", "1"]) == 0  # only what is due still
    assert (run / "lock").read_text() == ""


def test_that_three_trainings_started_together_each_take_their_own_folder(tmp_path: Path) -> None:
    command = [*COMMAND, "train", "--task", "gym:CartPole-v1", "--preset", "tiny", "--steps", "20"]
    here = os.environ | {"XDG_DATA_HOME": str(tmp_path)}
    trainings = [subprocess.Popen(command, env=here, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [training.communicate(timeout=PATIENCE)[0] for training in trainings]
    assert [training.returncode for training in trainings] == [0, 0, 0]
    runs = {Path(line.strip()).parents[1] for line in said}
    base = tmp_path / "dreamer-studio" / "runs"
    assert runs == {base / f"CartPole-v1-tiny-{number}" for number in (1, 2, 3)}
    assert set(base.iterdir()) == runs
