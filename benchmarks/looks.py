"""Time a look at a run that another process trains, and reading its thumbnail.

    python -m benchmarks.looks RUN [--episodes 10000] [--rows 3000] [--rounds 50]

Works on a copy of RUN, a run with a checkpoint. The copy gets empty episode files and repeated rows of the log. A
window that follows the run looks once a second. The files are in the disk cache.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from dreamer_studio.library.thumbnail import read_thumbnail
from dreamer_studio.library.trainer import TrainerWatch
from dreamer_studio.replay.stored import StoredEpisode
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.training.watching.followed_files import SETTLING_LOOKS
from dreamer_studio.training.watching.watched_run import open_watched


def timed(look: Callable[[], object], rounds: int, change: Callable[[], object] = lambda: None) -> str:
    """Return the median and worst time of a look as text. Make a change before each look."""
    seconds = []
    for _ in range(rounds):
        change()
        began = time.perf_counter()
        look()
        seconds.append(time.perf_counter() - began)
    return f"{1000 * statistics.median(seconds):.2f} ms (worst {1000 * max(seconds):.1f})"


def grow(folder: RunFolder, episodes: int, rows: int) -> bytes:
    """Add empty episodes and rows of updates to a run; return such a row."""
    for number in range(10**6, 10**6 + episodes):
        (folder.episodes / StoredEpisode(number, 501, 1000).file_name).touch()
    lines = folder.metrics_file.read_bytes().splitlines(keepends=True)
    row = next(line for line in reversed(lines) if line.startswith(b'{"kind": "update"'))
    with folder.metrics_file.open("ab") as log:
        log.write(row * rows)
    return row


def tell(line: str) -> None:
    """Write a line."""
    sys.stdout.write(line + "\n")


def measure(folder: RunFolder, episodes: int, rows: int, rounds: int) -> None:
    """Print the figures of a copied run."""
    tell(f"thumbnail from {folder.latest_image.name}: {timed(lambda: read_thumbnail(folder.path), rounds)}")
    row = grow(folder, episodes, rows)
    watched, trainer = open_watched(folder, torch.device("cpu")), TrainerWatch(folder.path)
    for _ in range(SETTLING_LOOKS + 1):
        watched.follow()
    numbers = itertools.count(2 * 10**6)
    newest = list_checkpoints(folder.checkpoints)[-1]

    def add_rows() -> None:
        with folder.metrics_file.open("ab") as log:
            log.write(row * 20)

    def add_episode() -> None:
        (folder.episodes / StoredEpisode(next(numbers), 501, 1000).file_name).touch()

    def add_checkpoint() -> None:
        number = 900_000 + next(numbers) % 100_000
        shutil.copytree(newest, newest.with_name(f"{number:06d}-step-{number}-update-{number}"))

    tell(f"nothing new: {timed(watched.follow, rounds)}")
    tell(f"the trainer: {timed(trainer.look, rounds)}")
    tell(f"20 new rows: {timed(watched.follow, rounds, add_rows)}")
    tell(f"a new episode beside {episodes:,}: {timed(watched.follow, rounds, add_episode)}")
    tell(f"a new checkpoint: {timed(watched.follow, min(rounds, 10), add_checkpoint)}")


def main() -> int:
    """Copy the run and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.looks")
    parser.add_argument("run", type=Path)
    parser.add_argument("--episodes", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        copy = RunFolder(Path(shutil.copytree(options.run, Path(scratch) / "run")))
        measure(copy, options.episodes, options.rows, options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
