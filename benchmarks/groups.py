"""Time many runs: the first list, the curves of some groups of seeds, and new rows after that; and the memory.

    python -m benchmarks.groups [--json] [--runs 200] [--rows 10000] [--seeds 10] [--watch 60] [--folder DIR]

Each made run has a log of update rows of the usual size with a test after every 100 rows. The Runs workspace is drawn
off screen. *Opened* is the time until the workspace shows its list, *curve* until it shows the curve of the first
group, and *complete* until it shows the last tests and the sizes of all runs. *Still* is the longest time in between
in which the window did nothing, and *frame* the median time to draw the list once while it scrolls through all runs.
Then each log gets 20 rows every 2 s. *Growth* is the memory that the window gained from the first third of this time to
its end.
*List* reads the end of each log and groups the runs, without a window. *Curves* follows the logs of six groups, and
computes their averages with intervals. *All logs* reads the tests of all runs; *again* looks at the same logs, with
nothing new. The files are in the disk cache.
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
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtWidgets import QApplication

from benchmarks.listing import TEST_EACH, make_run, update_row
from dreamer_studio.config import read_config, write_config
from dreamer_studio.library.groups.grouping import RunGroup, group_runs
from dreamer_studio.library.groups.test_log import TestLog
from dreamer_studio.library.listing import RunList
from dreamer_studio.library.log_facts import KEPT_TESTS
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studio.runs.board import RunsBoard
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.system.process import prepare_process
from dreamer_studio.viewing.groups.messages import MOST_GROUPS, ChosenGroup, GroupsChannel, GroupsRequest
from dreamer_studio.viewing.groups.worker import GroupsWorker
from dreamer_studio.viewing.throttle import Throttle

FRAMES: Final = 60
NEW_ROWS: Final = 20
LOOK_SECONDS: Final = 2.0
SIZE: Final = (1600, 900)


@dataclasses.dataclass
class Figures:
    """Times in milliseconds, and memory in MiB."""

    opened: float
    curve: float
    complete: float
    still: float
    frame: float
    growth: float
    listing: float
    curves: float
    all_logs: float
    again: float


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


class Window:
    """The Runs workspace, drawn off screen.

    Attributes:
        still: the longest time in which the window did nothing, in milliseconds.

    Args:
        root: the folder of runs.
        tests: tests that the list shows of each run once it is complete.
    """

    def __init__(self, root: Path, tests: int) -> None:
        self._tests = tests
        self._app = QApplication.instance() or QApplication([])
        assert isinstance(self._app, QApplication)
        theme = apply_theme(self._app, "light")
        self.board = RunsBoard(theme)
        theme.dress(self.board)
        self.board.set_folders([root])
        self.board.resize(*SIZE)
        self.still = 0.0

    def open(self) -> dict[str, float]:
        """Show the window, and return the times until it shows the list, a curve and everything."""
        board, begin = self.board, time.perf_counter()
        shown = {
            "opened": lambda: board.runs.model.rowCount() > 0,
            "curve": lambda: bool(board.averages.plot.groups),
            "complete": self._complete,
        }
        board.show()
        times: dict[str, float] = {}
        while len(times) < len(shown):
            self.still = max(self.still, timed(self._app.processEvents))
            time.sleep(0.005)
            times |= {name: 1000 * (time.perf_counter() - begin) for name in shown.keys() - times if shown[name]()}
        return times

    def scroll(self) -> float:
        """Return the median time to draw the list while it scrolls."""
        self.board.runs.group.setChecked(False)
        table = self.board.runs.table
        bar = table.verticalScrollBar()

        def draw(frame: int) -> None:
            bar.setValue(bar.maximum() * frame // FRAMES)
            table.viewport().repaint()

        return statistics.median(timed(functools.partial(draw, frame)) for frame in range(FRAMES))

    def watch(self, logs: Sequence[Path], seconds: float) -> float:
        """Let the logs grow, and return the memory gained since the first third of this time, in MiB."""
        process, begin, early = psutil.Process(), time.perf_counter(), 0
        due = Throttle(LOOK_SECONDS)
        for number in itertools.count():
            since = time.perf_counter() - begin
            if since >= seconds:
                break
            if due():
                for log in logs:
                    with log.open("a") as file:
                        file.write(update_row(10**6 + number) * NEW_ROWS)
            self._app.processEvents()
            time.sleep(0.005)
            early = process.memory_info().rss if since < seconds / 3 else early
        return (process.memory_info().rss - early) / 2**20

    def close(self) -> None:
        """End the threads."""
        self.board.stop()
        self.board.close()

    def _complete(self) -> bool:
        entries = self.board.runs.model.entries
        return bool(entries) and all(len(run.tests) >= self._tests and run.size_bytes is not None for run in entries)


def measure(root: Path, tests: int, watch: float) -> Figures:
    """Time the window, the list, the groups and the logs of a folder of runs."""
    logs = [RunFolder(path).metrics_file for path in root.iterdir()]
    window = Window(root, tests)
    times = window.open()
    frame = window.scroll()
    growth = window.watch(logs, watch)
    window.close()
    listed: list[tuple[RunGroup, ...]] = []
    listing = timed(lambda: listed.append(group_runs(RunList().list([root]))))
    curves = timed(lambda: answer(listed[0]))
    readers = [TestLog(log) for log in logs]
    all_logs = timed(lambda: read_all(readers))
    again = timed(lambda: [log.read() for log in readers])
    return Figures(
        **times,
        still=window.still,
        frame=frame,
        growth=growth,
        listing=listing,
        curves=curves,
        all_logs=all_logs,
        again=again,
    )


def read_all(logs: Sequence[TestLog]) -> None:
    """Read logs to their ends."""
    for log in logs:
        while log.read():
            pass


def main() -> None:
    """Make the runs, time the work, print the figures."""
    parser = argparse.ArgumentParser(description="Time the statistics of many runs.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--rows", type=int, default=10_000, help="rows of each log")
    parser.add_argument("--seeds", type=int, default=10, help="runs of each group")
    parser.add_argument("--folder", type=Path, help="where to make the runs; default: a temporary folder")
    parser.add_argument("--watch", type=float, default=60.0, help="seconds in which all logs grow")
    options = parser.parse_args()
    prepare_process()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        make_runs(Path(folder), options.runs, options.rows, options.seeds)
        figures = measure(Path(folder), min(options.rows // TEST_EACH, KEPT_TESTS), options.watch)
    if options.json:
        sys.stdout.write(json.dumps({**vars(options), **dataclasses.asdict(figures)}, default=str) + "\n")
        return
    units = {"growth": "MiB"}
    for name, value in dataclasses.asdict(figures).items():
        sys.stdout.write(f"{name.replace('_', ' '):<10} {value:8.0f} {units.get(name, 'ms')}\n")


if __name__ == "__main__":
    main()
