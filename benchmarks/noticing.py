"""Measure what the readers of a long run spend when one more episode is stored.

    python -m benchmarks.noticing [--json] [--episodes 2000] [--readers 6] [--rounds 20] [--folder DIR]

The window has several readers of stored episodes. They share an `EpisodeIndex`. Without it, each reader would make a
new `EpisodeStore` for each new episode, and lose what it had in memory. Both ways are measured in turns on the same
files: hard links to one made episode of 501 rows. "Memory" is what the lists hold once all readers have them. "Rows
again" is the time of reading 50 rows of an episode that was read before the new one came.
"""

import argparse
import dataclasses
import json
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from dreamer_studio.replay import Episode, EpisodeIndex, EpisodeStore

ROWS: Final = 501
RAM: Final = 64 * 2**20
LOOKED_AT: Final = 7  # the episode whose rows are read before and after
KIB: Final = 2**10


@dataclasses.dataclass
class Figures:
    """Medians over all rounds: milliseconds for all readers, KiB of all lists, milliseconds to read rows again."""

    noticing_ms: float
    memory_kib: float
    rows_again_ms: float


class Stores:
    """Readers that each make a new store for each new episode."""

    def __init__(self, folder: Path, readers: int) -> None:
        self._folder, self._readers = folder, readers
        self.notice(0)

    def notice(self, _: int) -> None:
        """Let all readers see what is stored now."""
        self._stores = [EpisodeStore(self._folder, RAM) for _ in range(self._readers)]

    def read(self) -> Episode:
        """Read the rows that are looked at."""
        return self._stores[0].get(LOOKED_AT, 100, 50)


class Index:
    """Readers that share an index."""

    def __init__(self, folder: Path, readers: int) -> None:
        self._index, self._readers = EpisodeIndex(folder, RAM), readers
        self.notice(0)

    def notice(self, stamp: int) -> None:
        """Let all readers see what is stored now."""
        self._lists = [self._index.as_of(stamp) for _ in range(self._readers)]

    def read(self) -> Episode:
        """Read the rows that are looked at."""
        return self._lists[0].get(LOOKED_AT, 100, 50, remember=True)


def made_episode() -> Episode:
    """Return an episode of images with a moving square on noise, which compresses as little as a real one."""
    rng = np.random.default_rng(0)
    image = rng.integers(0, 40, (ROWS, 64, 64, 3), np.uint8)
    for row in range(ROWS):
        image[row, 20:40, row % 44 : row % 44 + 20] = 200
    number = np.zeros(ROWS, np.float32)
    action = rng.normal(size=(ROWS, 6)).astype(np.float32)
    steps = np.full(ROWS, 2, np.int32)
    return Episode(image, action, number, number + 1, np.zeros(ROWS, np.bool_), steps)


def fill(folder: Path, episodes: int) -> None:
    """Store one episode many times."""
    store = EpisodeStore(folder, 0)
    original = store.add(made_episode())
    for number in range(1, episodes):
        link(original, number)


def link(original: Path, number: int) -> None:
    """Store the episode once more, under a number."""
    original.with_name(original.name.replace("000000", f"{number:06d}")).hardlink_to(original)


def measure(scratch: Path, episodes: int, readers: int, rounds: int) -> dict[str, Figures]:
    """Store one episode after the other, and let both kinds of readers see it in turns."""
    folder = scratch / "episodes"
    fill(folder, episodes)
    (original,) = folder.glob("episode-000000-*")
    kinds: dict[str, Callable[[], Stores | Index]] = {
        "a store for each": lambda: Stores(folder, readers),
        "one index": lambda: Index(folder, readers),
    }
    memory = {name: _memory_of(make) for name, make in kinds.items()}
    made = {name: make() for name, make in kinds.items()}
    noticing: dict[str, list[float]] = {name: [] for name in kinds}
    again: dict[str, list[float]] = {name: [] for name in kinds}
    for turn in range(1, rounds + 1):
        for each in made.values():
            each.read()
        link(original, episodes + turn - 1)
        for name, each in made.items():
            begin = time.perf_counter()
            each.notice(turn)
            noticing[name].append(1e3 * (time.perf_counter() - begin))
            begin = time.perf_counter()
            each.read()
            again[name].append(1e3 * (time.perf_counter() - begin))
    return {
        name: Figures(statistics.median(noticing[name]), memory[name] / KIB, statistics.median(again[name]))
        for name in kinds
    }


def _memory_of(make: Callable[[], object]) -> float:
    tracemalloc.start()
    made = make()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del made
    return size


def main() -> None:
    """Measure and print the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.add_argument("--episodes", type=int, default=2000, help="stored episodes at first")
    parser.add_argument("--readers", type=int, default=6, help="readers that see each new episode")
    parser.add_argument("--rounds", type=int, default=20, help="new episodes")
    parser.add_argument("--folder", type=Path, help="folder for the files, which are deleted afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        figures = measure(Path(name), arguments.episodes, arguments.readers, arguments.rounds)
    if arguments.json:
        sys.stdout.write(
            json.dumps({name: dataclasses.asdict(each) for name, each in figures.items()}, indent=2) + "\n"
        )
        return
    for name, each in figures.items():
        sys.stdout.write(
            f"{name}: noticed in {each.noticing_ms:.2f} ms, {each.memory_kib:,.0f} KiB, "
            f"50 rows again in {each.rows_again_ms:.2f} ms\n"
        )


if __name__ == "__main__":
    main()
