"""The commands of a study, as a shell and a batch system read them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dreamer_studio.cli import main
from dreamer_studio.studies.plan import Plan
from tests.support.studies import STUDY, begin, write_study

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")

ODD = (
    STUDY.replace("gym:Pendulum-v1", "gym:Pendulum-v1?g=9.5").replace("[5, 10]", "[5]") + 'observe = ["it\'s $HOME"]\n'
)


def run_study(folder: Path, text: str, on: str, capsys: pytest.CaptureFixture[str]) -> str:
    place = folder / "a folder"
    place.mkdir(exist_ok=True)
    write_study(place, text)
    capsys.readouterr()
    assert main(["study", "run", str(place / "file.toml"), "--on", on]) == 0
    assert not (place / "try" / "kept-study.toml").exists()
    return capsys.readouterr().out


def run_shell(script: str, folder: Path, **variables: str) -> list[str]:
    """Run a script in a shell in which the program prints its threads and words, a line each."""
    stub = folder / "bin" / "dreamer-studio"
    stub.parent.mkdir(exist_ok=True)
    stub.write_text('#!/bin/sh\nprintf "%s\\n" "$OMP_NUM_THREADS" "$@"\n')
    stub.chmod(0o755)
    environment = {"PATH": f"{stub.parent}:/usr/bin:/bin", "HOME": "/", **variables}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def words_of(folder: Path, seed: int) -> list[str]:
    found = write_study(folder / "a folder", ODD)
    run = next(run for run in Plan(found.study) if run.seed == seed)
    settings = [f"seed={seed}", "prefill=60", "horizon=5", "observe=it's $HOME"]
    options = ["--task", "gym:Pendulum-v1?g=9.5", "--preset", "tiny", "--run", str(found.folder.run(run.name))]
    options += ["--steps", "300", "--device", "cpu"]
    return ["1", "train", *options, *(word for setting in settings for word in ("--set", setting))]


def test_that_each_line_gives_a_shell_the_words_of_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run_study(tmp_path, ODD, "print", capsys).splitlines()
    assert [run_shell(line, tmp_path) for line in lines] == [words_of(tmp_path, 0), words_of(tmp_path, 1)]


def test_that_each_job_of_a_slurm_array_gets_the_words_of_its_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = run_study(tmp_path, "cpus = 4\ngpus = 0.5\n" + ODD, "slurm", capsys)
    options = [line for line in script.splitlines() if line.startswith("#SBATCH")]
    assert {"#SBATCH --array=0-1", "#SBATCH --cpus-per-task=4", "#SBATCH --gres=gpu:1"} <= set(options)
    for number in range(2):
        printed = run_shell(script, tmp_path, SLURM_ARRAY_TASK_ID=str(number))
        wanted = ["4", *words_of(tmp_path, number)[1:]]
        assert printed == [word if word != "cpu" else "cuda" for word in wanted]


def test_that_runs_that_need_no_training_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin(write_study(tmp_path), "Pendulum-v1-seed0", step=300)
    begin(write_study(tmp_path), "Pendulum-v1-seed1", step=200)
    assert main(["study", "run", str(tmp_path / "file.toml"), "--on", "print"]) == 0
    out, err = capsys.readouterr()
    assert out.count("\n") == 3 and "seed0 " in out and "/Pendulum-v1-seed0 " not in out
    assert err == "left out 1 of 4 runs, which are finished or in training\n"
