"""Trainings of one run on two machines that share its folder and no locks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dreamer_studio.cli import main
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease import status
from dreamer_studio.runs.lease.status import read_status
from tests.support.boards import check_board
from tests.support.command import PATIENCE, wait_for
from tests.support.two_hosts import hashes, on_host, without_locks

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process is suspended there")

LEASE_SECONDS, BEAT_SECONDS = 2.0, 0.3
TASK = ["--task", "gym:CartPole-v1", "--preset", "tiny", "--steps", "1000000"]
SETTINGS = ["--set", "checkpoint_every=1", "--set", "prefill=300"]


def wait_until_suspended(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while psutil.Process(pid).status() != psutil.STATUS_STOPPED:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_that_a_training_that_was_suspended_while_its_run_went_on_elsewhere_writes_nothing_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    host = ["tests.support.two_hosts", "first", str(LEASE_SECONDS), str(BEAT_SECONDS)]
    command = [sys.executable, "-m", *host, "train", "--run", str(run), *TASK, *SETTINGS]
    first = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        wait_for(run / "checkpoints", "*-step-*")
        wait_until_suspended(first.pid)
        time.sleep(LEASE_SECONDS)
        stopped = read_status(run)
        assert stopped is not None and stopped.held and stopped.silent_for >= LEASE_SECONDS - 0.1
        on_host(monkeypatch, "second")
        without_locks(monkeypatch)
        monkeypatch.setattr(status, "LEASE_SECONDS", LEASE_SECONDS)
        assert main(["train", "--run", str(run), "--steps", str(stopped.step + 300)]) == 0
        before = hashes(run)
        os.kill(first.pid, signal.SIGCONT)
        said = first.communicate(timeout=PATIENCE)[1]
        assert first.returncode == 1 and "Traceback" not in said
        line = said.splitlines()[-1]
        assert line.startswith(
            f"dreamer-studio: {run} is now trained by process {os.getpid()} on second, which took over"
        )
        assert hashes(run) == before
    finally:
        first.kill()
        first.communicate()
    check_board(RunFolder(run))
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    updates = [row["update"] for row in rows if row["kind"] == "update"]
    assert updates == list(range(1, len(updates) + 1))
    episodes = [row["episode"] for row in rows if row["kind"] in {"prefill", "train"}]
    assert (
        episodes
        == list(range(len(episodes)))
        == [int(path.name[8:14]) for path in sorted((run / "episodes").iterdir())]
    )
    ended = read_status(run)
    assert ended is not None and (str(ended.state), ended.held, ended.fence) == ("finished", False, 2)
