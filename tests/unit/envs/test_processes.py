"""The child processes of an environment: none is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from dreamer_studio.envs import EnvDiedError, EnvError, EnvProcess, EnvTimeoutError, EnvUnavailableError
from tests.support.environment_processes import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux only")

FAMILY, PEACEFUL, UNFIT, CLINGING, GRUMBLING = (
    f"gym:tests.support.family:{name}-v0" for name in ("Family", "Peaceful", "Unfit", "Clinging", "Grumbling")
)
NONE, HANG, SEGFAULT = range(3)
CHILDREN = 4
PATIENCE = 30


@pytest.fixture(autouse=True)
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which environments report the processes that they start, and their closing."""
    folder = tmp_path / "told"
    folder.mkdir()
    monkeypatch.setenv("FAMILY", str(folder))
    return folder


def do(action: int) -> NDArray[np.float32]:
    one_hot = np.zeros(3, np.float32)
    one_hot[action] = 1.0
    return one_hot


def running(told: Path) -> list[int]:
    return [int(path.name) for path in told.iterdir() if path.name.isdecimal() and runs(int(path.name))]


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def closed(told: Path) -> int:
    return len(list(told.glob("closed-*")))


def wait_until_none_runs(told: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while running(told):
        assert time.monotonic() < deadline, f"left behind: {running(told)}"
        time.sleep(0.05)


def test_that_the_child_processes_of_an_environment_end_when_it_is_closed(told: Path) -> None:
    with EnvProcess(FAMILY) as env:
        env.reset(0)
        assert env.step(do(NONE)).reward == 1.0
        assert len(running(told)) == CHILDREN
    assert running(told) == [] and closed(told) == 1


@pytest.mark.parametrize(
    "end", [lambda env: os.kill(env.spec.pid, signal.SIGKILL), lambda env: env.send_step(do(SEGFAULT))]
)
def test_that_child_processes_have_ended_when_the_crash_of_their_environment_is_reported(
    end: Callable[[EnvProcess], None], told: Path
) -> None:
    with EnvProcess(FAMILY) as env:
        env.reset(0)
        end(env)
        with pytest.raises(EnvDiedError, match=r"was killed by (SIGKILL|SIGSEGV)"):
            env.step(do(NONE))
        assert running(told) == []


def test_that_the_child_processes_of_a_hanging_environment_end_with_it(told: Path) -> None:
    with EnvProcess(FAMILY, step_timeout=0.1) as env:
        env.reset(0)
        with pytest.raises(EnvTimeoutError):
            env.step(do(HANG))
    assert running(told) == [] and not runs(env.spec.pid)


def test_that_an_environment_whose_guard_is_killed_ends_with_its_child_processes(told: Path) -> None:
    with EnvProcess(FAMILY) as env:
        env.reset(0)
        os.kill(psutil.Process(env.spec.pid).ppid(), signal.SIGKILL)
        with pytest.raises(EnvDiedError, match="SIGKILL"):
            while True:
                env.step(do(NONE))
    wait_until_none_runs(told)


def test_that_a_close_that_takes_too_long_is_not_waited_for(told: Path) -> None:
    env = EnvProcess(CLINGING)
    env.close(timeout=0.5)
    assert closed(told) == 1
    assert running(told) == [] and not runs(env.spec.pid)


def test_that_a_close_that_fails_is_reported_in_one_line_and_the_process_ends(
    told: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with EnvProcess(GRUMBLING) as env:
        env.reset(0)
    assert closed(told) == 1 and not runs(env.spec.pid)
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"{GRUMBLING}: close failed: ZeroDivisionError (") and "family.py" in line


def test_that_a_refused_environment_is_closed(told: Path) -> None:
    with pytest.raises(EnvUnavailableError, match="cannot be learned from images"):
        EnvProcess(UNFIT)
    assert running(told) == [] and closed(told) == 1


def test_that_an_environment_is_closed_after_a_start_that_timed_out_and_with_an_answer_pending(told: Path) -> None:
    with pytest.raises(EnvError, match="of its start"):
        EnvProcess(PEACEFUL, start_timeout=0.01)
    with EnvProcess(PEACEFUL) as env:
        env.send_step(do(NONE))
    assert running(told) == [] and closed(told) >= 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_that_signals_to_guard_and_environment_do_not_stop_the_environment(number: signal.Signals) -> None:
    with EnvProcess(PEACEFUL) as env:
        env.reset(0)
        os.kill(env.spec.pid, number)
        os.kill(psutil.Process(env.spec.pid).ppid(), number)
        assert env.step(do(NONE)).reward == 1.0
        assert os.getpgid(env.spec.pid) != os.getpgid(0)


PARENT = """
import os, signal, sys, time
from dreamer_studio.envs import EnvProcess
if __name__ == "__main__":
    env = EnvProcess({task!r})
    env.reset(0)
    {end}
"""


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(0)", "sys.exit(0)"])
def test_that_an_environment_is_closed_and_leaves_nothing_however_the_program_ends(
    end: str, told: Path, tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(PARENT.format(task=FAMILY, end=end))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # which returns when nobody holds its standard error open any longer
        [sys.executable, script], env=environment, stderr=subprocess.PIPE, check=False, timeout=PATIENCE
    )
    assert done.stderr == b""
    wait_until_none_runs(told)
    assert len(list(told.iterdir())) == CHILDREN + 1 and closed(told) == 1
