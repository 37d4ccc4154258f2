"""Time how soon the strip follows its markers during a training: ``python -m benchmarks.following``, under X or Xvfb.

A training of the preset runs in the window. The script repeatedly drags the line "context ends here" one frame to the
right and back, and reports the time until the new scene shows its first images, and until it is complete.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import Qt

from benchmarks.person import Person, settle
from benchmarks.watching import QUICK_START, training_window
from dreamer_studio.envs import build_config
from dreamer_studio.studio.dream.strip_panel import StripPanel
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.system.process import prepare_process

LOOK_SECONDS = 0.005


def main() -> int:
    """Drag the marker and print the times."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.following")
    parser.add_argument("--task", default="dmc:walker-walk")
    parser.add_argument("--preset", default="laptop")
    parser.add_argument("--count", type=int, default=40)
    options = parser.parse_args()
    prepare_process()
    config = build_config(options.task, options.preset, QUICK_START)
    with tempfile.TemporaryDirectory() as folder, training_window(config, Path(folder)) as (window, _):
        taken = drag(window, options.count)
    for name, seconds in zip(("first images", "whole"), zip(*taken, strict=True), strict=True):
        middle, late = 1000 * statistics.median(seconds), 1000 * sorted(seconds)[int(0.9 * (len(seconds) - 1))]
        sys.stdout.write(f"{name}: median {middle:.0f} ms, 9 of 10 within {late:.0f} ms\n")
    return 0


def drag(window: StudioWindow, count: int) -> list[tuple[float, float]]:
    """Return the seconds from each drop until the scene shows its first images, and until it shows all."""
    person = Person(window)
    person.key(Qt.Key.Key_D)
    (strip,) = window.findChildren(StripPanel)
    while person.workspace.branches.shown is None or person.scene.decoded < len(person.scene.columns):
        settle(0.1)
    taken = []
    for number in range(count):
        before, began = person.scene.number, time.perf_counter()
        strip.contextWanted.emit(person.scene.context + (1 if number % 2 == 0 else -1))
        while person.scene.number == before:
            settle(LOOK_SECONDS)
        shown = time.perf_counter() - began
        while person.scene.decoded < len(person.scene.columns):
            settle(LOOK_SECONDS)
        taken.append((shown, time.perf_counter() - began))
        settle(0.2)
    return taken


if __name__ == "__main__":
    raise SystemExit(main())
