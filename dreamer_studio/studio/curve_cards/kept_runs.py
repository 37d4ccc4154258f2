"""Keeps the runs laid over the curves of each run for the next session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from dreamer_studio.studio.curve_cards.source import CurveSource

MOST_KEPT: Final = 50
"""Most open runs whose laid-over runs are kept, those used last."""

LaidOver = Mapping[str, bool]
"""The folders of some runs laid over, and whether each run is drawn."""


def keep_runs(
    source: CurveSource, own: Path, kept: Callable[[], Mapping[str, LaidOver]], keep: Callable[..., object]
) -> None:
    """Lay the runs of the last session over the curves, and keep each change.

    Args:
        source: the runs laid over.
        own: the folder of the open run.
        kept: returns the kept runs of each open run, by its folder.
        keep: changes the setting `curves_runs`.
    """
    key = str(own.resolve())
    for folder, on in kept().get(key, {}).items():
        source.add_run(Path(folder))
        source.switch_run(on, Path(folder))

    def write() -> None:
        laid = {str(other.folder.resolve()): other.on for other in source.others}
        if laid != kept().get(key, {}):
            runs = {each: of for each, of in kept().items() if each != key} | ({key: laid} if laid else {})
            keep(curves_runs=dict(list(runs.items())[-MOST_KEPT:]))

    source.othersChanged.connect(write)
