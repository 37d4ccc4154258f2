"""A study on a real Ray of this machine: its driver is killed, and the study continues. Skipped without the extra.

pip install "ray[tune]>=2.60" && pytest tests/e2e/test_study_on_ray.py
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.progress_reader import ProgressReader
from tests.support.command import COMMAND, PATIENCE, wait_for
from tests.support.studies import write_study

pytest.importorskip("ray")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends by signal")
STUDY = """\
name = "try"
tasks = ["gym:Pendulum-v1"]
preset = "tiny"
seeds = 1
steps = 1000
[common]
time_limit = 40
prefill = 40
eval_every = 200
"""
RUN = "Pendulum-v1-seed0"


def open_to_others(environment: dict[str, str]) -> list[str]:
    """Return the addresses beyond 127.0.0.1 on which processes with our token listen."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("RAY_AUTH_TOKEN") == environment["RAY_AUTH_TOKEN"]:
                sockets = process.net_connections("inet")
                found += [f"{process.name()} {each.laddr}" for each in sockets if each.status == "LISTEN"]
    assert found
    return [each for each in found if "127.0.0.1" not in each]


def test_that_a_study_listens_nowhere_else_survives_its_killed_driver_and_continues(tmp_path: Path) -> None:
    found = write_study(tmp_path, STUDY)
    environment = {**os.environ, "RAY_AUTH_TOKEN": os.urandom(32).hex()}
    command = [*COMMAND, "study", "run", str(tmp_path / "file.toml"), "--on", "ray"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as driver:
        wait_for(found.folder.path, f"{RUN}/episodes/episode-*")
        assert open_to_others(environment) == []
        driver.kill()
    (run,) = Plan(found.study)
    reader, deadline = ProgressReader(found.folder), time.monotonic() + PATIENCE
    while reader.run(run).training and time.monotonic() < deadline:
        time.sleep(0.1)
    stopped = reader.run(run)
    assert stopped.state == "stopped" and 0 < stopped.step < 1000
    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert again.returncode == 0, again.stderr
    assert "continues the trials of the interrupted launch" in again.stderr
    assert again.stdout == f"1 of 1 runs in {found.folder.path} are finished\n"
    (pointer,) = found.folder.ray.rglob("pointer.json")
    assert json.loads(pointer.read_text())["step"] == 1000
