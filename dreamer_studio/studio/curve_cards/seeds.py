"""Runs laid over that differ only by their seeds, drawn together as a median with a range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dreamer_studio.library.groups.family import group_by_family, shared_name
from dreamer_studio.studio.curve_cards.source import OtherRun


@dataclass(frozen=True)
class SeedGroup:
    """Two or more runs with the same settings but for their seeds: name for the legend, and the runs."""

    name: str
    runs: tuple[OtherRun, ...]


def seed_groups(others: Sequence[OtherRun]) -> tuple[SeedGroup, ...]:
    """Return the groups of runs with the same settings, in the order of their first runs."""
    groups = group_by_family(others, lambda other: "" if other.run is None else other.run.family)
    return tuple(SeedGroup(_name_of(runs), runs) for runs in groups if len(runs) > 1)


def _name_of(runs: Sequence[OtherRun]) -> str:
    return f"{shared_name([run.name for run in runs])}, median of {len(runs)}"
