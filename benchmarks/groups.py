"""Time many runs: the first list, the curves of some groups of seeds, and new rows after that; and the memory.

    python -m benchmarks.groups [--json] [--runs 200] [--rows 10000] [--seeds 10] [--folder DIR]

Each made run has a log of update rows of the usual size with a test after every 100 rows. *List* reads the end of each
log and groups the runs, as the window does when it opens. *Curves* follows the logs of six groups, and computes their
averages with intervals. *All logs* reads the tests of all runs; *again* looks at the same logs, with nothing new.
*Growth* is the memory that the process gained since the list, after 20 more looks, each with a new row in each log.
*Opened* is the time until the Runs workspace, drawn off screen, shows its list. *Frame* is the median time to draw the
list once while it scrolls through all runs. The files are in the disk cache.
"""

import argparse
import dataclasses
import functools
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtWidgets import QApplication

from benchmarks.listing import make_run, update_row
from dreamer_studio.config import read_config, write_config
from dreamer_studio.library.groups.grouping import RunGroup, group_runs
from dreamer_studio.library.groups.test_log import TestLog
from dreamer_studio.library.listing import RunList
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studio.runs.board import RunsBoard
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.viewing.groups.messages import MOST_GROUPS, ChosenGroup, GroupsChannel, GroupsRequest
from dreamer_studio.viewing.groups.worker import GroupsWorker

LOOKS: Final = 20
FRAMES: Final = 60
SIZE: Final = (1600, 900)


@dataclasses.dataclass
class Figures:
    """Times in milliseconds, and memory in MiB."""

    opened: float
    frame: float

    listing: float
    curves: float
    all_logs: float
    again: float
    growth: float


def timed(work: Callable[[], object]) -> float:
    """Return how long some work takes, in milliseconds."""
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def make_runs(root: Path, runs: int, rows: int, seeds: int) -> None:
    """Write made runs in groups of `seeds` runs with the same settings."""
    for number in range(runs):
        path = root / f"setting-{number // seeds}-seed{number % seeds}"
        make_run(path, number, rows, 0)
        config = read_config(RunFolder(path).config_file)
        changed = dataclasses.replace(config, seed=number % seeds, horizon=2 + number // seeds)
        write_config(changed, RunFolder(path).config_file)


def answer(groups: tuple[RunGroup, ...]) -> None:
    """Ask a new worker for the curves of six groups, and wait for its answer."""
    chosen = (ChosenGroup(group.name, group.task, tuple(run.path for run in group.runs)) for group in groups)
    channel: GroupsChannel = GroupsChannel()
    worker = GroupsWorker(channel)
    channel.ask(GroupsRequest(tuple(itertools.islice(chosen, MOST_GROUPS))))
    while channel.result is None:
        worker.turn()


def measure_window(root: Path) -> tuple[float, float]:
    """Return the time until the board shows its list, and the time to draw the list while scrolling."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    begin = time.perf_counter()
    theme = apply_theme(app, "light")
    board = RunsBoard(theme)
    theme.dress(board)
    board.set_folders([root])
    board.resize(*SIZE)
    board.show()
    while not board.runs.model.rowCount():
        app.processEvents()
        time.sleep(0.005)
    opened = 1000 * (time.perf_counter() - begin)
    board.runs.group.setChecked(False)
    table = board.runs.table
    bar = table.verticalScrollBar()

    def scroll(frame: int) -> None:
        bar.setValue(bar.maximum() * frame // FRAMES)
        table.viewport().repaint()

    times = [timed(functools.partial(scroll, frame)) for frame in range(FRAMES)]
    board.stop()
    board.close()
    return opened, statistics.median(times)


def measure(root: Path) -> Figures:
    """Time the window, the list, the groups and the logs of a folder of runs."""
    opened, frame = measure_window(root)
    listed: list[tuple[RunGroup, ...]] = []
    listing = timed(lambda: listed.append(group_runs(RunList().list([root], quick=True))))
    process = psutil.Process()
    before = process.memory_info().rss
    curves = timed(lambda: answer(listed[0]))
    logs = [TestLog(RunFolder(path).metrics_file) for path in root.iterdir()]
    all_logs = timed(lambda: [log.read() for log in logs])
    again = timed(lambda: [log.read() for log in logs])
    for number in range(LOOKS):
        for path in root.iterdir():
            with RunFolder(path).metrics_file.open("a") as file:
                file.write(update_row(10**6 + number))
        for log in logs:
            log.read()
    return Figures(opened, frame, listing, curves, all_logs, again, (process.memory_info().rss - before) / 2**20)


def main() -> None:
    """Make the runs, time the work, print the figures."""
    parser = argparse.ArgumentParser(description="Time the statistics of many runs.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--rows", type=int, default=10_000, help="rows of each log")
    parser.add_argument("--seeds", type=int, default=10, help="runs of each group")
    parser.add_argument("--folder", type=Path, help="where to make the runs; default: a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        make_runs(Path(folder), options.runs, options.rows, options.seeds)
        figures = measure(Path(folder))
    if options.json:
        sys.stdout.write(json.dumps({**vars(options), **dataclasses.asdict(figures)}, default=str) + "\n")
        return
    units = {"growth": "MiB"}
    for name, value in dataclasses.asdict(figures).items():
        sys.stdout.write(f"{name.replace('_', ' '):<10} {value:8.0f} {units.get(name, 'ms')}\n")


if __name__ == "__main__":
    main()
