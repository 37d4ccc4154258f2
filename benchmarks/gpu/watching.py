"""Measures how much an open window slows a training on the same device."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.gpu.learning import NO_EXTRAS, QUICK_START
from benchmarks.gpu.order import Clock, Order
from dreamer_studio.runs.folder import RunFolder

VIEWERS: Final = ("without", "open", "dreaming")
SETTLING: Final = 1.2  # a measurement, with the time that the window needs to settle
SHARE: Final = 0.9  # share of the time left once the training learns; the rest is for closing


def measure(order: Order) -> Mapping[str, Any]:
    """Return updates per second without a viewer, with the Live workspace, and while dreaming without a pause."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from benchmarks.watching import Watcher, training_window  # noqa: PLC0415  (Qt reads the platform as it is loaded)

    config = order.config(**QUICK_START, **NO_EXTRAS)
    clock, found = Clock(order.seconds), dict[str, Any]()
    with (
        tempfile.TemporaryDirectory() as name,
        training_window(config, Path(name), order.device) as (window, session),
    ):
        watcher = Watcher(window, session, RunFolder(Path(name) / "run").metrics_file)
        seconds = SHARE * clock.left / len(VIEWERS) / SETTLING
        for viewer in VIEWERS:
            span = watcher.measure(viewer, seconds)
            late = sorted(span.pop("late_ms"))
            found[viewer] = {**span, "late_p99_ms": late[int(0.99 * (len(late) - 1))] if late else None}
            found[viewer]["ratio"] = span["updates_per_s"] / found["without"]["updates_per_s"]
            order.tell(_told(found, seconds))
    return _told(found, seconds)


def _told(found: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    return {"viewers": dict(found), "seconds_each": seconds, "platform": os.environ.get("QT_QPA_PLATFORM", "screen")}
