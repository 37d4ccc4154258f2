"""The command on a disk that fills up: it waits, says so, continues by itself, and damages nothing."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from dreamer_studio.replay import read_episode
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import find_checkpoint

PATIENCE = 60
COMMAND = [sys.executable, "-m", "dreamer_studio", "train", "--task", "gym:CartPole-v1", "--preset", "tiny"]
COMMAND += ["--steps", "1000000", "--set", "checkpoint_every=1"]
LEAST_BYTES = 30_000  # more in one file is an error, as on a full disk; a checkpoint needs more, and a log soon does


class Said:
    """The lines that a command writes on standard error, as they come."""

    def __init__(self, stream: IO[str]) -> None:
        self.text = ""
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(stream,))
        self._thread.start()

    def wait_for(self, words: str) -> None:
        with self._more:
            assert self._more.wait_for(lambda: words in self.text, PATIENCE), self.text

    def join(self) -> None:
        self._thread.join(PATIENCE)

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            with self._more:
                self.text += line
                self._more.notify_all()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk can be mounted by root only")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of a process that runs can be changed on Linux only")
def test_that_training_waits_while_files_may_not_grow_and_continues_when_they_may(tmp_path: Path) -> None:
    run = tmp_path / "run"
    training = subprocess.Popen(
        [*COMMAND, "--run", str(run)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    resource.prlimit(training.pid, resource.RLIMIT_FSIZE, (LEAST_BYTES, resource.RLIM_INFINITY))
    assert training.stderr is not None
    said = Said(training.stderr)
    said.wait_for("training waits and will continue by itself: File too large")
    resource.prlimit(training.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    said.wait_for("training continues")
    end_and_check(training, said, RunFolder(run))


def test_that_training_waits_on_a_full_disk_and_continues_when_there_is_room(small_disk: Path) -> None:
    run = small_disk / "run"
    training = subprocess.Popen(
        [*COMMAND, "--run", str(run)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert training.stderr is not None
    said = Said(training.stderr)
    said.wait_for("training waits and will continue by itself: No space left on device")
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    said.wait_for("training continues")
    end_and_check(training, said, RunFolder(run))


def end_and_check(training: subprocess.Popen[str], said: Said, folder: RunFolder) -> None:
    """End the command with Ctrl+C, and check that a checkpoint is saved and every file is whole."""
    training.send_signal(signal.SIGINT)
    assert training.wait(PATIENCE) == 130, said.text
    said.join()
    rows = [json.loads(line) for line in folder.metrics_file.read_text().splitlines()]
    updates = [row["update"] for row in rows if row["kind"] == "update"]
    assert updates == list(range(1, len(updates) + 1))
    assert len([read_episode(path) for path in folder.episodes.iterdir()]) == sum(
        row["kind"] in {"prefill", "train"} for row in rows
    )
    found = find_checkpoint(folder, folder.read())
    assert found.checkpoint is not None and found.passed_over == ()
    assert found.checkpoint.state["counters"]["update"] == len(updates)
