"""What the caller sees when an environment misbehaves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from dreamer_studio.envs import (
    EnvDiedError,
    EnvError,
    EnvProcess,
    EnvSpec,
    EnvTimeoutError,
    EnvUnavailableError,
    Interruption,
    WaitInterruptedError,
)
from dreamer_studio.envs.child import Assignment, serve
from dreamer_studio.envs.messages import SuiteReady
from dreamer_studio.envs.worker import Worker, settle_in
from dreamer_studio.envs.wrappers import EnvOptions
from tests.support.environment_processes import FAULTY, ROOT, environment_processes

FINE, RAISE, HANG, EXIT, NAN, INFINITE, WRONG_SHAPE, WRONG_TYPE, SEGFAULT, SLOW, PRINT, ABSURD, LEAK, QUIT = range(14)


def do(action: int) -> NDArray[np.float32]:
    one_hot = np.zeros(14, np.float32)
    one_hot[action] = 1.0
    return one_hot


@pytest.fixture
def doomed() -> Iterator[EnvProcess]:
    with EnvProcess(FAULTY, step_timeout=10.0) as env:
        env.reset(0)
        yield env


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid)


def test_that_an_exception_arrives_with_its_traceback_and_a_reset_recovers_from_it(faulty: EnvProcess) -> None:
    faulty.reset(0)
    with pytest.raises(EnvError, match="step failed: ZeroDivisionError: the pole has left the building") as caught:
        faulty.step(do(RAISE))
    assert "faulty.py" in caught.value.details
    with pytest.raises(EnvError, match="reset first"):
        faulty.step(do(FINE))
    faulty.reset(0)
    assert faulty.step(do(FINE)).reward == 1.0


def test_that_a_system_exit_in_an_environment_is_reported_like_an_exception(faulty: EnvProcess) -> None:
    faulty.reset(0)
    with pytest.raises(EnvError, match=r"step failed: SystemExit \(.*faulty\.py, line \d+\)$"):
        faulty.step(do(QUIT))
    faulty.reset(0)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (NAN, "reward that is not finite, or absurdly large: nan"),
        (INFINITE, "reward that is not finite, or absurdly large: inf"),
        (ABSURD, "reward that is not finite, or absurdly large: 1e"),
        (WRONG_SHAPE, r"uint8 \(3,\)"),
        (WRONG_TYPE, "complex64"),
    ],
)
def test_that_malformed_rewards_and_images_are_refused(faulty: EnvProcess, action: int, words: str) -> None:
    faulty.reset(0)
    with pytest.raises(EnvError, match=words):
        faulty.step(do(action))
    assert faulty.is_alive()


def test_that_a_late_answer_is_not_taken_for_a_later_one(faulty: EnvProcess) -> None:
    faulty.reset(0)
    faulty.step(do(FINE))
    late = faulty.send_step(do(SLOW))
    with pytest.raises(EnvTimeoutError, match=r"no answer to step within 0\.05 s"):
        faulty.receive(late, timeout=0.05)
    with pytest.raises(ValueError, match="has no answer to wait for"):
        faulty.receive(late)
    assert faulty.step(do(FINE)).image[0, 0, 0] == 3  # the late answer's image has a 2


def test_that_answers_can_be_received_in_another_order(faulty: EnvProcess) -> None:
    faulty.reset(0)
    first, second = faulty.send_step(do(FINE)), faulty.send_step(do(FINE))
    assert faulty.receive(second).reward == 2.0
    assert faulty.receive(first).reward == 1.0


def test_that_the_prints_of_an_environment_stay_out_of_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    with EnvProcess(FAULTY) as env:  # started here: a child keeps the streams that it was started with
        env.reset(0)
        env.step(do(PRINT))
    assert capfd.readouterr().out == ""


def test_that_the_prints_of_an_environment_go_into_a_named_file(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    printed = tmp_path / "printed"
    with EnvProcess(FAULTY, output=printed) as env:
        env.reset(0)
        env.step(do(PRINT))
        assert printed.read_text() == "greetings from a library\n"
        assert env.action_space() == "Discrete(14)"
    assert "greetings" not in "".join(capfd.readouterr())


def test_that_the_memory_growth_of_an_environment_is_measured() -> None:
    with EnvProcess(FAULTY) as env:
        env.reset(0)
        for _ in range(3):
            env.step(do(LEAK))
        assert env.memory_bytes() > env.memory_at_start + 3 * 60 * 2**20 > 3 * 60 * 2**20
    assert env.memory_bytes() == 0


def write_nonsense(connection: Connection) -> None:
    connection.send_bytes(b"greetings from a library")
    settle_in()
    connection.recv()


def test_that_an_unreadable_message_in_the_pipe_is_a_fault_of_the_environment() -> None:
    worker = Worker("the library", write_nonsense)
    try:
        with pytest.raises(EnvError, match="the library: the environment process sent an unreadable message"):
            worker.receive(timeout=20.0)
    finally:
        worker.close()


def test_that_rendering_an_image_of_zero_width_is_refused(faulty: EnvProcess) -> None:
    with pytest.raises(ValueError, match="0 x 5"):
        faulty.render(0, 5)


@pytest.mark.parametrize(
    ("action", "words"), [(EXIT, "ended by itself with exit code 3"), (SEGFAULT, "was killed by SIGSEGV")]
)
def test_that_the_death_of_the_process_is_reported_at_once(doomed: EnvProcess, action: int, words: str) -> None:
    start = time.monotonic()
    with pytest.raises(EnvDiedError, match=words):
        doomed.step(do(action))
    assert time.monotonic() - start < 5.0
    assert not doomed.is_alive()
    with pytest.raises(EnvDiedError):
        doomed.reset(0)


def test_that_a_process_killed_between_steps_is_reported(doomed: EnvProcess) -> None:
    os.kill(doomed.spec.pid, signal.SIGKILL)
    with pytest.raises(EnvDiedError, match="SIGKILL"):
        doomed.step(do(FINE))


def test_that_a_hang_is_a_time_out_and_closing_ends_the_hanging_process() -> None:
    with EnvProcess(FAULTY, step_timeout=0.3) as env:
        env.reset(0)
        with pytest.raises(EnvTimeoutError, match=r"no answer to step within 0\.3 s"):
            env.step(do(HANG))
        assert env.is_alive()
        start = time.monotonic()
        env.close(timeout=0.5)
        assert time.monotonic() - start < 2.0
        assert gone(env.spec.pid) and not env.is_alive()


def test_that_an_interruption_ends_the_wait_for_a_hanging_environment_and_its_process() -> None:
    interruption = Interruption()
    with EnvProcess(FAULTY, step_timeout=600, interruption=interruption) as env:
        env.reset(0)
        interruption.request()
        with pytest.raises(WaitInterruptedError, match="the wait for the environment process was interrupted"):
            env.step(do(HANG))
        with pytest.raises(WaitInterruptedError):  # nor is anything else begun
            env.step(do(FINE))
    assert gone(env.spec.pid)


def test_that_an_interruption_ends_the_wait_for_a_starting_environment() -> None:
    interruption = Interruption()
    interruption.request()
    with pytest.raises(WaitInterruptedError):
        EnvProcess("gym:tests.support.faulty:Sleeper-v0", start_timeout=600, interruption=interruption)
    interruption.withdraw()
    with EnvProcess(FAULTY, interruption=interruption) as env:
        env.reset(0)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no stopping a process there")
def test_that_a_process_that_ignores_termination_is_killed(doomed: EnvProcess) -> None:
    os.kill(doomed.spec.pid, signal.SIGSTOP)  # a stopped process does not act on SIGTERM
    doomed.close(timeout=0.2)
    assert gone(doomed.spec.pid)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is no signal there")
def test_that_a_ctrl_c_does_not_stop_the_environment(doomed: EnvProcess) -> None:
    os.kill(doomed.spec.pid, signal.SIGINT)
    assert doomed.step(do(FINE)).reward == 1.0


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is no signal there")
def test_that_a_ctrl_c_during_the_start_does_not_stop_the_environment() -> None:
    before = environment_processes()
    worker = Worker(FAULTY, serve, Assignment(FAULTY, EnvOptions(), "egl", "dummy", may_be_blank=True))
    try:
        while not (started := environment_processes() - before):  # until then it is a copy of this process
            time.sleep(0.001)
        os.kill(started.pop(), signal.SIGINT)
        assert isinstance(worker.receive(timeout=20.0), SuiteReady)
        assert isinstance(worker.receive(timeout=20.0), EnvSpec)
    finally:
        worker.close()


def test_that_an_environment_can_be_closed_twice_and_using_it_then_is_an_error(doomed: EnvProcess) -> None:
    doomed.close()
    doomed.close()
    assert gone(doomed.spec.pid)
    with pytest.raises(EnvError, match="has been closed"):
        doomed.reset(0)


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("Blind-v0", EnvUnavailableError, "cannot be learned from images: the image is None"),
        ("Wordy-v0", EnvUnavailableError, "no vector of numbers can stand for: Text"),
        ("StillBorn-v0", EnvDiedError, "exit code 7"),
    ],
)
def test_that_an_environment_that_does_not_fit_is_refused_with_the_reason(
    name: str, kind: type[EnvError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        EnvProcess(f"gym:tests.support.faulty:{name}")


def test_that_an_environment_that_needs_a_screen_is_refused_with_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    how = r"xvfb-run -a dreamer-studio \.\.\. provides a virtual screen$"
    with monkeypatch.context() as blind:
        blind.delenv("DISPLAY", raising=False)
        with pytest.raises(EnvError, match=rf"no window \(.*; there is no screen for it, and {how}"):
            EnvProcess("gym:tests.support.faulty:Windowed-v0")
        with pytest.raises(EnvDiedError, match=f"exit code 7; if it opens a window, {how}"):
            EnvProcess("gym:tests.support.faulty:StillBorn-v0")
    monkeypatch.setenv("DISPLAY", ":0")
    with pytest.raises(EnvError, match=r"too large \([^;]*\)$"):
        EnvProcess("gym:tests.support.faulty:Windowed-v0")


def test_that_a_start_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(EnvTimeoutError, match=r"within 0\.01 s of its start"):
        EnvProcess(FAULTY, start_timeout=0.01)


def test_that_gray_observations_and_numbered_actions_are_understood() -> None:
    with EnvProcess("gym:tests.support.faulty:Gray-v0") as env:
        assert env.spec.action_names == ("action 0", "action 1", "action 2")
        env.reset(0)
        step = env.step(np.array([0.1, 0.2, 0.9], np.float32))
    assert step.reward == 7.0
    assert step.image.shape == (64, 64, 3) and (step.image == 7).all()


ORPHAN = """
import os, signal, sys
from tests.support.environment_processes import FAULTY
from dreamer_studio.envs import EnvProcess
import numpy as np
if __name__ == "__main__":
    env = EnvProcess(FAULTY)
    env.reset(0)
    env.send_step(np.eye(14, dtype=np.float32)[{action}])
    sys.stdout.write(str(env.spec.pid))
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_that_a_process_ends_when_its_parent_is_killed_even_if_it_hangs(
    run_script: Callable[[str], str],
) -> None:
    pid = int(run_script(ORPHAN.format(action=HANG)))
    deadline = time.monotonic() + 5.0
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the environment process outlives its parent"
        time.sleep(0.05)


SUSPENDED = """
import sys
from tests.support.environment_processes import FAULTY
from dreamer_studio.envs import EnvProcess
import numpy as np
if __name__ == "__main__":
    with EnvProcess(FAULTY, step_timeout=2.0) as env:
        env.reset(0)
        slow = env.send_step(np.eye(14, dtype=np.float32)[{action}])
        print(env.spec.pid, flush=True)
        print(env.receive(slow).reward, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no stopping a process there")
def test_that_being_suspended_together_with_the_environment_is_no_time_out(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SUSPENDED.format(action=SLOW))
    with subprocess.Popen(
        [sys.executable, script], env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        for pid in (child, parent.pid):
            os.kill(pid, signal.SIGSTOP)
        time.sleep(2.5)  # what is tested: longer than the time-out
        os.kill(parent.pid, signal.SIGCONT)
        wait_until_it_waits(parent.pid)
        os.kill(child, signal.SIGCONT)
        assert parent.stdout.readline() == "1.0\n"


def wait_until_it_waits(pid: int) -> None:
    """Wait until a continued process sleeps again."""
    process = psutil.Process(pid)
    deadline = time.monotonic() + 1.0
    switches = process.num_ctx_switches().voluntary
    while process.num_ctx_switches().voluntary == switches and time.monotonic() < deadline:
        time.sleep(0.01)
