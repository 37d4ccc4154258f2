"""Lines of a plot: their look, the values under the mouse, and axis limits that do not jitter."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from dreamer_studio.arrays import Floats
from dreamer_studio.viewing.role import Role

_SI: Final = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True)
class SeriesStyle:
    """A line's name, the meaning of its color, its look, its axis, and a short name at its end if it has one."""

    name: str
    role: Role
    dashed: bool = False
    dotted: bool = False
    smoothed: bool = True  # if the plot smooths at all; published curves stay as published
    run: int | None = None  # place of another run, which has its own color and dashes; None for the open run
    end: str = ""
    group: str = ""  # name of the median and range that stand for this line and others
    right: bool = False  # whether the line has the axis on the right, in a plot that has one

    @property
    def label(self) -> str:
        """Return the name for a legend."""
        return f"{self.name} (right)" if self.right else self.name


def as_series(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Return two arrays of equal length as float64, copied only if they have another type.

    Raises:
        ValueError: If they are not one-dimensional or differ in length.
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if xs.ndim != 1 or xs.shape != ys.shape:
        raise ValueError(f"x and y must be 1-dimensional and equally long, not {xs.shape} and {ys.shape}")
    return xs, ys


def value_near(x: Floats, y: Floats, at: float, tolerance: float) -> float | None:
    """Return the y of the sample nearest to `at`, or None if that is too far or not finite.

    Args:
        x: Ascending positions, (n,).
        y: Values, (n,).
        at: A position.
        tolerance: The greatest distance, in the unit of x.
    """
    if len(x) == 0:
        return None
    right = min(int(np.searchsorted(x, at)), len(x) - 1)
    left = max(right - 1, 0)
    nearest = left if abs(x[left] - at) <= abs(x[right] - at) else right
    if abs(x[nearest] - at) > tolerance or not math.isfinite(y[nearest]):
        return None
    return float(y[nearest])


def nice_step(span: float, parts: int) -> float:
    """Return the step of 1, 2 or 5 times a power of ten that divides a positive span into about `parts` parts."""
    raw = span / parts
    power: float = 10.0 ** math.floor(math.log10(raw))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= raw), 10 * power)


def nice_range(low: float, high: float, parts: int = 4) -> tuple[float, float]:
    """Widen a range to round limits, so that an axis moves in rare steps and not with every sample.

    Args:
        low: The least value, finite.
        high: The greatest value, finite, at least `low`.
        parts: About how many round steps the result has.

    Returns:
        Limits with `limits[0] <= low` and `high <= limits[1]`, except for rounding, and room between them.
    """
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-9):
        margin = 0.5 * max(abs(low), abs(high)) or 0.5
        low, high = low - margin, high + margin
    step = nice_step(high - low, parts)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def log_range(low: float, high: float) -> tuple[float, float]:
    """Widen a range of positive values to round limits of a logarithmic axis: 1, 2 or 5 times a power of ten."""
    if high / low < 1 + 1e-9:
        low, high = low / 2, high * 2
    return _round_down(low), 1 / _round_down(1 / high)


def log_ticks(low: float, high: float) -> list[float]:
    """Return round values between two positive limits, few enough to label them all."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = math.log10(high / low)
    if decades < 0.7:
        step = nice_step(high - low, 4)
        ticks = [step * count for count in range(math.ceil(low / step), math.floor(high / step) + 1)]
    else:
        factors = (1, 2, 5) if decades < 2 else (1,)
        apart = max(1, round((last - first) / 5))
        ticks = [factor * 10.0**power for power in range(first, last + 1, apart) for factor in factors]
    return [tick for tick in ticks if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]


def _round_down(value: float) -> float:
    """Return the greatest 1, 2 or 5 times a power of ten that is at most a positive value, except for rounding."""
    power: float = 10.0 ** math.floor(math.log10(value) + 1e-12)
    return next(factor * power for factor in (5, 2, 1) if factor * power <= value * (1 + 1e-9))


def finite_range(*arrays: Floats) -> tuple[float, float] | None:
    """Return the least and the greatest finite value of all arrays, or None if there is none."""
    lows, highs = [], []
    for array in arrays:
        finite = array[np.isfinite(array)]
        if len(finite):
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    return (min(lows), max(highs)) if lows else None


def si_label(value: float, digits: int = 4) -> str:
    """Return a number in short form: 50000 as "50k", 1500000 as "1.5M", 0.25 as "0.25".

    Args:
        value: Any number.
        digits: Number of significant digits.
    """
    for size, letter in _SI:
        if abs(value) >= size:
            return f"{value / size:.{digits}g}{letter}"
    return f"{value:.{digits}g}"
