"""A second start raises the window that shows the requested run, and opens a window in every other case."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.command import COMMAND, OFFSCREEN, PATIENCE, wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")

RUN = ["--task", "gym:Pendulum-v1", "--preset", "tiny", "--set", "steps=100000"]
RAISED = "is open in a window already, which comes to the front"


class Starts:
    """Starts of the command by one user on one screen, with folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sockets = folder / "dreamer-studio"
        self.environment = OFFSCREEN | {
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "DREAMER_STUDIO_LOG": "",
            "QT_LOGGING_RULES": "default.warning=false",
        }
        self.going: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        where = self.environment | environment
        started = subprocess.Popen([*COMMAND, *arguments], env=where, stderr=subprocess.PIPE, text=True)
        self.going.append(started)
        return started

    def start_and_wait(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start, and wait until the window can be found."""
        started = self.start(*arguments, **environment)
        wait_for(self.sockets, f"{started.pid}.window")
        return started

    def end(self) -> None:
        for started in self.going:
            if started.poll() is None:
                started.send_signal(signal.SIGTERM)
            started.communicate(timeout=PATIENCE)


@pytest.fixture
def starts() -> Iterator[Starts]:
    # The path of a socket has at most 107 bytes, and pytest's own folders are long.
    with tempfile.TemporaryDirectory() as folder:
        starts = Starts(Path(folder))
        yield starts
        starts.end()


def ended(start: subprocess.Popen[str]) -> str:
    """Return the output of a start that ended by itself without an error."""
    said = start.communicate(timeout=PATIENCE)[1]
    assert start.returncode == 0
    return said


def test_that_a_start_without_arguments_trains_nothing_and_loads_no_torch(starts: Starts) -> None:
    window = starts.start_and_wait()
    time.sleep(1)
    assert not any("torch" in each.path for each in psutil.Process(window.pid).memory_maps())
    assert not psutil.Process(window.pid).children(recursive=True)
    assert not list(starts.folder.rglob("config.json"))


def test_that_a_second_start_raises_the_start_page_and_a_new_window_is_opened_only_on_request(starts: Starts) -> None:
    first = starts.start_and_wait()
    assert RAISED in ended(starts.start())
    another = starts.start_and_wait("--new-window")
    assert first.poll() is None and another.poll() is None


def test_that_a_start_with_a_run_raises_the_window_that_trains_it_and_others_open_their_own(starts: Starts) -> None:
    run = starts.folder / "run"
    first = starts.start_and_wait(*RUN, "--run", str(run), "--paused")
    wait_for(run, "checkpoints")
    assert f"{run} {RAISED}" in ended(starts.start("--run", str(run)))
    page = starts.start_and_wait()
    first.send_signal(signal.SIGTERM)
    assert f"To resume: dreamer-studio --run {run}" in ended(first)
    assert page.poll() is None and [path.name for path in starts.sockets.iterdir()] == [f"{page.pid}.window"]


def test_that_a_window_on_another_screen_is_not_raised(starts: Starts) -> None:
    starts.start_and_wait()
    starts.start_and_wait(DISPLAY=":4242")


def test_that_sockets_of_killed_and_hanging_windows_do_not_keep_a_start_from_opening_its_window(starts: Starts) -> None:
    killed = starts.start_and_wait()
    killed.kill()
    killed.wait(PATIENCE)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(starts.sockets / "1.window"))
        silent.listen()
        starts.start_and_wait()
    assert not (starts.sockets / f"{killed.pid}.window").exists()


def test_that_a_folder_that_others_may_enter_is_not_used(starts: Starts) -> None:
    starts.sockets.mkdir()
    starts.sockets.chmod(0o777)
    started = starts.start("--quit-after", "0")
    shared = starts.start()
    time.sleep(1)
    assert ended(started) == "" and list(starts.sockets.iterdir()) == [] and shared.poll() is None


def test_that_a_window_survives_what_others_send(starts: Starts) -> None:
    window = starts.start_and_wait()
    for line in (b"no json\n", b"[]\n", b"{" * 20_000, b'{"screen": 1}\n', b"", b"no json\n"):
        with socket.socket(socket.AF_UNIX) as other:
            other.settimeout(PATIENCE)
            other.connect(str(starts.sockets / f"{window.pid}.window"))
            other.sendall(line)
            if line.endswith(b"\n"):
                assert other.recv(10) == b"no\n", line
    assert RAISED in ended(starts.start())
