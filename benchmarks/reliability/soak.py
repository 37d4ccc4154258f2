"""Train for an hour while a script uses the window all the time, and check whether anything grows.

    python -m benchmarks.reliability.soak [--minutes 65] [--task dmc:walker-walk] [--preset laptop] [--json]

Run it under X or Xvfb, with nothing else on the screen. Round after round, the script uses the window as a user would:
workspaces, tabs, dreams, driving, the reality twin, futures, branches, the replay browser, comparisons, horizons,
checkpoints, exports, sizes. After each round it measures the window at rest in the Live workspace, so every sample sees
the same parts open. Only a few episodes stay in memory, so the replay does not grow. Linux only.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import psutil
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit

from benchmarks.person import CONTROL, Key, Person, settle, wait_for
from benchmarks.reliability.listening import Listener
from benchmarks.watching import QUICK_START, training_window
from dreamer_studio.envs import build_config
from dreamer_studio.session import ChangeSetting, SaveCheckpoint, Session
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.dream.futures.panel import SAMPLES, WHAT_IF
from dreamer_studio.studio.film.export_dialog import ExportDialog
from dreamer_studio.studio.film.last_seconds import LastSeconds
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.system.process import prepare_process
from dreamer_studio.viewing.frame_ref import FrameRef

SETTINGS: Final = {**QUICK_START, "replay_ram_mb": 16, "checkpoint_every": 300, "steps": 10**9}
REST_S: Final = 10.0
BEAT_MS: Final = 10
LOOKS: Final = 5
WARM_UP_SHARE: Final = 0.25  # of the time
SIZES: Final = ((1600, 1000), (1200, 800))


@dataclass(frozen=True)
class Sample:
    """The program at rest after a round.

    Attributes:
        minute: since the first round began.
        round: number of finished rounds.
        update: number of updates of the training.
        memory_mb: resident memory of the program; children_mb: of its processes.
        in_use_mb: memory allocated from glibc; 0 with another C library.
        threads, processes, handles: the fewest of LOOKS, because a training opens files and closes them.
        late_p99_ms: delay of a 10 ms timer in the window's thread, during the rest.
    """

    minute: float
    round: int
    update: int
    memory_mb: float
    in_use_mb: float
    children_mb: float
    threads: int
    processes: int
    handles: int
    late_p99_ms: float


class User(Person):
    """Go through the whole window, again and again."""

    def __init__(self, window: StudioWindow, session: Session) -> None:
        super().__init__(window)
        self._session = session
        self._round = 0
        (self._stack,) = window.findChildren(BannerStack)

    def use_everything(self) -> None:
        """Do a round."""
        self._round += 1
        uses: tuple[Callable[[], None], ...] = (
            self._watch,
            self._set_horizons,
            self._dream,
            self._drive,
            self._run_twin,
            self._imagine_futures,
            self._branch,
            self._open_tabs,
            self._browse,
            self._compare,
            self._export,
            self._save,
            self._look_away,
        )
        for use in uses:
            use()

    def rest(self) -> None:
        """Return to the state for measurements."""
        self.key(Key.Key_1, CONTROL)
        settle(2)

    @property
    def banners(self) -> list[str]:
        """Return the banners of the window."""
        return [banner.text for banner in self._stack.banners]

    def _watch(self) -> None:
        self.key(Key.Key_1, CONTROL)
        for key in (Key.Key_BracketRight, Key.Key_E, Key.Key_Space, Key.Key_Space, Key.Key_E, Key.Key_BracketLeft):
            self.key(key)
            settle(0.8)

    def _set_horizons(self) -> None:
        self._session.submit(ChangeSetting("horizon", 10 if self._round % 2 else 15)).result(timeout=60)
        settle(1)

    def _dream(self) -> None:
        self.key(Key.Key_1, CONTROL)
        self.key(Key.Key_D)
        wait_for(lambda: self.workspace.branches.shown is not None)
        stored = self._session.status.get().replay_episodes
        self.dream_from(FrameRef(False, self._round % stored, 20 + 3 * (self._round % 50)))
        self.act("as recorded" if self._round % 2 else "policy, sample")
        for key in (Key.Key_Home, Key.Key_Space, Key.Key_PageDown, Key.Key_Right, Key.Key_End):
            self.key(key)
            settle(0.5)

    def _drive(self) -> None:
        context = self.scene.context
        self.go_to(context - 1)
        self.key(Key.Key_C)
        with self.holding(Key.Key_Right):
            wait_for(lambda: int(self.scene.columns.driven.sum()) > 10)
        self.release_control()
        settle(0.5)

    def _run_twin(self) -> None:
        self.key(Key.Key_T)
        self.open_tab("Gap")
        wait_for(
            lambda: (
                (view := self.window.run.channels.twin.result) is not None and (view.count > 8 or bool(view.lacking))
            )
        )
        self.key(Key.Key_T)
        wait_for(lambda: self.window.run.channels.twin.result is None)

    def _imagine_futures(self) -> None:
        self.go_to(self.scene.context)
        self.key(Key.Key_F)
        settle(2)
        self.choose("Futures of", WHAT_IF)
        settle(2)
        self.choose("Futures of", SAMPLES)
        settle(1)

    def _branch(self) -> None:
        self.open_tab("Branches")
        self.go_to(self.scene.context)
        self.key(Key.Key_B)
        settle(1)

    def _open_tabs(self) -> None:
        for name in ("Latents", "Map", "Practice", "Plots"):
            self.open_tab(name)
            settle(1.5)

    def _browse(self) -> None:
        self.key(Key.Key_R, CONTROL)
        self.go_to(self.scene.context - 1)  # a recorded frame
        for key in (Key.Key_Left, Key.Key_Left, Key.Key_Left):
            self.key(key)
            settle(0.3)
        self.key(Key.Key_B, CONTROL)
        self.key(Key.Key_R, CONTROL)

    def _compare(self) -> None:
        self.key(Key.Key_3, CONTROL)
        settle(1.5)
        (workspace,) = self.window.findChildren(CompareWorkspace)
        boxes = workspace.list.list
        for row in range(min(2, boxes.count())):
            boxes.item(row).setCheckState(Qt.CheckState.Checked)
        workspace.bar.seed.setValue(self._round)
        settle(3)

    def _export(self) -> None:
        self.key(Key.Key_2, CONTROL)
        self.key(Key.Key_E, CONTROL)
        dialog = self.window.findChildren(ExportDialog)[-1]
        ending = ("gif", "mp4", "npz", "png", "webp")[self._round % 5]
        file = next(field for field in dialog.findChildren(QLineEdit) if field.accessibleName() == "File")
        file.setText(str(self._session.status.get().folder / "dreams" / f"soak.{ending}"))
        dialog.export()
        wait_for(lambda: dialog.done_with)
        dialog.reject()
        wait_for(lambda: self.window.findChildren(ExportDialog) == [])
        (seconds,) = self.window.findChildren(LastSeconds)
        self.key(Key.Key_E, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        wait_for(lambda: not seconds.busy)

    def _save(self) -> None:
        self._session.submit(SaveCheckpoint()).result(timeout=60)

    def _look_away(self) -> None:
        self.window.resize(*SIZES[self._round % 2])
        settle(1)
        self.window.showMinimized()
        settle(2)
        self.window.showNormal()
        self.window.resize(*SIZES[0])
        settle(1)


class Beat:
    """Measure the delay of a timer in the window's thread."""

    def __init__(self, window: StudioWindow) -> None:
        self.late: list[float] = []
        self._at = 0.0
        self._timer = QTimer(window)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._note)

    def measure(self, seconds: float) -> float:
        """Return the delay in milliseconds that 99 of 100 beats stay within."""
        self.late, self._at = [], time.perf_counter()
        self._timer.start(BEAT_MS)
        settle(seconds)
        self._timer.stop()
        return 1000 * sorted(self.late)[int(0.99 * (len(self.late) - 1))]

    def _note(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, now - self._at - BEAT_MS / 1000))
        self._at = now


def main() -> int:
    """Use the window and print the report; exit with 1 after growth or complaints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability.soak")
    parser.add_argument("--minutes", type=float, default=65.0)
    parser.add_argument("--task", default="dmc:walker-walk")
    parser.add_argument("--preset", default="laptop")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    prepare_process()
    listener = Listener()
    config = build_config(options.task, options.preset, SETTINGS)
    with tempfile.TemporaryDirectory() as folder, training_window(config, Path(folder)) as (window, session):
        samples, banners = soak(window, session, 60 * options.minutes)
    report = summary(samples, [*listener.heard, *banners])
    sys.stdout.write(json.dumps(report) + "\n" if options.json else as_text(report))
    return 0 if report["sound"] else 1


def soak(window: StudioWindow, session: Session, seconds: float) -> tuple[list[Sample], list[str]]:
    """Use the window for some minutes; return a sample per round, and the banners at the end."""
    user, beat, began = User(window, session), Beat(window), time.monotonic()
    samples: list[Sample] = []
    while time.monotonic() < began + seconds:
        user.use_everything()
        user.rest()
        late = beat.measure(REST_S)
        samples.append(take_sample((time.monotonic() - began) / 60, len(samples) + 1, session, late))
        sys.stderr.write(json.dumps(asdict(samples[-1])) + "\n")
    return samples, user.banners


def take_sample(minute: float, number: int, session: Session, late: float) -> Sample:
    """Measure the program now."""
    program = psutil.Process()
    children = program.children(recursive=True)
    return Sample(
        round(minute, 2),
        number,
        session.status.get().update,
        program.memory_info().rss / 2**20,
        heap_in_use() / 2**20,
        sum(child.memory_info().rss for child in children) / 2**20,
        _fewest(program.num_threads),
        len(children),
        _fewest(program.num_fds),
        late,
    )


def heap_in_use() -> int:
    """Return the bytes allocated from glibc; other resident memory is free, code, or of another allocator."""
    mallinfo = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if mallinfo is None:
        return 0
    mallinfo.restype = _Mallinfo
    return int(mallinfo().uordblks)


class _Mallinfo(ctypes.Structure):
    """``struct mallinfo2`` of glibc's <malloc.h>."""

    _fields_: ClassVar = [
        ("before", 7 * ctypes.c_size_t),
        ("uordblks", ctypes.c_size_t),
        ("after", 2 * ctypes.c_size_t),
    ]


def _fewest(count: Callable[[], int]) -> int:
    counts = []
    for _ in range(LOOKS):
        counts.append(count())
        settle(0.2)
    return min(counts)


def summary(samples: list[Sample], complaints: list[str]) -> dict[str, Any]:
    """Compare medians: the last quarter of the rounds with the first quarter after the warm-up."""
    warm = samples[int(WARM_UP_SHARE * len(samples)) :]
    part = max(1, len(warm) // 3)
    first, last = warm[:part], warm[-part:]

    def ratio(pick: Callable[[Sample], float]) -> float:
        return statistics.median(map(pick, last)) / statistics.median(map(pick, first))

    counts = {name: sorted({getattr(sample, name) for sample in warm}) for name in ("threads", "processes", "handles")}
    memory = ratio(lambda sample: sample.memory_mb)
    return {
        "minutes": samples[-1].minute,
        "rounds": len(samples),
        "warm_up_rounds": len(samples) - len(warm),
        "updates": samples[-1].update,
        "memory_mb": [statistics.median(sample.memory_mb for sample in part) for part in (first, last)],
        "in_use_mb": [statistics.median(sample.in_use_mb for sample in part) for part in (first, last)],
        "memory_ratio": memory,
        "children_ratio": ratio(lambda sample: sample.children_mb),
        **counts,
        "late_p99_ms": [statistics.median(sample.late_p99_ms for sample in part) for part in (first, last)],
        "complaints": complaints,
        "sound": memory < 1.02 and all(len(values) == 1 for values in counts.values()) and not complaints,
        "samples": [asdict(sample) for sample in samples],
    }


def as_text(report: dict[str, Any]) -> str:
    """Return a Markdown table and the complaints."""
    text = "| | after warm-up | at the end |\n|---|---|---|\n"
    rows = (
        ("memory", "memory_mb", "MiB"),
        ("of it allocated", "in_use_mb", "MiB"),
        ("timer late, p99", "late_p99_ms", "ms"),
    )
    for words, name, unit in rows:
        first, last = report[name]
        text += f"| {words} | {first:.1f} {unit} | {last:.1f} {unit} |\n"
    for name in ("threads", "processes", "handles"):
        values = report[name]
        text += f"| {name} | {values[0]} | {values[-1]} |\n"
    text += f"\n{report['minutes']:.0f} minutes, {report['rounds']} rounds, {report['updates']:,} updates; "
    text += f"memory {100 * (report['memory_ratio'] - 1):+.1f} %, of the environments' processes "
    text += f"{100 * (report['children_ratio'] - 1):+.1f} %\n"
    return text + "".join(f"- {complaint}\n" for complaint in report["complaints"])


if __name__ == "__main__":
    raise SystemExit(main())
