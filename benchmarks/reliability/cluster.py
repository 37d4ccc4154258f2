"""Train a study on a Ray cluster of this machine while nodes are killed and one joins, and check that nothing is lost.

    python -m benchmarks.reliability.cluster [--json] [--runs 12] [--steps 400] [--kills 2] [--folder DIR]

Needs the extra: pip install "dreamer-studio[ray]". On 127.0.0.1 the script starts a node for the driver, and three
nodes with a core each for trials. Whenever another run is finished, the script kills a node in the middle of a
training, up to `--kills` times: in turns with all its processes, as in a power cut, and without the trainings, as if
only Ray had died. After the first kill a new node joins. At the end, the script checks each run.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from dreamer_studio.files import read_json_object
from dreamer_studio.replay import EpisodeStore, read_episode
from dreamer_studio.runs.checkpoint import load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.ray.entrance import ray_launcher
from dreamer_studio.studies.study_folder import StudyFolder, find_study

STUDY: Final = """\
name = "cluster"
tasks = ["gym:Pendulum-v1"]
preset = "tiny"
seeds = {runs}
steps = {steps}
[common]
time_limit = 50
prefill = 50
eval_every = 200
[ray]
max_failures = 5
"""
TRIAL_NODES: Final = 3
LOOK_SECONDS: Final = 0.2
ENDING_SECONDS: Final = 3.0  # a process may take this long to end after it has released its run
STORE_BYTES: Final = 80 * 2**20


@dataclass
class Figures:
    """The measurements.

    Attributes:
        runs, finished: number of runs, and of finished ones.
        killed: a line for each killed node.
        added: nodes that joined.
        starts: how many runs had each number of starts.
        again_seconds: from each kill until a new trainer had the run.
        seconds: from the start to the end.
        listening: addresses other than 127.0.0.1 on which a process of the cluster listened.
        wrong: faults, a line each.
    """

    runs: int
    finished: int = 0
    killed: list[str] = field(default_factory=list)
    added: int = 0
    starts: dict[int, int] = field(default_factory=dict)
    again_seconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    listening: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Nodes:
    """A Ray cluster on this machine, all of it on 127.0.0.1.

    Args:
        cores: cores of each node for trials; the driver has a node without any.
    """

    def __init__(self, cores: Sequence[int]) -> None:
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # Ray then takes 127.0.0.1 on every system
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ.setdefault("RAY_AUTH_TOKEN", os.urandom(32).hex())
        from ray.cluster_utils import Cluster  # noqa: PLC0415  (Ray reads the variables while it is imported)

        self._cluster = Cluster(initialize_head=True, shutdown_at_exit=False, head_node_args=self._arguments(cores=0))
        self.trials = [self._new(count) for count in cores]

    @property
    def address(self) -> str:
        """The address of the cluster."""
        return str(self._cluster.address)

    def add(self) -> None:
        """Add a node for trials."""
        self.trials.append(self._new(1))

    def kill(self, node: Any, *, power_cut: bool) -> None:
        """Kill a node.

        Args:
            node: one of `trials`.
            power_cut: whether the trainings of the node are killed too, and not only Ray.
        """
        self.trials.remove(node)
        if power_cut:
            for process in [*processes_of(node), psutil.Process(raylet_of(node))]:
                with contextlib.suppress(psutil.Error):
                    process.kill()
        self._cluster.remove_node(node, allow_graceful=False)

    def listening(self) -> set[str]:
        """Return the addresses beyond this machine on which its processes listen."""
        mark = str(self._cluster.head_node.get_session_dir_path())
        found = set()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if any(mark in word for word in process.cmdline()) or "RAY_RAYLET_PID" in process.environ():
                    found |= {str(each.laddr) for each in process.net_connections("inet") if _is_open(each)}
        return found

    def shutdown(self) -> None:
        """End all nodes."""
        self._cluster.shutdown()

    def _new(self, cores: int) -> Any:
        return self._cluster.add_node(**self._arguments(cores))

    @staticmethod
    def _arguments(cores: int) -> dict[str, Any]:
        return {
            "num_cpus": cores,
            "node_ip_address": "127.0.0.1",
            "include_dashboard": False,
            "object_store_memory": STORE_BYTES,
            "resources": {"gl": 16},
        }


def raylet_of(node: Any) -> int:
    """Return the number of a node's main process, the raylet."""
    return int(node.all_processes["raylet"][0].process.pid)


def processes_of(node: Any) -> list[psutil.Process]:
    """Return the workers of a node, and all processes below them."""
    mark, found = str(raylet_of(node)), []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("RAY_RAYLET_PID") == mark:
                found.append(process)
    return found


def _is_open(connection: Any) -> bool:
    return connection.status == "LISTEN" and connection.laddr.ip not in {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


class Disaster(threading.Thread):
    """Kills and adds nodes during the study, and records from outside which process has each run."""

    def __init__(self, nodes: Nodes, folder: StudyFolder, names: Sequence[str], kills: int, figures: Figures) -> None:
        super().__init__(name="disaster")
        self._nodes, self._folder, self._names, self._kills, self._figures = nodes, folder, names, kills, figures
        self._taken: dict[str, list[tuple[float, int, int]]] = {name: [] for name in names}
        self._waiting: dict[str, float] = {}
        self._began, self.over = time.monotonic(), threading.Event()

    def run(self) -> None:
        """Look several times a second until the study is over."""
        try:
            self._watch()
        except Exception as error:
            self._figures.wrong.append(f"the watch ended: {error!r}")

    def _watch(self) -> None:
        while not self.over.wait(LOOK_SECONDS):
            for name in self._names:
                self._look(name)
            if len(self._figures.killed) < self._kills and self._finished() > len(self._figures.killed):
                self._kill()

    def _look(self, name: str) -> None:
        """Record a new fence, and a fault if the process with an older fence is still alive."""
        fences, taken, now = RunFolder(self._folder.run(name)).fences, self._taken[name], time.monotonic()
        for path in sorted(fences.glob("[0-9]*")) if fences.is_dir() else []:
            found = read_json_object(path, 4096)
            if "process" in found and int(path.name) not in {number for _, number, _ in taken}:
                taken.append((now, int(path.name), int(found["process"])))
                if name in self._waiting:
                    self._figures.again_seconds.append(round(now - self._waiting.pop(name), 1))
        for _, number, process in taken[:-1]:
            if now - taken[-1][0] > ENDING_SECONDS and _trains(process):
                line = f"{name}: the process with fence {number} is still alive beside fence {taken[-1][1]}"
                if line not in self._figures.wrong:
                    self._figures.wrong.append(line)

    def _finished(self) -> int:
        return sum(self._state(name) == "finished" for name in self._names)

    def _state(self, name: str) -> str:
        return str(read_json_object(RunFolder(self._folder.run(name)).status_file, 2**15).get("state", ""))

    def _kill(self) -> None:
        """Kill a node whose run is making updates: in turns with its trainings and without them."""
        for node in self._nodes.trials:
            alive = {process.pid for process in processes_of(node)}
            runs = [name for name in self._names if self._taken[name] and self._taken[name][-1][2] in alive]
            runs = [name for name in runs if self._state(name) == "training"]
            if not runs:
                continue
            power_cut = len(self._figures.killed) % 2 == 0
            self._waiting |= dict.fromkeys(runs, time.monotonic())
            self._nodes.kill(node, power_cut=power_cut)
            what = "node with its trainings" if power_cut else "Ray of a node, not its trainings"
            at = round(time.monotonic() - self._began)
            self._figures.killed.append(f"after {at} s: {what}; it trained {', '.join(runs)}")
            if len(self._figures.killed) == 1:
                self._nodes.add()
                self._figures.added += 1
            self._figures.listening += sorted(self._nodes.listening())
            return


def _trains(process: int) -> bool:
    try:
        return "train" in psutil.Process(process).cmdline()
    except psutil.Error:
        return False


def faults_of(run: Path, steps: int) -> list[str]:
    """Return the faults of a run that should be finished, one line each."""
    folder = RunFolder(run)
    rows = [json.loads(line) for line in folder.metrics_file.read_bytes().splitlines()]
    updates = [row["update"] for row in rows if row["kind"] == "update"]
    files = sorted(folder.episodes.glob("episode-*"))
    for path in files:
        read_episode(path)  # raises an error if anything is wrong
    store = EpisodeStore(folder.episodes, 0)
    state = load_checkpoint(list_checkpoints(folder.checkpoints)[-1]).state
    checks = {
        "updates are missing or twice in the log": updates == list(range(1, len(updates) + 1)),
        "the log goes back": all(
            a["step"] <= b["step"] for a, b in itertools.pairwise(rows) if "step" in a and "step" in b
        ),
        "episodes are missing or twice": [int(path.name[8:14]) for path in files] == list(range(len(files))),
        f"{store.steps} steps are stored": store.steps >= steps,
        "the checkpoint knows another number of updates": state["counters"]["update"] == len(updates),
        "unfinished files are left": not list(run.rglob("*.tmp")),
    }
    return [f"{run.name}: {what}" for what, fine in checks.items() if not fine]


def measure(folder: Path, runs: int, steps: int, kills: int) -> Figures:
    """Train a study in a folder while nodes are killed."""
    file = folder / "study.toml"
    file.write_text(STUDY.format(runs=runs, steps=steps))
    found = find_study(file)
    found.folder.keep(found.text)
    plan, figures = Plan(found.study), Figures(runs)
    names = [run.name for run in plan]
    began, nodes = time.monotonic(), Nodes([1] * TRIAL_NODES)
    disaster = Disaster(nodes, found.folder, names, kills, figures)
    try:
        disaster.start()
        outcome = ray_launcher(nodes.address).launch(plan, found.folder, _tell)
    finally:
        disaster.over.set()
        disaster.join()
        nodes.shutdown()
    figures.seconds, figures.finished = round(time.monotonic() - began, 1), outcome.finished
    figures.starts = dict(sorted(Counter(_last_fence(found.folder.run(name)) for name in names).items()))
    for each in [*outcome.failed, *outcome.unfinished, *outcome.elsewhere]:
        figures.wrong.append(f"{each.run.name} is {each.state} at step {each.step}: {each.problem}")
    for name in names:
        figures.wrong += faults_of(found.folder.run(name), steps)
    return figures


def _last_fence(run: Path) -> int:
    return max((int(path.name) for path in RunFolder(run).fences.glob("[0-9]*")), default=0)


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def main() -> None:
    """Train, kill, inspect, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--runs", type=int, default=12)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to train; a temporary folder by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        figures = measure(folder, options.runs, options.steps, options.kills)
    values = asdict(figures)
    lines = [f"{name:<14} {value}" for name, value in values.items()]
    sys.stdout.write((json.dumps(values, indent=2) if options.json else "\n".join(lines)) + "\n")
    sys.exit(1 if figures.wrong or figures.listening or figures.finished < figures.runs else 0)


if __name__ == "__main__":
    main()
