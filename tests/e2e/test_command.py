"""The command as a user types it, in its own process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dreamer_studio.cli import main
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from tests.support.command import COMMAND, OFFSCREEN, PATIENCE, colors_of, show, wait_for


def test_that_the_window_writes_a_screenshot_and_leaves_a_run_with_a_checkpoint(tmp_path: Path) -> None:
    run, shot = tmp_path / "run", tmp_path / "window.png"
    arguments = ["--task", "gym:Pendulum-v1", "--preset", "tiny", "--run", str(run), "--set", "steps=100000"]
    arguments += ["--screenshot", str(shot)]
    environment = {**OFFSCREEN, "XDG_CONFIG_HOME": str(tmp_path / "settings")}
    show(arguments, environment, lambda: colors_of(shot) > 100 and bool(list_checkpoints(run / "checkpoints")))
    (newest,) = list_checkpoints(run / "checkpoints")[-1:]
    assert (newest / "weights.safetensors").exists()


def test_that_without_a_screen_the_command_says_so_in_one_line_and_exits_with_2(tmp_path: Path) -> None:
    blind = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    blind.pop("QT_QPA_PLATFORM", None)
    run = tmp_path / "run"
    done = subprocess.run(
        [*COMMAND, "--run", str(run)], env=blind, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "there is no screen" in done.stderr and "xvfb-run -a" in done.stderr
    assert not run.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--device", "cuda" if sys.platform == "darwin" else "mps"), "is not available"),
        (("--task", "gym:tests.support.faulty:Blind-v0"), "cannot be learned from images: the image is None"),
    ],
)
def test_that_closing_a_window_that_could_not_train_prints_the_reason_in_one_line_and_exits_with_2(
    arguments: tuple[str, str], words: str, tmp_path: Path
) -> None:
    run, log = tmp_path / "run", tmp_path / "log"
    environment = {**OFFSCREEN, "XDG_CONFIG_HOME": str(tmp_path / "settings"), "DREAMER_STUDIO_LOG": str(log)}
    window = subprocess.Popen(
        [*COMMAND, *arguments, "--run", str(run)],
        env={**environment, "QT_LOGGING_RULES": "default.warning=false"},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not log.exists() or words not in log.read_text():
        assert time.monotonic() < deadline and window.poll() is None
        time.sleep(0.1)
    window.send_signal(signal.SIGTERM)
    _, said = window.communicate(timeout=PATIENCE)
    assert window.returncode == 2
    assert said.count("\n") == 1 and words in said
    assert not run.exists()


def test_that_ctrl_c_saves_a_checkpoint_and_a_second_signal_ends_at_once_without_one(tmp_path: Path) -> None:
    run = tmp_path / "run"
    arguments = ["train", "--task", "gym:Pendulum-v1", "--preset", "tiny", "--run", str(run), "--steps", "100000"]
    training = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    wait_for(run / "episodes", "*.npy.zst")
    training.send_signal(signal.SIGINT)
    said, _ = training.communicate(timeout=PATIENCE)
    assert training.returncode == 130
    (newest,) = list_checkpoints(run / "checkpoints")
    assert said.strip() == str(newest)

    again = subprocess.Popen([*COMMAND, *arguments], stderr=subprocess.PIPE, text=True)
    stored = len(list((run / "episodes").iterdir()))
    wait_for(run / "episodes", f"episode-{stored:06d}-*.npy.zst")
    again.send_signal(signal.SIGSTOP)  # so that both are there before it can answer the first
    again.send_signal(signal.SIGINT)
    again.send_signal(signal.SIGTERM)
    again.send_signal(signal.SIGCONT)
    again.communicate(timeout=PATIENCE)
    assert again.returncode == 128 + signal.SIGTERM
    assert list_checkpoints(run / "checkpoints") == [newest]


def test_that_a_dream_ended_by_sigterm_leaves_no_file_and_the_next_training_removes_that_of_a_killed_one(
    tmp_path: Path,
) -> None:
    run = tmp_path / "run"
    arguments = ["--task", "gym:Pendulum-v1", "--preset", "tiny", "--run", str(run), "--set", "prefill=200"]
    assert main(["train", *arguments, "--steps", "400"]) == 0
    film = ["dream", str(run), "--kind", "imagined", "--length", "1000", "--scale", "8", "--out"]
    for number, code in ((signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL)):
        dreaming = started(*film, str(run / "dreams" / "dream.mp4"))
        wait_for(run / "dreams", ".dream-*.mp4")
        dreaming.send_signal(number)
        assert dreaming.wait(PATIENCE) == code
        assert bool(list((run / "dreams").iterdir())) == (number is signal.SIGKILL)
    assert main(["train", *arguments, "--steps", "400"]) == 0
    assert list((run / "dreams").iterdir()) == []


@pytest.mark.skipif(shutil.which("setsid") is None, reason="closes a terminal of its own")
def test_that_a_run_ended_by_signals_and_a_closed_terminal_finishes_like_an_uninterrupted_one(
    tmp_path: Path,
) -> None:
    arguments = ["--task", "gym:CartPole-v1", "--preset", "tiny", "--set", "eval_every=200", "--set", "prefill=60"]
    arguments += ["--set", "steps=500", "--set", "time_limit=40"]
    straight, run = tmp_path / "straight", tmp_path / "run"
    assert main(["train", *arguments, "--run", str(straight)]) == 0
    for number, episodes in ((signal.SIGINT, 1), (signal.SIGTERM, 4)):  # in the prefill, and after it
        training = started("train", *arguments, "--run", str(run))
        wait_for(run / "episodes", f"episode-{episodes - 1:06d}-*.npy.zst")
        below = psutil.Process(training.pid).children(recursive=True)
        for pid in (training.pid, *(process.pid for process in below)):
            os.kill(pid, number)
        assert training.wait(PATIENCE) == 128 + number
    for verb, episodes, code in ((["train"], 7, 128 + signal.SIGHUP), ([], 10, 0)):
        terminal, inside = os.openpty()
        settings = {"XDG_CONFIG_HOME": str(tmp_path / "settings")}
        command = ["setsid", "--ctty", *COMMAND, *verb, "--run", str(run)]
        process = subprocess.Popen(command, env=OFFSCREEN | settings, stdin=inside, stdout=inside, stderr=inside)
        os.close(inside)
        wait_for(run / "episodes", f"episode-{episodes - 1:06d}-*.npy.zst")
        os.close(terminal)
        assert process.wait(PATIENCE) == code
    assert main(["train", "--run", str(run)]) == 0
    assert without_clocks(run) == without_clocks(straight)
    assert weights(run) == weights(straight)


def started(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    where = {**OFFSCREEN, **environment}
    return subprocess.Popen([*COMMAND, *arguments], env=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def without_clocks(run: Path) -> list[dict[str, object]]:
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [{key: row[key] for key in row.keys() - {"time", "steps_per_s", "updates_per_s"}} for row in rows]


def weights(run: Path) -> bytes:
    return (list_checkpoints(run / "checkpoints")[-1] / "weights.safetensors").read_bytes()
