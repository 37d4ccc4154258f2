"""Time the window's work for eight curves of a long run, with two other runs laid over.

    python -m benchmarks.curves [--rows 100000] [--cards 8] [--others 2] [--json]

Nearly every row of the made logs is an update with the metrics of a real one. *All* draws a card for the first time,
*new rows* draws the card again after ten new rows, *paint* is Qt's painting of the card after that, and *smoothing*
draws it after the slider has moved: medians. A *tick* is a call of the workspace's refresh, with the painting that it
causes; each adds a row. The cycle collector is off, as between the collections of the window.
"""

import argparse
import functools
import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from dreamer_studio.envs import build_config
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.session import State, Status
from dreamer_studio.session.log_reader import LogReader
from dreamer_studio.studio.curve_cards.choices import CurveChoices, CurveSettings
from dreamer_studio.studio.curve_cards.curves import CURVES
from dreamer_studio.studio.curve_cards.source import CurveSource, OtherRun
from dreamer_studio.studio.curves.workspace import CurvesWorkspace
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.viewing.curves.messages import CurvesChannels, LoggedRun

SIZE = (1600, 950)
TICKS = 150
METRICS = [line.key for curve in CURVES for line in curve.lines if line.kind == "update"]


class Log:
    """A made log that grows."""

    def __init__(self, rows: int, seed: int) -> None:
        self.reader, self.history = LogReader(), RowHistory[dict[str, Any]]()
        self.reader.take(self.history)
        self._draw = np.random.default_rng(seed)
        self._number = 0
        self.add(rows)

    def add(self, rows: int) -> None:
        """Add rows."""
        for _ in range(rows):
            self._number += 1
            noise = self._draw.normal(0, 1, len(METRICS))
            values = {
                name: 40 + 400 / self._number + value for name, value in zip(METRICS, noise.tolist(), strict=True)
            }
            row = {"kind": "update", "step": 10 * self._number, "update": self._number, "time": 0.2 * self._number}
            self.history.append("update", {**row, **values})
            if self._number % 100 == 0:
                episode = {**row, "kind": "train", "return": float(self._number % 997), "length": 500, "end": "cut"}
                self.history.append("train", episode)


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.curves")
    parser.add_argument("--rows", type=int, default=100_000, help="updates in each log")
    parser.add_argument("--cards", type=int, default=8, help="curves on show, at most nine")
    parser.add_argument("--others", type=int, default=2, help="other runs laid over, at most six")
    parser.add_argument("--json", action="store_true", help="JSON instead of lines")
    arguments = parser.parse_args()
    figures = measure(arguments.rows, arguments.cards, arguments.others)
    if arguments.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        for name, value in figures.items():
            sys.stdout.write(f"{name:>24}  {value:8.2f} ms\n")


def measure(rows: int, cards: int, others: int) -> dict[str, float]:
    """Return milliseconds by name."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = apply_theme(app, "light")
    own, config = Log(rows, 0), build_config("dmc:cheetah-run", "laptop", {})
    source = CurveSource(
        CurveChoices(CurveSettings(shown=tuple(curve.key for curve in CURVES[:cards]))),
        own.reader.since,
        lambda: config,
        CurvesChannels(),
    )
    gc.disable()
    logs = [Log(rows, seed + 1) for seed in range(others)]
    workspace = CurvesWorkspace(theme, source, CurvesChannels())
    theme.dress(workspace)
    workspace.resize(*SIZE)
    workspace.show()
    app.processEvents()
    for place, log in enumerate(logs):
        folder = Path(f"run-{place}")
        run = LoggedRun(folder, log.reader)
        source.others += (OtherRun(folder, folder.name, place, run=run),)
    first = [_timed(card.refresh) for card in workspace.deck.cards]
    app.processEvents()
    again, paint = [], []
    for _ in range(5):
        for log in (own, *logs):
            log.add(10)
        for card in workspace.deck.cards:
            again.append(_timed(card.refresh))
            paint.append(_timed(app.processEvents))
    source.choices.change(smoothing=4)
    smoothing = [_timed(card.refresh) for card in workspace.deck.cards]
    ticks = []
    status = Status(State.RUNNING, "collecting", config, Path("run"), "cpu")
    for _ in range(TICKS):
        own.add(1)
        refreshing = _timed(functools.partial(workspace.refresh, status))
        ticks.append(refreshing + _timed(app.processEvents))
        time.sleep(0.01)
    workspace.deleteLater()
    return {
        "all, a card": statistics.median(first),
        "new rows, a card": statistics.median(again),
        "paint, a card": statistics.median(paint),
        "smoothing, a card": statistics.median(smoothing),
        "tick, median": statistics.median(ticks),
        "tick, mean": statistics.mean(ticks),
        "tick, longest": max(ticks),
    }


def _timed(work: Callable[[], object]) -> float:
    """Return the milliseconds of a piece of work."""
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
