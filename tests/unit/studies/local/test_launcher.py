"""Trains studies in processes of this machine. A program that learns nothing stands in for the training."""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lock import find_holder
from dreamer_studio.studies.jobs import job_of
from dreamer_studio.studies.launching import Outcome
from dreamer_studio.studies.local.children import Child, start_child
from dreamer_studio.studies.local.launcher import LocalLauncher
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.stopping import request_stop
from dreamer_studio.studies.study import StudyError
from dreamer_studio.studies.study_folder import FoundStudy
from tests.support.command import wait_for
from tests.support.listed_runs import held_elsewhere, row
from tests.support.stand_in_training import FAILS, WAITS
from tests.support.studies import begin, planned, write_study

HEAD = 'name = "try"\ntasks = ["gym:Pendulum-v1"]\npreset = "tiny"\nsteps = 300\ncpus = 2\n'
TELLS: list[str] = []


@pytest.fixture
def program(tmp_path: Path) -> tuple[str, ...]:
    """Return a command that has our program's name and runs the stand-in."""
    script = tmp_path / "dreamer-studio.py"
    script.write_text("import runpy\nrunpy.run_module('tests.support.stand_in_training', run_name='__main__')\n")
    return (sys.executable, str(script))


@pytest.fixture
def launch(program: tuple[str, ...]) -> Callable[..., tuple[Outcome, list[str]]]:
    def launch(
        found: FoundStudy, tell: Callable[[str], object] = TELLS.append, *, at_once: int = 2
    ) -> tuple[Outcome, list[str]]:
        """Launch a study, and return the outcome and the lines."""
        lines: list[str] = []

        def told(line: str) -> None:
            lines.append(line)
            tell(line)

        found.folder.keep(found.text)
        return LocalLauncher(at_once, program).launch(Plan(found.study), found.folder, told), lines

    return launch


@pytest.fixture
def orphan(tmp_path: Path, program: tuple[str, ...]) -> Iterator[Callable[[FoundStudy, str], Child]]:
    """Start a training as a killed launcher leaves it behind, and kill the training at the end."""
    children: list[Child] = []

    def start(found: FoundStudy, name: str) -> Child:
        found.folder.keep(found.text)
        job = job_of(planned(found)[name], found.study, found.folder)
        child = start_child(job, found.folder.output_of(name), 0, program=program)
        children.append(child)
        wait_for(found.folder.path, f"{name}/checkpoints/*/weights.safetensors")
        return child

    yield start
    for child in children:
        child.process.kill()
        child.process.wait()


def rows(found: FoundStudy, name: str) -> list[dict[str, float]]:
    log = RunFolder(found.folder.run(name)).metrics_file
    return [json.loads(line) for line in log.read_text().splitlines()]


Launch = Callable[..., tuple[Outcome, list[str]]]


def test_that_each_run_is_trained_once_a_few_at_a_time_and_a_second_launch_has_nothing_to_do(
    tmp_path: Path, launch: Launch
) -> None:
    found = write_study(tmp_path, HEAD + "seeds = 3")
    outcome, lines = launch(found)
    assert outcome == Outcome(3, 3) and outcome.exit_code == 0
    for name in planned(found):
        assert [(row["step"], row["threads"]) for row in rows(found, name)] == [(300, 2)]
    assert lines[0] == "try: 3 runs, 0 of them finished; at most 2 at once (as you chose)"
    assert any("2 training" in line for line in lines) and not any("3 training" in line for line in lines)
    assert "3 of 3 finished, 0 training" in lines[-1]
    outcome, lines = launch(found)
    assert outcome.exit_code == 0 and len(lines) == 1 and "3 runs, 3 of them finished" in lines[0]


def test_that_a_failed_run_is_reported_while_the_others_continue_and_is_resumed_the_next_time(
    tmp_path: Path, launch: Launch
) -> None:
    found = write_study(tmp_path, HEAD + f"seeds = [{FAILS}, 0, 1]")
    outcome, lines = launch(found, at_once=1)
    assert [(each.run.seed, each.step, each.problem) for each in outcome.failed] == [(FAILS, 150, "the made fault")]
    assert outcome.exit_code == 1 and "2 of 3 finished" in lines[-1]
    assert any(line.endswith("Pendulum-v1-seed20 failed at step 150 of 300: the made fault") for line in lines)
    outcome, lines = launch(found)
    assert outcome.exit_code == 0 and "3 of 3 finished" in lines[-1]


@pytest.mark.parametrize("way", ["signal", "stop"])
def test_that_trainings_save_when_the_study_is_stopped_and_continue_the_next_time(
    way: str, tmp_path: Path, launch: Launch
) -> None:
    found = write_study(tmp_path, HEAD + f"seeds = [{WAITS}, {WAITS + 1}, 0]")
    sentences: list[str] = []

    def stop(line: str) -> None:
        if not line.endswith("seed11 starts"):
            return
        for seed in (10, 11):
            wait_for(found.folder.path, f"*-seed{seed}/checkpoints/*/weights.safetensors")
        if way == "signal":
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            sentences.extend(request_stop(Plan(found.study), found.folder))

    outcome, lines = launch(found, stop)
    assert outcome.exit_code == 128 + signal.SIGTERM and not outcome.failed
    assert [each.step for each in outcome.unfinished] == [150, 150]
    assert sum("stopped at step 150 of 300" in line for line in lines) == 2 and "seed0" not in "".join(lines)
    if way == "stop":
        assert sentences == [f"process {os.getpid()} ends its runs as soon as they are saved"]
    outcome, lines = launch(found)
    assert outcome.exit_code == 0 and "3 of 3 finished" in lines[-1]


def test_that_a_training_whose_launcher_was_killed_is_left_alone_and_can_be_stopped(
    tmp_path: Path, launch: Launch, orphan: Callable[[FoundStudy, str], Child]
) -> None:
    found = write_study(tmp_path, HEAD + f"seeds = [{WAITS}, 0]")
    child = orphan(found, "Pendulum-v1-seed10")
    outcome, lines = launch(found)
    assert [each.run.seed for each in outcome.elsewhere] == [WAITS] and outcome.exit_code == 0
    assert any("seed10 is left alone: another process trains it on" in line for line in lines)
    assert "1 of 2 finished" in lines[-1] and child.process.poll() is None
    assert list(request_stop(Plan(found.study), found.folder)) == ["Pendulum-v1-seed10 is saving and stopping"]
    assert child.process.wait(60) == 128 + signal.SIGTERM
    assert list(request_stop(Plan(found.study), found.folder)) == ["no run of the study is in training"]
    outcome, lines = launch(found)  # an old request to stop does not count
    assert outcome.exit_code == 0 and "2 of 2 finished" in lines[-1]


def test_that_a_run_that_another_process_finishes_meanwhile_counts_once(tmp_path: Path, launch: Launch) -> None:
    found = write_study(tmp_path, HEAD + "seeds = 2")
    run = begin(found, "Pendulum-v1-seed0", step=150)
    with held_elsewhere(run) as other:

        def finish(line: str) -> None:
            if "seed0 is left alone" in line:
                with RunFolder(run).metrics_file.open("a") as log:
                    log.write(row("train", 300))
                other.kill()

        outcome, _ = launch(found, finish, at_once=1)
    assert outcome == Outcome(2, 2)


def test_that_two_launchers_on_one_machine_are_refused(tmp_path: Path, launch: Launch) -> None:
    found = write_study(tmp_path, HEAD + "seeds = 1")
    place = found.folder.runners / platform.node()
    place.mkdir(parents=True)
    with held_elsewhere(place), pytest.raises(StudyError, match=r"is being run by process \d+: .* study stop ends it"):
        launch(found)
    assert launch(found)[0].exit_code == 0


def test_that_storage_that_goes_away_holds_the_study_until_it_is_back(tmp_path: Path, launch: Launch) -> None:
    found = write_study(tmp_path, HEAD + "seeds = 2")
    folder, away = found.folder.path, tmp_path / "away"

    def unmount(line: str) -> None:
        if line.endswith("seed0 is finished"):
            folder.rename(away)
        if line.startswith(f"{folder} is gone: put it back"):
            away.rename(folder)

    outcome, lines = launch(found, unmount, at_once=1)
    assert outcome.exit_code == 0 and "2 of 2 finished" in lines[-1]
    assert sum("is gone" in line for line in lines) == 1 and "runs start again" in lines
    assert find_holder(found.folder.run("Pendulum-v1-seed0")) is None
