"""A trial trains a run, without Ray: a made report takes what Ray would get, and a stand-in trains."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from dreamer_studio.library.entry import RunState
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.status import LEASE_SECONDS
from dreamer_studio.runs.lock import find_holder
from dreamer_studio.studies.ray.trial import Pointer, Report, Times, Trial, TrialError
from dreamer_studio.studies.study_folder import FoundStudy
from tests.support.command import wait_for
from tests.support.other_trainer import say_elsewhere
from tests.support.stand_in_training import FAILS, WAITS
from tests.support.studies import begin, planned, write_study

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends by signal")
STAND_IN = (sys.executable, "-m", "tests.support.stand_in_training")
STUDY = 'name = "try"\ntasks = ["gym:Pendulum-v1"]\npreset = "tiny"\nsteps = 300\nseeds = [{}]\n'
REFUSED_ONCE = """
import pathlib, runpy, sys
mark = pathlib.Path(sys.argv[0]).with_suffix(".refused")
if not mark.exists():
    mark.touch()
    sys.exit(2)
runpy.run_module("tests.support.stand_in_training", run_name="__main__")
"""
WORKER = """
import sys, time
from pathlib import Path
from dreamer_studio.studies.ray.kept import keep
with keep(sys.argv[1:], {}, Path.cwd(), Path("output/out.txt")):
    time.sleep(60)
"""
SAVES = """
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path("saved").touch(), os._exit(0)))
pathlib.Path("begun").touch()
time.sleep(60)
"""


def trial_of(
    found: FoundStudy,
    report: Callable[[Report], object],
    program: tuple[str, ...] = STAND_IN,
    times: Times = Times(0.05, 0.3, 0.02),  # noqa: B008
) -> Trial:
    found.folder.keep(found.text)
    (run,) = planned(found).values()
    return Trial(run, found.study, found.folder, lambda each: void(report(each)), Path.cwd(), program, times)


def void(_: object) -> None:
    return None


def starts(found: FoundStudy) -> int:
    (name,) = planned(found)
    return len(RunFolder(found.folder.run(name)).metrics_file.read_text().splitlines())


def test_that_a_trial_reports_the_end_with_a_pointer_and_a_second_one_trains_nothing(tmp_path: Path) -> None:
    found = write_study(tmp_path, STUDY.format(0))
    reports: list[Report] = []
    for _ in range(2):
        trial_of(found, reports.append).train()
        assert reports[-1].over and reports[-1].progress.finished
        run = str(found.folder.run("Pendulum-v1-seed0"))
        assert reports[-1].pointer == Pointer(run, "000000-step-300-update-30", 300, 0)
    assert starts(found) == 1


def test_that_a_failure_is_one_line_and_the_next_trial_continues(tmp_path: Path) -> None:
    found = write_study(tmp_path, STUDY.format(FAILS))
    reports: list[Report] = []
    with pytest.raises(TrialError, match=r"^the made fault$"):
        trial_of(found, reports.append).train()
    assert not any(each.over for each in reports)
    trial_of(found, reports.append).train()
    assert reports[-1].progress.finished and starts(found) == 2


def test_that_a_trial_that_is_stopped_lets_its_training_save_and_end(tmp_path: Path) -> None:
    found = write_study(tmp_path, STUDY.format(WAITS))

    def stop(report: Report) -> None:
        if report.pointer is not None:
            raise SystemExit

    with pytest.raises(SystemExit):
        trial_of(found, stop).train()
    path = found.folder.run("Pendulum-v1-seed10")
    deadline = time.monotonic() + 60
    while find_holder(path) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert find_holder(path) is None and found.folder.output_of(path.name).read_text() == ""


def test_that_a_training_stopped_from_outside_ends_the_trial_without_a_failure(tmp_path: Path) -> None:
    found = write_study(tmp_path, STUDY.format(WAITS))
    reports: list[Report] = []

    def stop(report: Report) -> None:
        reports.append(report)
        holder = find_holder(found.folder.run("Pendulum-v1-seed10"))
        if report.pointer is not None and holder is not None:
            psutil.Process(holder.pid).terminate()

    trial_of(found, stop).train()
    assert reports[-1].over and reports[-1].progress.state == RunState.STOPPED and starts(found) == 1


def test_that_a_training_saves_and_ends_when_the_worker_above_it_is_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])}
    command = [sys.executable, "-c", WORKER, sys.executable, "-c", SAVES]
    worker = subprocess.Popen(command, cwd=tmp_path, env=environment)
    wait_for(tmp_path, "begun")
    worker.kill()
    worker.wait()
    wait_for(tmp_path, "saved")


def test_that_a_run_with_a_living_trainer_is_left_to_it(tmp_path: Path) -> None:
    found = write_study(tmp_path, STUDY.format(0))
    say_elsewhere(begin(found, "Pendulum-v1-seed0"))
    reports: list[Report] = []
    trial_of(found, reports.append).train()
    (report,) = reports
    assert report.over and report.progress.state == RunState.TRAINING_ELSEWHERE and report.progress.host == "moon"


def test_that_a_start_that_is_refused_for_a_silent_trainer_is_tried_again(tmp_path: Path) -> None:
    found = write_study(tmp_path, STUDY.format(0))
    (tmp_path / "program.py").write_text(REFUSED_ONCE)
    program = (sys.executable, str(tmp_path / "program.py"))
    reports: list[Report] = []
    with pytest.raises(TrialError):
        trial_of(found, reports.append, program).train()
    (tmp_path / "program.refused").unlink()
    say_elsewhere(begin(found, "Pendulum-v1-seed0"), ago=LEASE_SECONDS)
    trial_of(found, reports.append, program).train()
    assert reports[-1].progress.finished


def test_that_a_start_refused_long_after_the_last_sign_of_life_is_a_failure(tmp_path: Path) -> None:
    found = write_study(tmp_path, STUDY.format(0))
    say_elsewhere(begin(found, "Pendulum-v1-seed0"), ago=10 * LEASE_SECONDS)
    program = (sys.executable, "-c", "import sys; sys.stderr.write('dreamer-studio: no such device'); sys.exit(2)")
    with pytest.raises(TrialError, match=r"^no such device$"):
        trial_of(found, lambda _: None, program).train()


def test_that_a_killed_training_is_a_failure(tmp_path: Path) -> None:
    found = write_study(tmp_path, STUDY.format(0))
    program = (sys.executable, "-c", f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})")
    with pytest.raises(TrialError, match="ended by signal 9"):
        trial_of(found, lambda _: None, program).train()
