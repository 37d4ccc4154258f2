"""Compare a run of 5,000,000 steps with a run of 10,000: drawing a batch, memory, opening.

    python -m benchmarks.growth [--json] [--task dmc:walker-walk] [--rounds 15] [--folder DIR]

A few real episodes are played with random actions and written once. A large replay holds them many times, as hard links
(copies where the file system allows no more links). So the number of files, their content, decompression and the bound
on memory are those of a real run. But everything is read from the system's file cache, where a run may wait for its
disk. Episodes of 20 rows represent tasks such as CartPole. Batches are drawn from all replays in turn, so other load
affects all replays equally, and are timed once memory is full. The log is that of 500,000 updates.

Ratios are to the smallest replay with episodes of the same length. "Filling" is the time of a batch while memory fills.
"""

import argparse
import dataclasses
import gc
import itertools
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from dreamer_studio.config import Config
from dreamer_studio.envs import build_config, episode_seed, open_env
from dreamer_studio.replay import Episode, EpisodeStore, episode_of, sample_sequences
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.metrics import MetricsLog

SIZES: Final = (10_000, 100_000, 1_000_000, 5_000_000)
PLAYED: Final = 3
SHORT_ROWS: Final = 20
FIRST: Final = 7  # batches timed while memory fills
UPDATES: Final = 500_000
MIB: Final = 2**20


@dataclasses.dataclass
class Replay:
    """A replay and its measurements.

    Attributes:
        steps: Simulator steps.
        episodes: Number of episodes.
        rows: Rows per episode.
        open_s: Seconds to open the replay.
        disk_mib: Size of all files, if each had its own content.
        filling_ms: Median time of the first batches, while memory fills.
        batch_ms: Times of the later batches.
        memory_mib: Size of the compressed episodes in memory.
    """

    steps: int
    episodes: int
    rows: int
    open_s: float = 0.0
    disk_mib: float = 0.0
    filling_ms: float = 0.0
    batch_ms: list[float] = dataclasses.field(default_factory=list)
    memory_mib: float = 0.0


def play(config: Config, count: int) -> list[Episode]:
    """Play whole episodes with slowly changing random actions, which give varied images."""
    env = open_env(config)
    rng = np.random.default_rng(0)
    episodes = []
    try:
        for number in range(count):
            rows = [env.reset(episode_seed(0, number, "train"))]
            action = np.zeros(env.spec.action_size, np.float32)
            while not rows[-1].is_last:
                action = np.clip(0.8 * action + 0.4 * rng.normal(size=action.shape), -1, 1).astype(np.float32)
                rows.append(env.step(action))
            episodes.append(episode_of(rows))
    finally:
        env.close()
    return episodes


def short_parts(episode: Episode, count: int) -> list[Episode]:
    """Cut the first rows into episodes of `SHORT_ROWS`; each row after the reset is one simulator step."""
    parts = []
    for start in range(0, count * SHORT_ROWS, SHORT_ROWS):
        arrays = {field.name: getattr(episode, field.name) for field in dataclasses.fields(Episode)}
        part = Episode(**{name: array[start : start + SHORT_ROWS] for name, array in arrays.items()})
        parts.append(dataclasses.replace(part, steps=np.minimum(np.arange(SHORT_ROWS), 1).astype(np.int32)))
    return parts


def make_replay(folder: Path, originals: list[Path], episodes: int) -> None:
    """Fill a folder with numbered episodes, repeating the given ones in turn."""
    folder.mkdir()
    for number, original in zip(range(episodes), itertools.cycle(originals), strict=False):
        _, _, rest = original.name.split("-", 2)
        target = folder / f"episode-{number:06d}-{rest}"
        try:
            target.hardlink_to(original)
        except OSError:
            shutil.copyfile(original, target)


def measure_replays(scratch: Path, config: Config, played: list[Episode], rounds: int) -> list[Replay]:
    """Open each replay, fill its memory, then draw batches from all in turn."""
    long = _written(scratch / "long", played)
    short = _written(scratch / "short", short_parts(played[0], 20))
    plans = [(long, len(played[0]), max(1, size // played[0].total_steps)) for size in SIZES]
    plans += [(short, SHORT_ROWS, size // SHORT_ROWS) for size in SIZES]
    measured, stores = [], []
    for index, (originals, rows, count) in enumerate(plans):
        folder = scratch / f"replay-{index}"
        make_replay(folder, originals, count)
        begin = time.perf_counter()
        store = EpisodeStore(folder, config.replay_ram_mb * MIB)
        seconds = time.perf_counter() - begin
        size = statistics.mean(path.stat().st_size for path in originals)
        measured.append(Replay(store.steps, count, rows, seconds, size * count / MIB))
        stores.append(store)
    draws = [_batches(store, config, index) for index, store in enumerate(stores)]
    for replay, store, draw in zip(measured, stores, draws, strict=True):
        replay.filling_ms = statistics.median(itertools.islice(draw, FIRST))
        _fill(store)
    for _ in range(rounds):
        for replay, draw in zip(measured, draws, strict=True):
            replay.batch_ms.append(next(draw))
    for replay, store in zip(measured, stores, strict=True):
        replay.memory_mib = store.cached_bytes / MIB
    return measured


def _written(folder: Path, episodes: list[Episode]) -> list[Path]:
    store = EpisodeStore(folder, 0)
    return [store.add(episode) for episode in episodes]


def _batches(store: EpisodeStore, config: Config, seed: int) -> Iterator[float]:
    """Yield the milliseconds of each batch, forever."""
    rng = np.random.default_rng(seed)
    while True:
        begin = time.perf_counter()
        sample_sequences(store, config.batch_size, config.batch_length, rng)
        yield 1e3 * (time.perf_counter() - begin)


def _fill(store: EpisodeStore) -> None:
    """Read every episode once, until memory is full."""
    for index in range(len(store)):
        before = store.cached_bytes
        store.get(index, 0, 1)
        if store.cached_bytes == before and before > 0.99 * store.ram_bytes:
            break


def measure_log(scratch: Path) -> dict[str, float]:
    """Open the log of a long run after an orderly end, and after a crash that undid its last 1,000 updates."""
    folder = RunFolder(scratch / "run")
    _write_log(folder)
    figures = {"log_mib": folder.metrics_file.stat().st_size / MIB}
    for name, update in (("log_open_s", UPDATES), ("log_open_after_crash_s", UPDATES - 1000)):
        gc.collect()
        before = psutil.Process().memory_info().rss
        begin = time.perf_counter()
        log = MetricsLog(folder, keep_until_update=update)
        figures[name] = time.perf_counter() - begin
        figures["log_rows_kept"] = len(log.rows)
        figures.setdefault("log_memory_mib", (psutil.Process().memory_info().rss - before) / MIB)
        log.close()
    return figures


def _write_log(folder: RunFolder) -> None:
    rng = np.random.default_rng(0)
    names = ["model_loss", "image_loss", "reward_loss", "kl", "kl_clipped", "prior_entropy", "posterior_entropy"]
    names += ["actor_loss", "value_loss", "actor_entropy", "imagined_reward", "imagined_value", "lambda_return"]
    names += ["model_grad_norm", "actor_grad_norm", "value_grad_norm", "steps_per_s", "updates_per_s"]
    folder.path.mkdir()
    with folder.metrics_file.open("w", encoding="utf-8") as file:
        for update in range(1, UPDATES + 1):
            head: dict[str, Any] = {"step": 10 * update, "update": update, "time": 1.7e9 + update}
            values = dict(zip(names, rng.normal(size=len(names)).tolist(), strict=True))
            file.write(json.dumps({"kind": "update", **head, **values, "horizon": 15}) + "\n")
            if update % 100 == 0:
                file.write(json.dumps({"kind": "train", **head, "return": 500.0, "length": 500}) + "\n")


def show(replays: list[Replay], log: dict[str, float], config: Config, task: str) -> None:
    """Print tables."""
    title = f"{task}: {config.batch_size} x {config.batch_length}, replay_ram_mb = {config.replay_ram_mb}"
    table = Table(title=title, box=SIMPLE_HEAD)
    for name in (
        "steps",
        "episodes",
        "rows",
        "batch ms",
        "min - max",
        "ratio",
        "filling ms",
        "RAM MiB",
        "disk MiB",
        "open s",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    first: dict[int, float] = {}  # by rows in each episode
    for replay in replays:
        first.setdefault(replay.rows, statistics.median(replay.batch_ms))
        median = statistics.median(replay.batch_ms)
        spread = f"{min(replay.batch_ms):.0f} - {max(replay.batch_ms):.0f}"
        cells = [f"{replay.steps:,}", f"{replay.episodes:,}", str(replay.rows), f"{median:.0f}", spread]
        cells += [f"{median / first[replay.rows]:.2f}", f"{replay.filling_ms:.0f}"]
        cells += [f"{replay.memory_mib:,.0f}", f"{replay.disk_mib:,.0f}", f"{replay.open_s:.2f}"]
        table.add_row(*cells)
    console = Console(width=120)
    console.print(table)
    console.print(
        f"Log of {UPDATES:,} updates, {log['log_mib']:.0f} MiB: opened in {log['log_open_s']:.2f} s, after a crash in "
        f"{log['log_open_after_crash_s']:.2f} s; {log['log_rows_kept']:,.0f} rows kept in memory, "
        f"{log['log_memory_mib']:.0f} MiB"
    )


def main() -> None:
    """Measure and print the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--task", default="dmc:walker-walk", help="the task to play")
    parser.add_argument("--rounds", type=int, default=15, help="batches to time per replay")
    parser.add_argument("--folder", type=Path, help="folder for the files, which are deleted afterwards")
    arguments = parser.parse_args()
    config = build_config(arguments.task, "paper", {})
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        replays = measure_replays(Path(name), config, play(config, PLAYED), arguments.rounds)
        log = measure_log(Path(name))
    if arguments.json:
        figures = {"replays": [dataclasses.asdict(replay) for replay in replays], **log}
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        show(replays, log, config, arguments.task)


if __name__ == "__main__":
    main()
