"""No port is opened and no host is contacted: with all sockets but Unix sockets refused, everything works.

A hook in every Python process, including those of the environments, refuses network access and notes each attempt.
What libraries do below Python is checked from outside: the sockets of all processes are listed.
"""

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

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "dreamer_studio"]
PATIENCE = 300

GUARD = """
import _socket
import os
import sys

def refuse(event, arguments):
    names = ("getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo")
    contacts = ("connect", "bind", "sendto", "sendmsg")
    inet = (_socket.AF_INET, _socket.AF_INET6)
    if event in ["socket." + name for name in names] or (
        event in ["socket." + name for name in contacts] and arguments[0].family in inet
    ):
        with open(os.environ["TRIED"], "a") as file:
            file.write(f"{event} {arguments[1:]} {sys.argv}\\n")
        raise PermissionError(f"no network here: {event}")

sys.addaudithook(refuse)
"""

CONTROL = """
import multiprocessing
import socket

def reach_out():
    try:
        socket.create_connection(("127.0.0.1", 9))
    except PermissionError as error:
        print(error, flush=True)

if __name__ == "__main__":
    reach_out()
    child = multiprocessing.get_context("spawn").Process(target=reach_out)
    child.start()
    child.join()
"""

VERBS = """
import sys
from dreamer_studio.cli import main

run, film = sys.argv[1:]
code = main(["dream", run, "--kind", "imagined", "--out", film])
sys.exit(code or main(["eval", run, "--episodes", "1"]))
"""

LISTENER = """
import socket
import sys
server = socket.create_server(("127.0.0.1", 0))
print(flush=True)
sys.stdin.read()
"""


class Guarded:
    """Processes that cannot reach the network, and the list of their attempts."""

    def __init__(self, folder: Path) -> None:
        (folder / "guard").mkdir()
        (folder / "guard" / "sitecustomize.py").write_text(GUARD)
        self._tried = folder / "tried.txt"
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(folder / "guard"), str(ROOT)]),
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_CONFIG_HOME": str(folder / "settings"),
            "TRIED": str(self._tried),
        }

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def run(self, *command: str) -> str:
        process = self.start(*command)
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
        return said

    @property
    def tried(self) -> str:
        return self._tried.read_text() if self._tried.exists() else ""


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    return Guarded(tmp_path)


def inet_sockets(pid: int) -> list[str]:
    """Return the network sockets that a process and its descendants have open."""
    found = []
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            found += [f"{process.name()}: {socket}" for socket in process.net_connections(kind="inet")]
        except psutil.NoSuchProcess:
            continue
    return found


def test_that_the_guard_notes_attempted_connections_and_the_check_from_outside_sees_a_listening_socket(
    guarded: Guarded, tmp_path: Path
) -> None:
    script = tmp_path / "control.py"
    script.write_text(CONTROL)
    assert guarded.run(sys.executable, str(script)).count("no network here") == 2
    assert guarded.tried.count("socket.getaddrinfo") == 2
    with subprocess.Popen([sys.executable, "-c", LISTENER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as listener:
        assert listener.stdout is not None
        listener.stdout.readline()
        assert len(inet_sockets(listener.pid)) == 1
        listener.kill()


def test_that_training_in_a_window_and_dream_and_eval_open_no_port_and_contact_no_host(
    guarded: Guarded, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    arguments = ["--task", "gym:Pendulum-v1", "--preset", "tiny", "--run", str(run)]
    settings = ["--set", "steps=100000", "--set", "time_limit=60", "--set", "prefill=60", "--set", "eval_every=200"]
    window = guarded.start(*COMMAND, *arguments, *settings)
    deadline, looks = time.monotonic() + PATIENCE, 0
    while "test" not in kinds(run):  # a second environment has come with it
        assert window.poll() is None and time.monotonic() < deadline
        assert inet_sockets(window.pid) == []
        looks += 1
        time.sleep(0.1)
    window.send_signal(signal.SIGTERM)
    assert window.wait(PATIENCE) == 0
    assert looks > 10
    guarded.run(sys.executable, "-c", VERBS, str(run), str(tmp_path / "dream.gif"))
    assert guarded.tried == ""


def kinds(run: Path) -> set[str]:
    """Return the kinds of the rows in the log."""
    log = run / "metrics.jsonl"
    lines = log.read_text().split("\n")[:-1] if log.exists() else []
    return {json.loads(line)["kind"] for line in lines}


def test_that_an_export_and_a_reality_twin_in_the_window_contact_no_host(guarded: Guarded) -> None:
    exporting = "tests/gui/shell/test_window.py::test_that_an_export_from_the_window_is_a_moving_gif[open-loop]"
    mirroring = "tests/gui/dream/test_twin.py::test_that_switching_the_twin_off_ends_its_environment"
    assert "2 passed" in guarded.run(
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", exporting, mirroring
    )
    assert guarded.tried == ""
