"""The values of a plot as a table, and a sentence about them for screen readers."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.widgets.plots.series import si_label

Lines = Mapping[str, tuple[Floats, Floats]]
"""x (n,) and y (n,) of each line, by name."""

_FEWEST_TO_JUDGE: Final = 8
"""Fewest values from which `trend` tells a direction."""


def within(lines: Lines, left: float, right: float) -> dict[str, tuple[Floats, Floats]]:
    """Return the points between two positions, those included."""
    inside = {name: (x >= left) & (x <= right) for name, (x, _) in lines.items()}
    return {name: (x[inside[name]], y[inside[name]]) for name, (x, y) in lines.items()}


def separated_text(x_title: str, lines: Lines, separator: str = ",") -> str:
    """Return lines as a table: a heading, then one row for each position, with an empty cell where a line has none.

    A line with several values at one position has as many rows for that position.
    """
    cells: dict[tuple[float, int], dict[str, float]] = {}
    for name, (x, y) in lines.items():
        seen: Counter[float] = Counter()
        for position, value in zip(x.tolist(), y.tolist(), strict=True):
            cells.setdefault((position, seen[position]), {})[name] = value
            seen[position] += 1
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow([x_title, *lines])
    for position, _ in sorted(cells):
        row = cells[position, _]
        writer.writerow([_cell(position), *(_cell(row.get(name, math.nan)) for name in lines)])
    return text.getvalue()


def summary(lines: Lines) -> str:
    """Describe the lines in a sentence, such as "training: last 174, mean 152, rising"."""
    parts = []
    for name, (_, y) in lines.items():
        finite = y[np.isfinite(y)]
        if len(finite):
            direction = trend(finite)
            told = f", {direction}" if direction else ""
            parts.append(f"{name}: last {si_label(finite[-1], 3)}, mean {si_label(float(finite.mean()), 3)}{told}")
    return "; ".join(parts)


def trend(values: Floats) -> str:
    """Return "rising", "falling" or "steady", or an empty text for fewer than 8 finite values (n,).

    Compares the means of the last two quarters. They must differ by more than twice the standard error of their
    difference.
    """
    if len(values) < _FEWEST_TO_JUDGE:
        return ""
    quarter = len(values) // 4
    before, last = values[-2 * quarter : -quarter], values[-quarter:]
    change = float(last.mean() - before.mean())
    noise = math.sqrt((before.var(ddof=1) + last.var(ddof=1)) / quarter)
    if abs(change) <= max(2 * noise, 1e-12 * float(np.abs(values).max())):
        return "steady"
    return "rising" if change > 0 else "falling"


def _cell(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
