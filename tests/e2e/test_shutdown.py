"""SIGTERM and Ctrl+C end the command, even if an environment never answers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dreamer_studio.runs.checkpoint import load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 200
TIRED = "gym:tests.support.faulty:Tired-v0"
STEPS_BEFORE_IT_HANGS = 24


def started(run: Path, *arguments: str) -> subprocess.Popen[bytes]:
    settings = ["--preset", "tiny", "--set", "env_timeout=3600", "--set", "prefill=1000", "--set", "steps=2000"]
    return subprocess.Popen(
        [sys.executable, "-m", "dreamer_studio", *arguments, "--task", TIRED, "--run", str(run), *settings],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(ROOT),
            "XDG_CONFIG_HOME": str(run.parent / "settings"),
            "FALLS_ASLEEP": str(run.parent / "asleep"),
            "DREAMER_STUDIO_LOG": str(run.parent / "studio.log"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until_it_hangs(process: subprocess.Popen[bytes], sign: Path) -> list[psutil.Process]:
    """Wait until the environment sleeps, and return all processes below the command."""
    deadline = time.monotonic() + PATIENCE
    while not sign.exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    return psutil.Process(process.pid).children(recursive=True)


@pytest.mark.skipif(sys.platform == "win32", reason="ends by signal")
@pytest.mark.parametrize(
    ("arguments", "number", "code"),
    [([], signal.SIGTERM, 0), ([], signal.SIGINT, 0), (["train"], signal.SIGTERM, 128 + signal.SIGTERM)],
    ids=["window, SIGTERM", "window, Ctrl+C", "train, SIGTERM"],
)
def test_that_a_signal_ends_the_command_while_an_environment_hangs_and_no_step_is_lost(
    arguments: list[str], number: signal.Signals, code: int, tmp_path: Path
) -> None:
    process = started(tmp_path / "run", *arguments)
    below = wait_until_it_hangs(process, tmp_path / "asleep")
    for each in (psutil.Process(process.pid), *below):  # as Slurm and systemd do
        each.send_signal(number)
    assert process.wait(PATIENCE) == code
    assert psutil.wait_procs(below, timeout=PATIENCE)[1] == []
    (newest,) = list_checkpoints(tmp_path / "run" / "checkpoints")
    checkpoint = load_checkpoint(newest, "cpu")
    assert checkpoint.episode is not None and checkpoint.episode.total_steps == STEPS_BEFORE_IT_HANGS


@pytest.mark.skipif(sys.platform == "win32", reason="ends by signal")
def test_that_a_second_signal_ends_the_window_at_once_and_leaves_no_process(tmp_path: Path) -> None:
    process = started(tmp_path / "run")
    below = wait_until_it_hangs(process, tmp_path / "asleep")
    process.send_signal(signal.SIGSTOP)  # so that both are there before it can act on the first
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    assert process.wait(PATIENCE) == 128 + signal.SIGTERM
    assert psutil.wait_procs(below, timeout=PATIENCE)[1] == []
    assert list_checkpoints(tmp_path / "run" / "checkpoints") == []
    assert "ended at once" in (tmp_path / "studio.log").read_text()
