"""A study with a real training: its launcher is killed, another process stops the study, and the study continues."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from dreamer_studio.cli import main
from tests.support.command import COMMAND, PATIENCE, wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends by signal")
STUDY = """\
name = "try"
tasks = ["gym:Pendulum-v1"]
preset = "tiny"
seeds = [4]
steps = 400
[common]
time_limit = 40
prefill = 40
"""
RUN = "Pendulum-v1-seed4"


def test_that_a_training_outlives_its_killed_launcher_is_stopped_and_continues(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "try"
    (tmp_path / "file.toml").write_text(STUDY)

    def state() -> dict[str, Any]:
        assert main(["study", "status", str(folder), "--json"]) == 0
        (run,) = json.loads(capsys.readouterr().out)["runs"]
        assert isinstance(run, dict)
        return run

    with subprocess.Popen(
        [*COMMAND, "study", "run", str(tmp_path / "file.toml")], stderr=subprocess.DEVNULL
    ) as launcher:
        wait_for(folder, f"{RUN}/episodes/episode-*")
        (training,) = psutil.Process(launcher.pid).children()
        training.suspend()  # until it was asked to stop
        launcher.kill()
    assert state()["state"] == "training here"
    assert main(["study", "run", str(folder)]) == 0
    assert "left alone" in capsys.readouterr().err
    assert main(["study", "stop", str(folder)]) == 0
    assert capsys.readouterr().out == f"{RUN} is saving and stopping\n"
    training.resume()
    training.wait(PATIENCE)
    stopped = state()
    assert stopped["state"] == "stopped" and 0 < stopped["step"] < 400 and stopped["host"] is None
    assert main(["study", "run", str(folder)]) == 0
    assert "1 of 1 runs" in capsys.readouterr().out
    finished = state()
    assert (finished["state"], finished["step"]) == ("finished", 400)
