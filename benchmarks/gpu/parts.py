"""The parts of the measurement, in their order."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from benchmarks.gpu.order import Part


@dataclass(frozen=True)
class Entry:
    """A part.

    Attributes:
        share: its time, relative to the other parts.
        load: imports and returns the part.
    """

    share: float
    load: Callable[[], Part]


def _of(module: str, name: str = "measure") -> Callable[[], Part]:
    def load() -> Part:
        part: Part = getattr(importlib.import_module(f"benchmarks.gpu.{module}"), name)
        return part

    return load


def _update(precision: str, *, compiled: bool) -> Callable[[], Part]:
    def load() -> Part:
        from benchmarks.gpu.updates import update_part  # noqa: PLC0415  (as the others: each in its own process)

        part: Part = update_part(precision, compiled=compiled)  # type: ignore[arg-type]
        return part

    return load


PARTS: Final = {
    "machine": Entry(4, _of("machine")),
    "reference": Entry(2, _of("reference")),
    "update float32": Entry(3, _update("float32", compiled=False)),
    "update bfloat16": Entry(3, _update("bfloat16", compiled=False)),
    "acting": Entry(2, _of("acting")),
    "data": Entry(2, _of("data")),
    "drawing": Entry(3, _of("drawing")),
    "same data": Entry(4, _of("learning", "same_data")),
    "resuming": Entry(4, _of("resuming")),
    "watching": Entry(6, _of("watching")),
    "training": Entry(10, _of("learning", "training")),
    "update bfloat16 compiled": Entry(10, _update("bfloat16", compiled=True)),
    "update float32 compiled": Entry(10, _update("float32", compiled=True)),
}
"""The slowest parts come last, so that they get the time that the others leave."""
