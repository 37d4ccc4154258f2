"""Kill a training at random moments, many times, and measure what is lost.

    python -m benchmarks.reliability.kills [--json] [--kills 200] [--seed 0] [--task gym:CartPole-v1] [--folder RUN]

The script starts `dreamer-studio train` on a run folder and kills it with SIGKILL: at a random moment after the start,
or as soon as the temporary name of an episode or of a checkpoint appears, and up to some milliseconds later. After each
kill it inspects the folder, and the next start resumes the run. At the end, or after Ctrl+C, the run is stopped in an
orderly way. Linux only, because inotify reports the new names.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import math
import os
import random
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from dreamer_studio.replay import EpisodeStore, read_episode
from dreamer_studio.runs.best import find_best
from dreamer_studio.runs.checkpoint import load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.soundness import check_checkpoint
from dreamer_studio.runs.trained_agent import find_checkpoint

Moment = Literal["any time", "in training", "episode write", "checkpoint write"]
MOMENTS: Final[tuple[Moment, ...]] = ("any time", "in training", "episode write", "checkpoint write")
ANY_TIME_S: Final = 8.0  # from the start: the opening, the prefill after a first start, and the training
IN_TRAINING_S: Final = 3.0  # from the first file that a start makes
WRITING_S: Final[dict[Moment, float]] = {"episode write": 0.004, "checkpoint write": 0.03}
PATIENCE_S: Final = 120.0
SETTINGS: Final = ("steps=1000000000", "checkpoint_every=1", "eval_every=500", "prefill=300", "keep_newest=2")
MOST_NAMES: Final[dict[Moment, int]] = {"episode write": 40, "checkpoint write": 4}
_IN_CREATE = 0x100
_EVENT: Final = struct.Struct("iIII")


@dataclass(frozen=True)
class Kill:
    """A kill and the findings after it.

    Attributes:
        moment: the chosen moment.
        unfinished: temporary files and folders that the process was writing.
        updates_lost: updates in the log after the newest checkpoint's.
        seconds_lost: from the log's last row before the checkpoint to its last row.
        episodes_newer: episodes stored after the newest checkpoint; the schedule makes up for their updates.
        wrong: faults, a line each.
    """

    moment: Moment
    unfinished: int
    updates_lost: int
    seconds_lost: float
    episodes_newer: int
    wrong: tuple[str, ...] = ()


@dataclass
class Folder:
    """A run folder with a memory of its finished files, which must never change."""

    path: Path
    sizes: dict[str, int] = field(default_factory=dict)
    best: float = -math.inf

    def look(self, moment: Moment) -> Kill:
        """Inspect everything that a killed process left; change nothing."""
        folder, wrong = RunFolder(self.path), []
        unfinished = len(list(self.path.rglob("*.tmp")))
        wrong += self._look_at_episodes(folder)
        if not folder.config_file.exists():
            return Kill(moment, unfinished, 0, 0.0, 0, tuple(wrong))
        config = folder.read()
        for path in list_checkpoints(folder.checkpoints):
            if path.name not in self.sizes:
                check_checkpoint(path.name, load_checkpoint(path), config)
                self.sizes[path.name] = 0
        wrong += self._look_at_best(folder)
        found = find_checkpoint(folder, config)
        wrong += [note for _, note in found.passed_over]
        rows = self._rows(folder, wrong)
        stored = EpisodeStore(folder.episodes, 0)
        nothing: dict[str, Any] = {"episodes": 0, "counters": {"update": 0}}
        state = found.checkpoint.state if found.checkpoint is not None else nothing
        if state["episodes"] > len(stored):
            wrong.append(f"weights newer than the replay: {state['episodes']} episodes and {len(stored)} stored")
        told = sum(row["kind"] in {"prefill", "train"} for row in rows)
        if told > len(stored):
            wrong.append(f"{told} episodes in the log and {len(stored)} stored")
        update = state["counters"]["update"]
        known = [row["time"] for row in rows if row["kind"] == "update" and row["update"] <= update]
        updates = [row for row in rows if row["kind"] == "update"]
        lost = updates[-1]["update"] - update if updates else 0
        seconds = updates[-1]["time"] - known[-1] if known and lost > 0 else 0.0
        newer = len(stored) - state["episodes"]
        return Kill(moment, unfinished, max(lost, 0), seconds, newer, tuple(wrong))

    def _look_at_best(self, folder: RunFolder) -> list[str]:
        """Compare the best checkpoint's score with that after the last kill. A resumed training may only raise it."""
        before, best = self.best, find_best(list_checkpoints(folder.checkpoints))
        self.best = -math.inf if best is None else best.score.mean
        return [] if self.best >= before else [f"the best checkpoint had {before:g}, and now has {self.best:g}"]

    def _look_at_episodes(self, folder: RunFolder) -> list[str]:
        here = {path.name: path for path in folder.episodes.glob("episode-*.npy.zst")}
        wrong = [f"{name} is gone" for name in self.sizes if name.startswith("episode-") and name not in here]
        for name, path in here.items():
            size = path.stat().st_size
            if name not in self.sizes:
                read_episode(path)  # raises an error if anything is wrong
                self.sizes[name] = size
            elif self.sizes[name] != size:
                wrong.append(f"{name} has changed")
        return wrong

    @staticmethod
    def _rows(folder: RunFolder, wrong: list[str]) -> list[dict[str, Any]]:
        rows = []
        lines = folder.metrics_file.read_bytes().splitlines(keepends=True) if folder.metrics_file.exists() else []
        for number, line in enumerate(lines):
            try:
                rows.append(json.loads(line))
            except ValueError:
                if number + 1 < len(lines) or line.endswith(b"\n"):  # the last line may be cut short
                    wrong.append(f"line {number} of the log is broken")
        return rows


class Watch:
    """Report when a name appears in one of several folders."""

    def __init__(self, *folders: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init()
        for folder in folders:
            self._libc.inotify_add_watch(self._descriptor, os.fsencode(folder), _IN_CREATE)

    def wait(self, seconds: float) -> int:
        """Wait for the next new names and return their number."""
        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        told, count, at = os.read(self._descriptor, 65536) if ready else b"", 0, 0
        while at < len(told):
            at += _EVENT.size + _EVENT.unpack_from(told, at)[3]
            count += 1
        return count

    def close(self) -> None:
        """Stop watching."""
        os.close(self._descriptor)


def kill_once(run: Path, task: str, moment: Moment, chance: random.Random) -> None:
    """Start the training and kill it at the given kind of moment."""
    with _training(run, task) as process:
        if moment == "any time":
            time.sleep(chance.uniform(0.0, ANY_TIME_S))
        else:
            _wait_for(process, run, moment, chance.randint(1, MOST_NAMES.get(moment, 1)))
            time.sleep(chance.uniform(0.0, WRITING_S.get(moment, IN_TRAINING_S)))
        process.kill()


def stop_properly(run: Path, task: str) -> list[str]:
    """Resume once more, end with Ctrl+C, and return all faults of the run."""
    with _training(run, task) as process:
        _wait_for(process, run, "in training")
        process.send_signal(signal.SIGINT)
        code = process.wait(PATIENCE_S)
    folder = RunFolder(run)
    store = EpisodeStore(folder.episodes, 0)
    rows = [json.loads(line) for line in folder.metrics_file.read_bytes().splitlines()]
    updates = [row["update"] for row in rows if row["kind"] == "update"]
    numbers = [int(path.name[8:14]) for path in sorted(folder.episodes.glob("episode-*"))]
    checkpoint = find_checkpoint(folder, folder.read()).checkpoint
    assert checkpoint is not None
    running = 0 if checkpoint.episode is None else checkpoint.episode.total_steps
    checks = {
        f"exit code {code}": code == 130,
        "updates are missing or made twice in the log": updates == list(range(1, len(updates) + 1)),
        "episodes are missing or there twice": numbers == list(range(len(numbers))),
        "steps of stored episodes do not add up": checkpoint.state["counters"]["step"] == store.steps + running,
        "the checkpoint knows another number of updates": checkpoint.state["counters"]["update"] == len(updates),
        "unfinished files are left": not list(run.rglob("*.tmp")),
    }
    return [what for what, fine in checks.items() if not fine]


@contextlib.contextmanager
def _training(run: Path, task: str) -> Iterator[subprocess.Popen[bytes]]:
    arguments = ["train", "--task", task, "--preset", "tiny", "--run", str(run)]
    arguments += [part for setting in SETTINGS for part in ("--set", setting)]
    command = [sys.executable, "-m", "dreamer_studio", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        said = process.communicate()[1]
    if process.returncode not in {-signal.SIGKILL, 130}:
        raise RuntimeError(f"the training ended by itself: {said.decode(errors='replace')[-2000:]}")


def _wait_for(process: subprocess.Popen[bytes], run: Path, moment: Moment, names: int = 1) -> None:
    """Wait until a number of names has appeared in the folder of such a moment."""
    places = {"episode write": ["episodes"], "checkpoint write": ["checkpoints"]}.get(moment, ["episodes"])
    deadline = time.monotonic() + PATIENCE_S
    while not all((run / place).is_dir() for place in places) and process.poll() is None:
        time.sleep(0.01)
    watch = Watch(*(run / place for place in places))
    try:
        while process.poll() is None and names > 0:
            names -= watch.wait(0.5)
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing was written in {PATIENCE_S:g} s")
    finally:
        watch.close()


def run_kills(run: Path, task: str, moments: Sequence[Moment], seed: int) -> list[Kill]:
    """Kill the training of a run at the given moments, one after the other."""
    chance, folder = random.Random(seed), Folder(run)
    kills = []
    with contextlib.suppress(KeyboardInterrupt):  # the kills until then count
        for moment in moments:
            kill_once(run, task, moment, chance)
            kills.append(folder.look(moment))
    return kills


def main() -> None:
    """Kill, inspect, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--task", default="gym:CartPole-v1", help="the task to train")
    parser.add_argument("--folder", type=Path, help="run folder; a temporary one by default")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    moments = [chance.choice(MOMENTS) for _ in range(options.kills)]
    with tempfile.TemporaryDirectory() as temporary:
        run = options.folder or Path(temporary) / "run"
        kills = run_kills(run, options.task, moments, options.seed)
        at_the_end = stop_properly(run, options.task)
        episodes = len(EpisodeStore(RunFolder(run).episodes, 0))
    if options.json:
        sys.stdout.write(json.dumps({"kills": [asdict(kill) for kill in kills], "end": at_the_end}, indent=2) + "\n")
    else:
        _print(kills, at_the_end, episodes)
    sys.exit(1 if at_the_end or any(kill.wrong for kill in kills) else 0)


def _print(kills: Sequence[Kill], at_the_end: Sequence[str], episodes: int) -> None:
    console = Console()
    table = Table(
        "killed", "kills", "in the middle of a write", "most updates lost", "most seconds lost", box=SIMPLE_HEAD
    )
    for moment, count in sorted(Counter(kill.moment for kill in kills).items()):
        these = [kill for kill in kills if kill.moment == moment]
        table.add_row(
            moment,
            str(count),
            str(sum(kill.unfinished > 0 for kill in these)),
            str(max(kill.updates_lost for kill in these)),
            f"{max(kill.seconds_lost for kill in these):.1f}",
        )
    console.print(table)
    newer = max(kill.episodes_newer for kill in kills)
    console.print(f"{episodes} episodes stored; at most {newer} were newer than the newest checkpoint.")
    wrong = [line for kill in kills for line in kill.wrong] + list(at_the_end)
    console.print(f"{len(wrong)} faults" + "".join(f"\n  {line}" for line in wrong), markup=False)


if __name__ == "__main__":
    main()
