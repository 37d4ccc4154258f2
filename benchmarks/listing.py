"""Time the list of runs: the first listing, the rest of it, later ones, and one after a training wrote a row.

    python -m benchmarks.listing [--json] [--runs 500] [--rows 3000] [--episodes 200] [--rounds 5] [--folder DIR]

Each made run has a log of update rows of the usual size with a test after every 100 rows, episode files of 100 bytes,
and three checkpoints. "First" and "everything" use a new list in each round. The files are in the disk cache.
"""

import argparse
import dataclasses
import functools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dreamer_studio.config import PRESETS, Config, write_config
from dreamer_studio.library.listing import RunList
from dreamer_studio.replay.stored import StoredEpisode
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.system.process import prepare_process

SCALARS: Final = 22
TEST_EACH: Final = 100
BEGUN: Final = 1_700_000_000


@dataclasses.dataclass
class Figures:
    """Medians over all rounds, in milliseconds.

    Attributes:
        first: a new list that reads the end of each log, and no sizes of files.
        everything: reading the older tests and adding up the sizes after that, in small pieces.
        again: the same list again, with nothing changed.
        one_changed: again, after one run's log has grown by a row.
    """

    first: float
    everything: float
    again: float
    one_changed: float


def make_run(path: Path, number: int, rows: int, episodes: int) -> None:
    """Write a made run."""
    folder = RunFolder(path)
    folder.make()
    settings = {**PRESETS["tiny"], "preset": "tiny", "seed": number}
    write_config(Config(task="gym:Pendulum-v1", **settings), folder.config_file)
    with folder.metrics_file.open("w") as log:
        for row in range(rows):
            log.write(update_row(row))
            if row % TEST_EACH == TEST_EACH - 1:
                values = {"kind": "test", "step": 10 * row, "update": row, "time": BEGUN + row, "return": float(row)}
                log.write(json.dumps({**values, "length": 500}) + "\n")
    for episode in range(episodes):
        (folder.episodes / StoredEpisode(episode, 501, 1000).file_name).write_bytes(b"x" * 100)
    for checkpoint in range(3):
        saved = folder.checkpoints / f"{checkpoint:06d}-step-{10 * rows}-update-{rows}"
        saved.mkdir()
        for name in ("state.json", "weights.safetensors", "optimizers.safetensors", "state.safetensors"):
            (saved / name).write_bytes(b"{}")


def update_row(row: int) -> str:
    """Return a row of an update with about as many scalars as a real one."""
    scalars = {f"a_name_of_a_scalar_{each}": 1.2345678901234567 * each for each in range(SCALARS)}
    return json.dumps({"kind": "update", "step": 10 * row, "update": row, "time": BEGUN + row, **scalars}) + "\n"


def read_rest(runs: RunList) -> None:
    """Read everything that the list lacks."""
    while runs.read_more():
        pass


def look(runs: RunList, root: Path) -> None:
    """List the runs, and read everything new."""
    runs.list([root])
    read_rest(runs)


def measure(root: Path, rounds: int) -> Figures:
    """Time the listings of a folder of runs."""
    times: dict[str, list[float]] = {field.name: [] for field in dataclasses.fields(Figures)}

    def timed(name: str, work: Callable[[], object]) -> None:
        begin = time.perf_counter()
        work()
        times[name].append(1000 * (time.perf_counter() - begin))

    log = RunFolder(min(root.iterdir())).metrics_file
    for number in range(rounds):
        runs = RunList()
        timed("first", functools.partial(runs.list, [root]))
        timed("everything", functools.partial(read_rest, runs))
        timed("again", functools.partial(look, runs, root))
        with log.open("a") as file:
            file.write(update_row(10**6 + number))
        timed("one_changed", functools.partial(look, runs, root))
    return Figures(**{name: statistics.median(values) for name, values in times.items()})


def main() -> None:
    """Make the runs, time the listings, print the figures."""
    parser = argparse.ArgumentParser(description="Time the list of runs.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--rows", type=int, default=3000, help="rows of each log")
    parser.add_argument("--episodes", type=int, default=200, help="episode files of each run")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to make the runs; default: a temporary folder")
    options = parser.parse_args()
    prepare_process()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for number in range(options.runs):
            make_run(Path(folder) / f"run-{number}", number, options.rows, options.episodes)
        log_mib = RunFolder(Path(folder) / "run-0").metrics_file.stat().st_size / 2**20
        figures = measure(Path(folder), options.rounds)
    if options.json:
        found = {**vars(options), "log_mib": log_mib, **dataclasses.asdict(figures)}
        sys.stdout.write(json.dumps(found, default=str) + "\n")
        return
    lines = [f"{options.runs} runs, each with a log of {log_mib:.1f} MiB and {options.episodes} episodes"]
    lines += [f"{name.replace('_', ' '):<12} {value:8.0f} ms" for name, value in dataclasses.asdict(figures).items()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
