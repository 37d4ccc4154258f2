"""Action spaces of gymnasium, made into what an agent writes. In environment processes only.

An agent writes a vector in [-1, 1] or a one-hot vector; nothing else is needed to act in any space of numbers:

- floats (Box) are dimensions of a vector;
- choices (Discrete, MultiDiscrete, MultiBinary, whole-number Box, and Tuple or Dict of them) with up to
  `MOST_COMBINATIONS` combinations are one-hot, one entry per combination;
- more combinations than that, and choices beside floats, are factored into a vector: a choice of n has n entries,
  and the largest wins; a switch has one entry, on above 0; a whole number has one entry, rounded to one of its values.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dreamer_studio.envs.actions import Actions, BoxActions, DiscreteActions, checked_action

MOST_COMBINATIONS: Final = 64
MOST_ENTRIES: Final = 1000
"""Entries of an action vector."""

_HUGE: Final = 1e30
"""A larger bound only says that numbers are finite."""

_MOST_VALUES: Final = 2**31
"""Values of a whole number: a vector's float32 cannot tell more apart."""

Vector = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Factor:
    """Some entries of the vector and the part of the action that they decide.

    Attributes:
        names: One for each entry.
        settle: Returns the executed entries, in [-1, 1], for the requested ones.
        native: Returns the environment's value for executed entries.
    """

    names: tuple[str, ...]
    settle: Callable[[Vector], Vector]
    native: Callable[[Vector], Any]


@dataclass(frozen=True, eq=False)
class VectorActions:
    """Floats, choices and whole numbers side by side in one vector in [-1, 1]."""

    factor: _Factor
    kind: Literal["continuous"] = field(default="continuous", init=False)

    @property
    def names(self) -> tuple[str, ...]:
        """One name per entry."""
        return self.factor.names

    def executed(self, action: Vector) -> Vector:
        """Settle each choice: its winning entry is 1 and the others are -1."""
        return self.factor.settle(np.clip(checked_action(action, len(self.names)), -1.0, 1.0))

    def native(self, executed: Vector) -> Any:
        """Return the environment's own value of an executed action."""
        return self.factor.native(executed)


class UnsupportedSpaceError(Exception):
    """A space that no action vector can stand for; the message says which part of it."""


def actions_of(space: spaces.Space[Any], names: Callable[[int], tuple[str, ...]]) -> tuple[Actions, str]:
    """Make a space's actions.

    Args:
        space: The action space.
        names: Returns so many names, known or generated.

    Returns:
        The actions, and how the agent writes them, in words.

    Raises:
        UnsupportedSpaceError: If no action vector fits; the message says why.
    """
    count = combinations(space)
    if isinstance(space, spaces.Discrete):
        _check_size(space, int(space.n))
        return DiscreteActions(names(int(space.n)), list(_values(space))), f"one of {space.n}, one-hot"
    if count is not None and count <= MOST_COMBINATIONS:
        values = list(_values(space))
        return DiscreteActions(tuple(map(_in_words, values)), values), f"one of {count} combinations, one-hot"
    factor = _factor(space, "")
    _check_size(space, len(factor.names))
    if isinstance(space, spaces.Box) and count is None:
        return VectorActions(_renamed(factor, names(len(factor.names)))), f"{len(factor.names)} in [-1, 1]"
    return VectorActions(factor), f"factored into {len(factor.names)} in [-1, 1]"


def combinations(space: spaces.Space[Any]) -> int | None:
    """Count the values of a space; None if it has floats or no bounds."""
    match space:
        case spaces.Discrete():
            return int(space.n)
        case spaces.MultiDiscrete():
            return math.prod(int(n) for n in space.nvec.flat)
        case spaces.MultiBinary():
            return int(2 ** math.prod(space.shape))
        case spaces.Box() if space.dtype is not None and space.dtype.kind in "iub" and space.is_bounded():
            return math.prod(int(n) for n in (space.high.astype(object) - space.low.astype(object) + 1).flat)
        case spaces.Tuple() | spaces.Dict():
            counts = [combinations(part) for _, part in _parts(space)]
            return None if None in counts else math.prod(count for count in counts if count is not None)
    return None


def _values(space: spaces.Space[Any]) -> Iterator[Any]:
    """Iterate over all values of a space that `combinations` can count."""
    match space:
        case spaces.Discrete():
            yield from (space.dtype.type(space.start + index) for index in range(int(space.n)))
        case spaces.MultiDiscrete() | spaces.MultiBinary() | spaces.Box():
            for numbers in itertools.product(*(range(low, high + 1) for low, high in _ranges(space))):
                yield np.array(numbers, space.dtype).reshape(space.shape)
        case spaces.Tuple():
            yield from itertools.product(*(list(_values(part)) for part in space.spaces))
        case spaces.Dict():
            for chosen in itertools.product(*(list(_values(part)) for part in space.spaces.values())):
                yield dict(zip(space.spaces, chosen, strict=True))


def _ranges(space: spaces.Space[Any]) -> list[tuple[int, int]]:
    """Return the least and the largest of each whole number of an array space."""
    match space:
        case spaces.MultiDiscrete():
            return [(int(low), int(low) + int(n) - 1) for low, n in zip(space.start.flat, space.nvec.flat, strict=True)]
        case spaces.MultiBinary():
            return [(0, 1)] * math.prod(space.shape)
        case spaces.Box():
            return [(int(low), int(high)) for low, high in zip(space.low.flat, space.high.flat, strict=True)]
    raise AssertionError(space)


def _parts(space: spaces.Tuple[Any] | spaces.Dict) -> list[tuple[str, spaces.Space[Any]]]:
    if isinstance(space, spaces.Dict):
        return [(str(key), part) for key, part in space.spaces.items()]
    return [(str(index), part) for index, part in enumerate(space.spaces)]


def _factor(space: spaces.Space[Any], name: str) -> _Factor:
    match space:
        case spaces.Discrete():
            return _choice(int(space.n), name, lambda index: space.dtype.type(space.start + index))
        case spaces.MultiDiscrete():
            choices = [
                _choice(high - low + 1, _joined(name, index), low.__add__)
                for index, (low, high) in enumerate(_ranges(space))
            ]
            return _side_by_side(choices, lambda chosen: np.array(chosen, space.dtype).reshape(space.shape))
        case spaces.MultiBinary():
            shape, dtype = space.shape, space.dtype
            names = _numbered(name, math.prod(shape))
            return _Factor(names, _switched, lambda entries: (entries > 0).astype(dtype).reshape(shape))
        case spaces.Box() if space.dtype is not None and space.dtype.kind == "f":
            return _floats(space, name)
        case spaces.Box() if combinations(space) is not None:
            return _whole_numbers(space, name)
        case spaces.Tuple():
            return _side_by_side([_factor(part, _joined(name, key)) for key, part in _parts(space)], tuple)
        case spaces.Dict():
            keys = list(space.spaces)
            factors = [_factor(part, _joined(name, key)) for key, part in _parts(space)]
            return _side_by_side(factors, lambda chosen: dict(zip(keys, chosen, strict=True)))
    raise UnsupportedSpaceError(f"{space} is no choice and no bounded array of numbers")


def _choice(size: int, name: str, value: Callable[[int], Any]) -> _Factor:
    def settle(entries: Vector) -> Vector:
        settled = np.full(size, -1.0, np.float32)
        settled[np.argmax(entries)] = 1.0
        return settled

    return _Factor(_numbered(name, size, "="), settle, lambda entries: value(int(np.argmax(entries))))


def _switched(entries: Vector) -> Vector:
    return np.where(entries > 0, 1.0, -1.0).astype(np.float32)


def _floats(space: spaces.Box, name: str) -> _Factor:
    names = _numbered(name, math.prod(space.shape))
    low, high = space.low.astype(np.float64).ravel(), space.high.astype(np.float64).ravel()
    box = BoxActions(np.where(low > -_HUGE, low, -np.inf), np.where(high < _HUGE, high, np.inf), names)
    dtype, shape = space.dtype, space.shape
    return _Factor(names, lambda entries: entries, lambda entries: box.native(entries).astype(dtype).reshape(shape))


def _whole_numbers(space: spaces.Box, name: str) -> _Factor:
    """Cut [-1, 1] into one equal part per value of a number, and execute the middle of a part."""
    low, high = (np.array(bound, np.float64) for bound in zip(*_ranges(space), strict=True))
    count = high - low + 1
    if count.max() > _MOST_VALUES:
        raise UnsupportedSpaceError(f"{space} has whole numbers without useful bounds")

    def index(entries: Vector) -> NDArray[np.float64]:
        return np.clip(np.floor((entries + 1.0) / 2.0 * count), 0.0, count - 1.0)

    def settle(entries: Vector) -> Vector:
        return ((index(entries) + 0.5) / count * 2.0 - 1.0).astype(np.float32)

    dtype, shape = space.dtype, space.shape
    return _Factor(
        _numbered(name, len(count)), settle, lambda entries: (low + index(entries)).astype(dtype).reshape(shape)
    )


def _side_by_side(factors: Sequence[_Factor], together: Callable[[list[Any]], Any]) -> _Factor:
    ends = list(itertools.accumulate(len(factor.names) for factor in factors))[:-1]

    def settle(entries: Vector) -> Vector:
        parts = zip(factors, np.split(entries, ends), strict=True)
        return np.concatenate([factor.settle(part) for factor, part in parts])

    def native(entries: Vector) -> Any:
        return together([factor.native(part) for factor, part in zip(factors, np.split(entries, ends), strict=True)])

    return _Factor(tuple(itertools.chain(*(factor.names for factor in factors))), settle, native)


def _renamed(factor: _Factor, names: tuple[str, ...]) -> _Factor:
    return _Factor(names, factor.settle, factor.native)


def _check_size(space: spaces.Space[Any], size: int) -> None:
    if not 1 <= size <= MOST_ENTRIES:
        raise UnsupportedSpaceError(f"{space} takes {size:,} entries, and an action vector has 1 to {MOST_ENTRIES:,}")


def _joined(name: str, part: object) -> str:
    return f"{name}.{part}" if name else str(part)


def _numbered(name: str, count: int, sign: str = " ") -> tuple[str, ...]:
    start = name or "action"
    return (start,) if count == 1 else tuple(f"{start}{sign}{index}" for index in range(count))


def _in_words(value: Any) -> str:
    """Write a combination briefly: ``3, 1``, ``move 3, fire 1``."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_in_words(part)}" for key, part in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(_in_words, value))
    return ", ".join(str(number) for number in np.ravel(value)) or "the only one"
