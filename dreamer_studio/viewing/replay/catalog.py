"""The list of episodes to browse: every stored episode and the running one, as columns of numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.envs import ENDS, known_end

RUNNING = -1
"""Stands for the running episode in lists, where its number is not yet meaningful."""

Column = Literal["episode", "source", "length", "end", "return", "steps"]
COLUMNS: tuple[Column, ...] = ("episode", "source", "length", "end", "return", "steps")
Source = Literal["prefill", "training", "running"]

UNKNOWN_END = -1

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Running:
    """The running episode, as far as the feed has it.

    Attributes:
        episode: the number of the episode.
        first: the first row that the feed still has.
        rows: rows so far, including the reset.
        steps: environment steps so far; None if the beginning is gone.
        total_reward: sum of rewards so far; None if the beginning is gone.
        attempt: counts episodes and their restarts; a restarted episode has other frames.
    """

    episode: int
    first: int
    rows: int
    steps: int | None
    total_reward: float | None
    attempt: int = 0


@dataclass(frozen=True, eq=False)
class Catalog:
    """n stored episodes, in the order in which they were stored, and the running one.

    Attributes:
        numbers: (n,), the numbers that name their files.
        length: (n,), agent steps.
        steps: (n,), environment steps.
        prefill: (n,), whether the actions were random.
        returns: (n,), NaN where the file is not read yet, or is unreadable.
        ends: (n,), how each ended, as an index in `ENDS`; `UNKNOWN_END` if the log does not say.
        unreadable: indices of the episodes whose files are unreadable.
        running: the running episode, or None.
        newest: (64, 64, 3), the newest frame of the running episode.
    """

    numbers: Integers
    length: Integers
    steps: Integers
    prefill: NDArray[np.bool_]
    returns: Floats
    ends: Integers
    unreadable: frozenset[int]
    running: Running | None
    newest: NDArray[np.uint8] | None

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def unknown(self) -> int:
        """Return the number of episodes whose return is not known yet."""
        return int(np.isnan(self.returns).sum()) - len(self.unreadable)

    def end(self, place: int) -> str:
        """Return how a stored episode ended; empty if unknown."""
        return "" if self.ends[place] == UNKNOWN_END else ENDS[self.ends[place]]

    def source(self, place: int) -> Source:
        """Return the source of an episode's actions."""
        if place == RUNNING:
            return "running"
        return "prefill" if self.prefill[place] else "training"


class FilterError(ValueError):
    """The typed text is not a filter; the message gives examples."""


@dataclass(frozen=True)
class Condition:
    """One word of a filter.

    Attributes:
        column: the compared column: "source" with `source`, all others with `least` and `most`; "end" as in `Catalog`.
        least, most: the range of numbers that pass, inclusive.
        source: the word that passes.
    """

    column: Column
    least: float = -np.inf
    most: float = np.inf
    source: Source | None = None


_COMPARISON = re.compile(r"(?P<name>[a-z]+)(?P<sign><=|>=|<|>|=)(?P<number>-?\d+(?:\.\d+)?)")
_RANGE = re.compile(r"(?P<least>\d+)(?:-(?P<most>\d+))?")
_SOURCES: dict[str, Source] = {"prefill": "prefill", "training": "training", "running": "running"}
_LIMITS: dict[str, Callable[[float], tuple[float, float]]] = {
    "<": lambda number: (-np.inf, np.nextafter(number, -np.inf)),
    "<=": lambda number: (-np.inf, number),
    ">": lambda number: (np.nextafter(number, np.inf), np.inf),
    ">=": lambda number: (number, np.inf),
    "=": lambda number: (number, number),
}


def parse_filter(text: str) -> tuple[Condition, ...]:
    """Return the conditions of a filter. An episode must meet all of them; without conditions every episode passes.

    Words are separated by spaces: ``10-20`` or ``7`` (episode numbers), ``return>100``, ``length<=50``, ``steps>1000``,
    ``episode=3``, ``prefill``, ``training``, ``running``, ``terminated``, ``truncated``, ``cut``.

    Raises:
        FilterError: a word is none of these.
    """
    return tuple(_condition(word) for word in text.casefold().split())


def _condition(word: str) -> Condition:
    if word in _SOURCES:
        return Condition("source", source=_SOURCES[word])
    if (end := known_end(word)) is not None:
        return Condition("end", ENDS.index(end), ENDS.index(end))
    if match := _RANGE.fullmatch(word):
        least = float(match["least"])
        return Condition("episode", least, float(match["most"]) if match["most"] else least)
    match = _COMPARISON.fullmatch(word)
    for column in COLUMNS:
        if match and match["name"] == column and column not in ("source", "end"):
            return Condition(column, *_LIMITS[match["sign"]](float(match["number"])))
    raise FilterError(
        f"{word!r} is not a condition. Try return>100, length<50, steps>=1000, 10-20, prefill, training or terminated"
    )


def arrange(catalog: Catalog, conditions: tuple[Condition, ...], column: Column, *, descending: bool) -> Integers:
    """Return the sorted indices of the episodes that pass: unknown returns last, the running episode first.

    A condition on the return excludes episodes whose return is not known yet.
    """
    passes = np.ones(len(catalog), np.bool_)
    for condition in conditions:
        passes &= _meets(catalog, condition)
    places = np.flatnonzero(passes)
    values = _values(catalog, column)[places]
    order = np.argsort(-values if descending else values, kind="stable")  # NaN sorts last in both orders
    running = catalog.running is not None and all(_running_meets(catalog.running, each) for each in conditions)
    return np.concatenate([np.full(int(running), RUNNING, np.int64), places[order]])


def _meets(catalog: Catalog, condition: Condition) -> NDArray[np.bool_]:
    if condition.source == "running":
        return np.zeros(len(catalog), np.bool_)
    if condition.source is not None:
        return catalog.prefill if condition.source == "prefill" else ~catalog.prefill
    values = _values(catalog, condition.column)
    passes: NDArray[np.bool_] = (values >= condition.least) & (values <= condition.most)
    return passes


def _running_meets(running: Running, condition: Condition) -> bool:
    if condition.source is not None:
        return condition.source == "running"
    values = {
        "episode": running.episode,
        "length": running.rows - 1,
        "steps": running.steps,
        "return": running.total_reward,
        "end": None,
    }
    value = values[condition.column]
    return value is not None and condition.least <= value <= condition.most


def _values(catalog: Catalog, column: Column) -> Floats:
    values = {
        "episode": catalog.numbers,
        "source": ~catalog.prefill,
        "length": catalog.length,
        "steps": catalog.steps,
        "return": catalog.returns,
        "end": catalog.ends,
    }
    return values[column].astype(np.float64)
