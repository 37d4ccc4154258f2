"""Measures what an open window costs a training on the same device."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.gpu.order import Order

SHARE = 0.7  # of the time that is left for counting; the rest is for the start
VIEWERS: Final = ("without", "open", "dreaming")


def measure(order: Order) -> Mapping[str, Any]:
    """Return updates per second without a viewer, with the Live workspace, and while dreaming without a pause."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from benchmarks.watching import QUICK_START, watch  # noqa: PLC0415  (Qt reads the platform when it is loaded)

    config = order.config(**QUICK_START)
    seconds = SHARE * order.seconds / len(VIEWERS)
    with tempfile.TemporaryDirectory() as folder:
        found = watch(config, Path(folder), 1, seconds / 1.2, VIEWERS, order.device)
    return {**found, "platform": os.environ.get("QT_QPA_PLATFORM", "screen")}
