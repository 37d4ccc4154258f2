"""Send a study of many runs through Ray, in trials that train nothing, and measure the driver's time and memory.

    python -m benchmarks.trials [--json] [--runs 1000] [--slots 8] [--folder DIR]

Needs the extra: pip install "dreamer-studio[ray]". Each trial is a process of its own, as always. It reports three
times, with a pointer, and leaves a small finished run. Ctrl+C ends the study early; the figures are those until then.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.finished_run import leave_run
from benchmarks.reliability.cluster import Nodes
from benchmarks.studies import write_study
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.progress_reader import ProgressReader
from dreamer_studio.studies.ray.entrance import ray_launcher
from dreamer_studio.studies.study_folder import StudyFolder, find_study

REPORTS = 3


@dataclasses.dataclass
class Figures:
    """The measurements.

    Attributes:
        runs, finished: number of runs, and of those that finished.
        seconds: from the start to the end.
        first_100, last_100: seconds for the first and the last hundred finished runs.
        driver_s: processor time of the driver.
        driver_mib: memory of the driver at the end.
        trial_mib: memory of a trial's process that no other process shares.
        state_files, state_kib: number and size of the files that Ray keeps in the study's folder.
        status_s: seconds to read the progress of all runs once.
    """

    runs: int
    finished: int
    seconds: float
    first_100: float
    last_100: float
    driver_s: float
    driver_mib: float
    trial_mib: float
    state_files: int
    state_kib: float
    status_s: float


def train_nothing(config: dict[str, Any]) -> None:
    """Leave a finished run, and report. Each trial calls this."""
    from ray import tune  # noqa: PLC0415  (in the process of a trial)

    from dreamer_studio.studies.ray import trainable  # noqa: PLC0415
    from dreamer_studio.studies.ray.trial import Pointer, Report  # noqa: PLC0415

    given = config["trial"]
    folder = StudyFolder(Path(given["folder"]))
    run = trainable.run_from(given, find_study(folder.path).study)
    path, reporter = folder.run(run.name), trainable.Reporter(tune.report)
    checkpoint = leave_run(path, dataclasses.asdict(run.config))
    progress = ProgressReader(folder).run(run)
    for number in range(REPORTS):
        pointer = Pointer(str(path), checkpoint, number, 1)
        reporter.report(Report(progress, pointer, over=number == REPORTS - 1))


def measure(folder: Path, runs: int, slots: int) -> Figures:
    """Send the study through Ray."""
    found = write_study(folder, runs)
    plan, times, memory = Plan(found.study), list[float](), list[float]()
    nodes = Nodes([slots])
    began, worked = time.monotonic(), time.process_time()

    def tell(line: str) -> None:
        if "is finished" in line:
            times.append(time.monotonic() - began)
            if len(times) in {runs // 2, 20}:
                memory.append(_trial_mib())
        sys.stderr.write(f"{line}\n")

    try:
        outcome = ray_launcher(nodes.address, train_nothing).launch(plan, found.folder, tell)
    finally:
        nodes.shutdown()
    seconds, processor = time.monotonic() - began, time.process_time() - worked
    ends = times or [0.0]
    looked = time.monotonic()
    ProgressReader(found.folder).study(plan)
    status_s = time.monotonic() - looked
    kept = [path for path in found.folder.ray.rglob("*") if path.is_file()]
    return Figures(
        runs=runs,
        finished=outcome.finished,
        seconds=round(seconds, 1),
        first_100=round(ends[min(99, len(ends) - 1)], 1),
        last_100=round(ends[-1] - ends[max(0, len(ends) - 101)], 1),
        driver_s=round(processor, 1),
        driver_mib=round(psutil.Process().memory_info().rss / 2**20),
        trial_mib=round(max(memory, default=0.0)),
        state_files=len(kept),
        state_kib=round(sum(path.stat().st_size for path in kept) / 2**10),
        status_s=round(status_s, 2),
    )


def _trial_mib() -> float:
    """Return the memory of the largest process of a trial."""
    sizes = [0.0]
    for process in psutil.process_iter():
        try:
            if process.name().startswith("ray::Implic"):
                sizes.append(process.memory_full_info().uss / 2**20)
        except psutil.Error:
            continue
    return max(sizes)


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--slots", type=int, default=8, help="trials at once")
    parser.add_argument("--folder", type=Path, help="where to make the runs; a temporary folder by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
        values = dataclasses.asdict(measure(Path(temporary), options.runs, options.slots))
    lines = [f"{name:<12} {value}" for name, value in values.items()]
    sys.stdout.write((json.dumps(values, indent=2) if options.json else "\n".join(lines)) + "\n")


if __name__ == "__main__":
    main()
