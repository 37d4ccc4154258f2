"""Time the command until its window is drawn and until it shows a frame, and how long the window is stuck meanwhile.

    python -m benchmarks.startup [--json] [--runs 7] [--task dmc:walker-walk]

Three kinds of windows take turns: the start page, the example, and a new run of the task.

Each run is a new process with a new run folder and without saved settings. The parent process measures the time from
before the start to the line that reports the moment. The first run of each kind does not count: it warms up the disk
cache. Without a screen the window is drawn off screen.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

# Not with -m: the environment's process imports its parent's main module, which would then be the whole window.
WINDOW: Final = ("-c", "import sys; from benchmarks.startup_window import main; sys.exit(main())")
HELP: Final = ("-m", "dreamer_studio", "--help")


@dataclass(frozen=True)
class Start:
    """A start of the window on a run.

    Attributes:
        drawn_s: seconds from the command to the first image of the window.
        drawn_cpu_s: processor seconds of the window's process until then, which other work changes little.
        frame_s, frame_cpu_s: the same to the first frame of an episode.
        late_p99_s, late_max_s: delays of a 10 ms timer of the GUI thread between the two.
    """

    drawn_s: float
    drawn_cpu_s: float
    frame_s: float
    frame_cpu_s: float
    late_p99_s: float
    late_max_s: float


def main() -> None:
    """Measure and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--runs", type=int, default=7, help="that count")
    parser.add_argument("--task", default="dmc:walker-walk", help="the task to train")
    options = parser.parse_args()
    environment = _environment()
    with tempfile.TemporaryDirectory() as data:  # where the example is unpacked
        environment["XDG_DATA_HOME"] = data
        turns = [_turn(options.task, environment) for _ in range(1 + options.runs)][1:]
    columns = {name: [turn[name] for turn in turns] for name in turns[0]}
    if options.json:
        sys.stdout.write(json.dumps(_report(options.task, environment, columns), indent=2) + "\n")
        return
    _print_table(columns)


def _turn(task: str, environment: Mapping[str, str]) -> dict[str, float]:
    """Return the times of one start of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        ((page, page_cpu),) = _told([], environment)
        found = {"page_s": page, "page_cpu_s": page_cpu}
        kinds = {"demo": ["--demo"], "task": ["--task", task, "--run", str(Path(folder) / "run")]}
        for kind, arguments in kinds.items():
            found |= {f"{kind}_{name}": value for name, value in asdict(_start(arguments, environment)).items()}
    return found | {"help_s": _time_help(environment)}


def _start(arguments: Sequence[str], environment: Mapping[str, str]) -> Start:
    (drawn, drawn_cpu), (frame, frame_cpu), (_, late) = _told(arguments, environment)
    return Start(drawn, drawn_cpu, frame, frame_cpu, statistics.quantiles(late, n=100)[98], max(late))


def _told(arguments: Sequence[str], environment: Mapping[str, str]) -> list[tuple[float, Any]]:
    """Start a window, and return its reports with their times."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, *WINDOW, *arguments],
            env={**environment, "XDG_CONFIG_HOME": folder, "XDG_RUNTIME_DIR": folder},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            told = [(time.perf_counter() - begun, json.loads(line)) for line in process.stdout]
        if process.returncode or not told:
            raise SystemExit(f"the window ended with exit code {process.returncode} after {len(told)} moments")
    return told


def _time_help(environment: Mapping[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *HELP], env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & environment.keys():
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment


def _report(task: str, environment: Mapping[str, str], columns: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    return {
        "task": task,
        "runs": len(columns["page_s"]),
        "python": platform.python_version(),
        "torch": importlib.metadata.version("torch"),
        "cores": os.cpu_count(),
        "qt_platform": environment.get("QT_QPA_PLATFORM", "the desktop's"),
        **{
            name: {"median": statistics.median(times), "min": min(times), "max": max(times)}
            for name, times in columns.items()
        },
    }


def _print_table(columns: Mapping[str, Sequence[float]]) -> None:
    kinds = {"demo": "--demo", "task": "--task"}
    moments = {
        "drawn_s": "command to the window's first image",
        "drawn_cpu_s": "processor time until then",
        "frame_s": "command to the first frame of an episode",
        "frame_cpu_s": "processor time until then",
        "late_p99_s": "GUI timer late in between, p99 of a run",
        "late_max_s": "GUI timer late in between, worst of a run",
    }
    words = {
        "page_s": "start page: command to its first image",
        "page_cpu_s": "start page: processor time until then",
        "help_s": "dreamer-studio --help",
    }
    words |= {f"{kind}_{name}": f"{option}: {text}" for kind, option in kinds.items() for name, text in moments.items()}
    table = Table("", "median s", "min", "max", box=SIMPLE_HEAD, title=f"{len(columns['page_s'])} runs")
    for name, times in columns.items():
        table.add_row(words[name], *(f"{value:.3f}" for value in (statistics.median(times), min(times), max(times))))
    Console().print(table)


if __name__ == "__main__":
    main()
