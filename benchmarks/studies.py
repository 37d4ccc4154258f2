"""Time a study of many made runs: its plan, the check of its folder, its status, and launching all of its runs.

    python -m benchmarks.studies [--json] [--runs 1000] [--rows 3000] [--rounds 5] [--at-once 16] [--folder DIR]

Each made run has a log of update rows of the usual size with a test after every 100 rows, and three checkpoints. The
files are in the disk cache. The times are those of one process, without the start of Python and imports. The launched
programs train nothing: each writes a small finished run.
"""

import argparse
import dataclasses
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from benchmarks import finished_run
from benchmarks.listing import make_run
from dreamer_studio.config import write_config
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studies.checking import check_folder
from dreamer_studio.studies.local.launcher import LocalLauncher
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.progress_reader import ProgressReader
from dreamer_studio.studies.study_folder import FoundStudy, find_study

STUDY = """\
name = "many"
tasks = ["gym:Pendulum-v1"]
preset = "tiny"
seeds = {seeds}
steps = 1000000
"""
HORIZONS = 10
GRID = f"""\
[common]
eval_every = 100
[grid]
horizon = {list(range(1, HORIZONS + 1))}
"""


@dataclasses.dataclass
class Figures:
    """Medians over all rounds in milliseconds, other times in seconds, and the memory of the process at the end.

    Attributes:
        plan: names and settings of all runs.
        check: comparison of the configurations of all runs with the study.
        status: the progress of all runs, from their logs and checkpoints.
        again: the same, by a reader that has read the runs before.
        million: names and settings of a study of a million runs.
        launch_s: launching a program for each run, until all have ended.
        launcher_s: processor time of the launcher during the launch.
        finished: number of finished runs after the launch.
        memory_mib: memory of the process.
    """

    plan: float
    check: float
    status: float
    again: float
    million: float
    launch_s: float
    launcher_s: float
    finished: int
    memory_mib: float


def write_study(folder: Path, seeds: int, more: str = "") -> FoundStudy:
    """Write a study file with the further lines `more`, and keep it in the study's folder."""
    file = folder / "study.toml"
    file.write_text(STUDY.format(seeds=seeds) + more)
    found = find_study(file)
    found.folder.keep(found.text)
    return found


def make_study(folder: Path, rows: int, runs: int) -> FoundStudy:
    """Write a study with made runs."""
    found = write_study(folder, runs // HORIZONS, GRID)
    template = folder / "template"
    make_run(template, 0, rows, 0)
    for run in Plan(found.study):
        path = found.folder.run(run.name)
        shutil.copytree(template, path)
        write_config(run.config, RunFolder(path).config_file)
    return found


def launch(folder: Path, runs: int, at_once: int) -> tuple[float, float, int]:
    """Launch a study whose runs end at once. Return seconds, processor seconds, and the number of finished runs."""
    folder.mkdir()
    found = write_study(folder, runs // HORIZONS, GRID)
    (folder / "template.json").write_text(json.dumps(dataclasses.asdict(next(iter(Plan(found.study))).config)))
    os.environ["TEMPLATE"] = str(folder / "template.json")
    launcher = LocalLauncher(at_once, (sys.executable, "-I", "-S", finished_run.__file__))
    began, worked = time.perf_counter(), time.process_time()
    outcome = launcher.launch(Plan(found.study), found.folder, lambda _: None)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    runs_now = ProgressReader(found.folder).study(Plan(found.study)).runs
    assert outcome.finished == sum(run.finished for run in runs_now)
    return seconds, processor, outcome.finished


def measure(found: FoundStudy, rounds: int, at_once: int) -> Figures:
    """Time the parts."""
    plan = Plan(found.study)
    reader = ProgressReader(found.folder)
    reader.study(plan)
    million = Plan(dataclasses.replace(found.study, seeds=10**6 // HORIZONS))
    seconds, processor, finished = launch(found.file.parent / "launched", len(plan), at_once)
    return Figures(
        plan=_median(lambda: list(plan), rounds),
        check=_median(lambda: check_folder(found, plan), rounds),
        status=_median(lambda: ProgressReader(found.folder).study(plan), rounds),
        again=_median(lambda: reader.study(plan), rounds),
        million=_median(million.check_names, 1),
        launch_s=seconds,
        launcher_s=processor,
        finished=finished,
        memory_mib=psutil.Process().memory_info().rss / 2**20,
    )


def _median(action: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def main() -> None:
    """Make the runs, time the study, print the figures."""
    parser = argparse.ArgumentParser(description="Time a study of many made runs.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=3000, help="rows of each log")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=16, help="launched programs at the same time")
    parser.add_argument("--folder", type=Path, help="where to make the runs; default: a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        figures = measure(make_study(Path(folder), options.rows, options.runs), options.rounds, options.at_once)
    if options.json:
        sys.stdout.write(json.dumps({**vars(options), **dataclasses.asdict(figures)}, default=str) + "\n")
        return
    lines = [f"{options.runs} runs, each with a log of {options.rows} rows"]
    lines += [f"{name:<12} {value:8.0f}" for name, value in dataclasses.asdict(figures).items()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
