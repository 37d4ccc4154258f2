"""A window without a screen: at its start, and when the screen disappears during a training."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import PySide6
import pytest

from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.studio.shell.screen import SCREEN_WENT, check_screen

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="screens come and go on Linux")

PATIENCE = 120
SCREENLESS = {
    name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
}
SETTINGS = ["--task", "gym:Pendulum-v1", "--preset", "tiny", "--set", "steps=100000"]

LOSING = """
import sys, threading, time
from pathlib import Path
from PySide6.QtCore import qWarning
from dreamer_studio.cli import main

def lose() -> None:
    while not list(Path({run!r}).glob("episodes/episode-000001-*")):
        time.sleep(0.1)
    qWarning("The Wayland connection broke. Did the Wayland compositor die?")
    raise AssertionError

if __name__ == "__main__":
    threading.Thread(target=lose, daemon=True).start()
    sys.exit(main({arguments!r}))
"""


def arguments(run: Path) -> list[str]:
    return [*SETTINGS, "--run", str(run)]


def window(run: Path, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dreamer_studio", *arguments(run)]
    return popen(command, run, SCREENLESS | environment)


def popen(command: list[str], run: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    where = environment | {"XDG_CONFIG_HOME": str(run.parent / "settings"), "DREAMER_STUDIO_LOG": ""}
    return subprocess.Popen(command, env=where, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Yield the display of an X server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1] - 6000}"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"QT_QPA_PLATFORM": "bogus"}, "QT_QPA_PLATFORM=bogus opens no window"),
        ({"DISPLAY": ":93"}, "could not connect to display :93"),
        ({"WAYLAND_DISPLAY": "nowhere", "XDG_RUNTIME_DIR": "/tmp"}, "Failed to create wl_display"),
    ],
)
def test_that_a_screen_that_qt_cannot_use_is_reported_in_one_line_with_exit_code_2(
    environment: dict[str, str], words: str, tmp_path: Path
) -> None:
    refused = window(tmp_path / "run", **environment)
    _, said = refused.communicate(timeout=PATIENCE)
    assert refused.returncode == 2
    assert said.count("\n") == 1 and words in said
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(not shutil.which("Xvfb"), reason="libxcb may be missing as well")
def test_that_an_x_server_that_does_not_answer_is_reported_in_one_line_with_exit_code_2(
    silent_server: str, tmp_path: Path
) -> None:
    refused = window(tmp_path / "run", DISPLAY=silent_server)
    _, said = refused.communicate(timeout=PATIENCE)
    assert refused.returncode == 2
    assert said.count("\n") == 1 and f"DISPLAY={silent_server} does not answer within" in said


def test_that_a_window_that_loses_its_screen_saves_the_training_and_says_so_in_one_line(tmp_path: Path) -> None:
    run, script = tmp_path / "run", tmp_path / "script.py"
    script.write_text(LOSING.format(run=str(run), arguments=arguments(run)))
    root = str(Path(__file__).resolve().parents[2])
    losing = popen(
        [sys.executable, str(script)], run, SCREENLESS | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": root}
    )
    _, said = losing.communicate(timeout=PATIENCE)
    assert_saved(losing, said, run)


@pytest.fixture
def x_server() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Yield an X server and its display."""
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write)], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as display:
        yield server, f":{display.readline().strip()}"
    server.kill()
    server.wait()


@pytest.mark.skipif(not all(map(shutil.which, ("Xvfb", "xprop"))), reason="needs an X server")
def test_that_a_look_at_the_screen_does_not_reset_an_x_server_without_other_clients(
    x_server: tuple[subprocess.Popen[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", x_server[1])
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    check_screen()
    subprocess.run(["xprop", "-root", "-f", "MARK", "8s", "-set", "MARK", "here"], check=True)
    assert "here" in subprocess.run(["xprop", "-root", "MARK"], capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs an X server to kill")
def test_that_the_training_is_saved_when_the_x_server_is_killed(
    x_server: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    run = tmp_path / "run"
    server, display = x_server
    training = window(run, DISPLAY=display)
    deadline = time.monotonic() + PATIENCE
    while not list(run.glob("episodes/episode-000001-*")):
        assert time.monotonic() < deadline and training.poll() is None, training.communicate()
        time.sleep(0.1)
    below = psutil.Process(training.pid).children(recursive=True)
    server.kill()
    server.wait()
    _, said = training.communicate(timeout=PATIENCE)
    assert_saved(training, said, run)
    assert psutil.wait_procs(below, timeout=PATIENCE)[1] == []


def assert_saved(training: subprocess.Popen[str], said: str, run: Path) -> None:
    assert training.returncode == 1
    (line,) = (line for line in said.splitlines() if "propagateSizeHints" not in line)  # of the offscreen plugin
    assert line.startswith("dreamer-studio: the window has lost its screen (")
    assert "checkpoint saved at update" in line and f"--run {run}" in line
    assert list_checkpoints(run / "checkpoints")


def test_that_qt_still_contains_the_messages_that_reveal_a_lost_screen() -> None:
    libraries = Path(PySide6.__file__).parent / "Qt" / "lib"
    x11, *wayland = SCREEN_WENT
    assert x11.encode() in (libraries / "libQt6XcbQpa.so.6").read_bytes()
    client = (libraries / "libQt6WaylandClient.so.6").read_bytes()
    assert all(words.encode() in client for words in wayland)
