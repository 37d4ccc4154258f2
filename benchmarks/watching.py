"""Measure the viewer overhead: updates per second without a viewer, minimized, open, playing and dreaming.

``python -m benchmarks.watching [--preset laptop] [--rounds 5] [--seconds 20] [--viewers open ...] [--json]``, under X.

A training runs in one process, and the viewer is switched in turns, so all kinds meet the same noise. "Without" stops
the window's clock and the live worker. "Open" is the Live workspace. "Playing" is the Dream workspace at 30 frames a
second, with a new dream at the end of each. "Dreaming" starts a new dream as soon as the last dream is decoded. Frames
shown are those of a second of playing, without the player's rest on each last frame. A ratio is the median of the
ratios within a round. "Said" is the viewer overhead in the status bar.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import psutil
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.person import CONTROL, Key, Person, settle
from dreamer_studio.config import Config
from dreamer_studio.envs import build_config
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.planning import RunPlan
from dreamer_studio.session import Session
from dreamer_studio.studio.live.workspace import LiveWorkspace
from dreamer_studio.studio.shell.flow.sessions import open_run
from dreamer_studio.studio.shell.run_view import TICK_MS
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.system.process import prepare_process
from dreamer_studio.viewing.scene.messages import Scene

Viewer = Literal["without", "minimized", "open", "playing", "dreaming"]
BEAT_MS = 10
ONLOOKERS = ("snapshots", "replay", "twin", "compare")
THIRTY_A_SECOND = 1.5  # the player's speed
QUICK_START = {"prefill": 1000, "pretrain": 2, "update_blocks": False, "eval_every": 0, "checkpoint_every": 3600}


class Watcher:
    """Switch the viewer of a running window and count what happens meanwhile."""

    def __init__(self, window: StudioWindow, session: Session, metrics: Path) -> None:
        self._window = window
        self._session = session
        self._metrics = metrics
        self._person = Person(window)
        self._late: list[float] = []
        self._frames = self._decoded = 0
        self._rested = 0.0
        self._shown: object = None
        self._viewer: Viewer = "without"
        self._scene: Scene | None = None
        self._said: list[float] = []
        self._beat_at = 0.0
        self._beat = QTimer(window)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._note_beat)

    def measure(self, viewer: Viewer, seconds: float) -> dict[str, Any]:
        """Wait until the window has settled, then count for some seconds."""
        self._switch(viewer)
        settle(seconds / 5)
        self._late, self._said, self._frames, self._decoded, self._rested = [], [], 0, 0, 0.0
        self._beat_at = time.perf_counter()
        self._beat.start(BEAT_MS)
        cpu, began = viewer_cpu_seconds(), time.time()
        settle(seconds)
        used, ended = viewer_cpu_seconds() - cpu, time.time()
        self._beat.stop()
        return {
            "updates_per_s": self._updates_per_second(began, ended),
            "viewer_cpu_ms_per_s": 1000 * used / (ended - began),
            "dream_frames_per_s": self._frames / max(1e-9, ended - began - self._rested),
            "decoded_frames_per_s": self._decoded / (ended - began),
            "said": statistics.median(self._said) if self._said and viewer not in ("without", "minimized") else 0.0,
            "late_ms": [1000 * late for late in self._late],
        }

    def _switch(self, viewer: Viewer) -> None:
        window, self._viewer = self._window, viewer
        if viewer not in ("without", "minimized"):
            window.showNormal()
            self._person.key(Key.Key_1 if viewer == "open" else Key.Key_2, CONTROL)
        else:
            window.showMinimized()
        if viewer == "without":
            window.run.clock.stop()
        else:
            window.run.clock.start(TICK_MS)

    def _note_beat(self) -> None:
        now, before = time.perf_counter(), self._beat_at
        self._late.append(max(0.0, now - before - BEAT_MS / 1000))
        self._beat_at = now
        cost = self._window.run.threads.overhead.newest
        if cost is not None:
            self._said.append(cost)
        if self._person.workspace.isVisible():
            self._dream_on()
            shown: object = self._person.workspace.player.column
            if shown == self._shown and len(self._person.scene.columns) - 1 == shown:
                self._rested += now - before
        else:
            dream = self._window.run.tabs.of(LiveWorkspace)._dream
            shown = (dream.on_show.number, dream.step) if dream.on_show is not None else None
        self._frames += shown != self._shown
        self._shown = shown

    def _dream_on(self) -> None:
        """Count the newly decoded frames; play, and at the end dream again from the same frame."""
        workspace = self._person.workspace
        shown = workspace.branches.shown
        if shown is None:
            return
        scene = shown.scene
        before = self._scene
        same = before is not None and before.number == scene.number
        self._decoded += scene.decoded - (before.decoded if same and before is not None else 0)
        self._scene = scene
        if workspace.player.speed.currentData() != THIRTY_A_SECOND:
            workspace.player.speed.setCurrentIndex(workspace.player.speed.findData(THIRTY_A_SECOND))
        if not workspace.player.playing:
            workspace.player.set_playing(True)
        seen = self._viewer == "dreaming" or workspace.player.column == len(scene.columns) - 1
        if scene.decoded == len(scene.columns) and scene.number == self._window.run.channels.scene.generation and seen:
            workspace.requests.ask(seed=scene.request.seed + 1)

    def _updates_per_second(self, began: float, ended: float) -> float:
        """Compute updates per second from the log's times of the first and the last update in the span."""
        times = []
        for line in self._metrics.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["kind"] == "update" and began <= row["time"] <= ended:
                times.append(row["time"])
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else float("nan")


def main() -> int:
    """Train, switch, count, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.watching")
    parser.add_argument("--task", default="dmc:walker-walk")
    parser.add_argument("--preset", default="laptop")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--viewers", nargs="+", choices=get_args(Viewer)[1:], default=get_args(Viewer)[1:])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda", "mps"), help="of training and viewer")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    prepare_process()
    config = build_config(options.task, options.preset, QUICK_START)
    with tempfile.TemporaryDirectory() as folder:
        viewers = ("without", *options.viewers)
        report = watch(config, Path(folder), options.rounds, options.seconds, viewers, options.device)
    sys.stdout.write(json.dumps(report) + "\n" if options.json else as_text(report))
    return 0


def watch(
    config: Config, folder: Path, rounds: int, seconds: float, viewers: Sequence[Viewer], device: str = "cpu"
) -> dict[str, Any]:
    """Run all rounds for one configuration and device; the first viewer is "without"."""
    measured: dict[str, list[dict[str, Any]]] = {viewer: [] for viewer in viewers}
    with training_window(config, folder, device) as (window, session):
        watcher = Watcher(window, session, RunFolder(folder / "run").metrics_file)
        for _ in range(rounds):
            for viewer in viewers:
                measured[viewer].append(watcher.measure(viewer, seconds))
    return {
        "preset": config.preset,
        "seconds": seconds,
        **{name: _summary(spans, measured["without"]) for name, spans in measured.items()},
    }


@contextlib.contextmanager
def training_window(config: Config, folder: Path, device: str = "cpu") -> Iterator[tuple[StudioWindow, Session]]:
    """Open a window, wait until its training learns, and close it at the end."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    plan = RunPlan(RunFolder(folder / "run"), config)
    session = Session(lambda: open_run(lambda _: plan, device), config, folder / "run", device)
    theme = apply_theme(application, "dark")
    window = StudioWindow(theme, SettingsFile(folder / "settings.json"))
    window.show()
    window.open_run(session)
    while session.status.get().update < config.pretrain + 2 and session.status.get().failure is None:
        settle(0.5)
    try:
        yield window, session
    finally:
        window.leave(insist=True)
        while window.isVisible() or window.has_run:
            settle(0.1)


def as_text(report: dict[str, Any]) -> str:
    """Return a Markdown table."""
    text = "| viewer | updates/s, median (min-max) | ratio to without | said, at most | viewer's CPU, ms/s "
    text += "| dream frames shown/s | decoded/s | GUI timer late, p99 |\n"
    text += "|---|---|---|---|---|---|---|---|\n"
    for viewer in (viewer for viewer in get_args(Viewer) if viewer in report):
        row = report[viewer]
        low, middle, high = row["updates_per_s"]
        text += (
            f"| {viewer} | {middle:.3f} ({low:.3f}-{high:.3f}) | {row['ratio']:.3f} | {row['said']:.0%} slower "
            f"| {row['viewer_cpu_ms_per_s']:.0f} "
        )
        text += (
            f"| {row['dream_frames_per_s']:.1f} | {row['decoded_frames_per_s']:.1f} | {row['late_p99_ms']:.1f} ms |\n"
        )
    return text


def viewer_cpu_seconds() -> float:
    """Return the processor time of the window's thread, which calls this, and of the workers. Linux only."""
    ours = {threading.get_native_id(), *(number for name in ONLOOKERS for number in _threads_named(name))}
    return sum(part.user_time + part.system_time for part in psutil.Process().threads() if part.id in ours)


def _threads_named(name: str) -> list[int]:
    """Find threads by name: Qt names its threads after their objects, and torch's threads inherit the name."""
    tasks = Path("/proc/self/task").iterdir()
    return [int(task.name) for task in tasks if (task / "comm").read_text().strip() == name]


def _summary(spans: list[dict[str, Any]], without: list[dict[str, Any]]) -> dict[str, Any]:
    rates = sorted(span["updates_per_s"] for span in spans)
    late = sorted(late for span in spans for late in span["late_ms"])
    return {
        "updates_per_s": [rates[0], statistics.median(rates), rates[-1]],
        "ratio": statistics.median(
            span["updates_per_s"] / base["updates_per_s"] for span, base in zip(spans, without, strict=True)
        ),
        **{
            name: statistics.median(span[name] for span in spans)
            for name in ("viewer_cpu_ms_per_s", "dream_frames_per_s", "decoded_frames_per_s", "said")
        },
        "late_p99_ms": late[int(0.99 * (len(late) - 1))] if late else float("nan"),
    }


if __name__ == "__main__":
    raise SystemExit(main())
