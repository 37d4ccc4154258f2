"""Runs laid over that differ only by their seeds, drawn together as a median with a range."""

from __future__ import annotations

import itertools
import string
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dreamer_studio.studio.curve_cards.source import OtherRun

_ENDS: Final = "-_ .("


@dataclass(frozen=True)
class SeedGroup:
    """Two or more runs with the same settings but for their seeds: name for the legend, and the runs."""

    name: str
    runs: tuple[OtherRun, ...]


def seed_groups(others: Sequence[OtherRun]) -> tuple[SeedGroup, ...]:
    """Return the groups of runs with the same settings, in the order of their first runs."""
    families: dict[str, list[OtherRun]] = defaultdict(list)
    for other in others:
        if other.run is not None and other.run.family:
            families[other.run.family].append(other)
    return tuple(SeedGroup(_name_of(runs), tuple(runs)) for runs in families.values() if len(runs) > 1)


def _name_of(runs: Sequence[OtherRun]) -> str:
    """Return what the names of the runs begin with, and how many runs there are."""
    columns = itertools.takewhile(
        lambda letters: len(set(letters)) == 1, zip(*(run.name for run in runs), strict=False)
    )
    shared = "".join(letters[0] for letters in columns).rstrip(_ENDS + string.digits).removesuffix("seed")
    return f"{shared.rstrip(_ENDS) or runs[0].name}, median of {len(runs)}"
