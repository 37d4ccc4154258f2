"""A training curve that grows: its points, and their running average."""

import math

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats

MOST = 8000
NEWEST = 2000  # points that are never thinned
SLICES = 1000  # of the range before them; two points of each stay, about one for each pixel of a large plot


class RunningAverage:
    """An exponential average over about `span` values, without the pull to zero at the start.

    The decay is 1 - 2 / (span + 1), and each average is divided by the weight collected so far. A value that
    is not finite is passed over: one lost loss does not spoil the rest of the curve.
    """

    def __init__(self, span: int) -> None:
        if span < 1:
            raise ValueError(f"span must be at least 1, not {span}")
        self._decay = 1.0 - 2.0 / (span + 1)
        self._sum = self._weight = 0.0

    def extend(self, values: Floats) -> Floats:
        """Return the averages after each of the next values, (n,) to (n,); NaN before a finite one."""
        averages = np.empty(len(values))
        for index, value in enumerate(values.tolist()):
            if math.isfinite(value):
                self._sum = self._decay * self._sum + (1.0 - self._decay) * value
                self._weight = self._decay * self._weight + (1.0 - self._decay)
            averages[index] = self._sum / self._weight if self._weight else math.nan
        return averages


class History:
    """Points in the order of x with their running average, as many as can be seen.

    Beyond `MOST` the older ones are thinned over the whole range, their least and greatest values kept: memory and the
    cost of one more are bounded however long the curve grows.

    Attributes:
        x: Positions, (n,).
        y: Values, (n,).
        smoothed: Running averages of all values that came, (n,).
        tag: An extra number for each point, (n,).
    """

    x: Floats
    y: Floats
    smoothed: Floats
    tag: Floats

    def __init__(self, span: int) -> None:
        self._span = span
        self.clear()

    def __len__(self) -> int:
        return len(self.x)

    def clear(self) -> None:
        """Remove all points."""
        self.x, self.y, self.smoothed, self.tag = np.empty((4, 0))
        self._average = RunningAverage(self._span)

    def extend(self, x: Floats, y: Floats, tag: Floats | None = None) -> None:
        """Add points, (n,) each; x goes on from where it was. Without tags they are NaN."""
        tag = np.full(len(x), np.nan) if tag is None else tag
        before, new = (self.x, self.y, self.smoothed, self.tag), (x, y, self._average.extend(y), tag)
        points = np.concatenate((before, new), axis=1)
        if points.shape[1] > MOST:
            older, newest = points[:, :-NEWEST], points[:, -NEWEST:]
            points = np.concatenate((older[:, _extremes(older[0], older[1])], newest), axis=1)
        self.x, self.y, self.smoothed, self.tag = points


def _extremes(x: Floats, y: Floats) -> NDArray[np.intp]:
    """Return the indices of the least and greatest finite y in each of `SLICES` equal slices of x, (n,), ascending."""
    finite = np.flatnonzero(np.isfinite(y))
    if len(finite) == 0:
        return finite
    x, y = x[finite], y[finite]
    slices = ((x - x[0]) * (SLICES / max(x[-1] - x[0], 1e-9))).astype(np.intp)
    order = np.lexsort((y, slices))
    last = np.flatnonzero(np.diff(slices[order], append=slices[-1] + 1))
    first = np.concatenate(([0], last[:-1] + 1))
    return np.unique(finite[order[np.concatenate((first, last))]])
