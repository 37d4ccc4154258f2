"""A training curve that grows: its points, and their running average."""

import math

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats

MOST = 8000
NEWEST = 2000  # newest points, which are never thinned
SLICES = 1000  # slices of the range before them; each keeps two points, about one per pixel of a large plot


class RunningAverage:
    """An exponential average over about `span` values, without the pull to zero at the start.

    The decay is 1 - 2 / (span + 1), and each average is divided by the weight collected so far. Values that are not
    finite are skipped, so that one lost loss does not spoil the rest of the curve.
    """

    def __init__(self, span: int) -> None:
        if span < 1:
            raise ValueError(f"span must be at least 1, not {span}")
        self._decay = 1.0 - 2.0 / (span + 1)
        self._sum = self._weight = 0.0

    def extend(self, values: Floats) -> Floats:
        """Return the average after each of the next values, (n,) to (n,); NaN before the first finite value."""
        averages = np.empty(len(values))
        for index, value in enumerate(values.tolist()):
            if math.isfinite(value):
                self._sum = self._decay * self._sum + (1.0 - self._decay) * value
                self._weight = self._decay * self._weight + (1.0 - self._decay)
            averages[index] = self._sum / self._weight if self._weight else math.nan
        return averages


class History:
    """Points in the order of x, with their running average, limited to what a plot can show.

    Beyond `MOST` points, the older ones are thinned over their whole range; their least and greatest values stay. So
    memory and the time to add a point stay bounded.

    Attributes:
        x: Positions, (n,).
        y: Values, (n,).
        smoothed: Running averages over all added values, (n,).
        tag: A further number for each point, (n,).
        thinned: Whether points were left out.
    """

    x: Floats
    y: Floats
    smoothed: Floats
    tag: Floats
    thinned: bool

    def __init__(self, span: int) -> None:
        self._span = span
        self.clear()

    def __len__(self) -> int:
        return len(self.x)

    def clear(self, span: int | None = None) -> None:
        """Remove all points, and average over another number of values from now on."""
        self._span = self._span if span is None else span
        self.x, self.y, self.smoothed, self.tag = np.empty((4, 0))
        self._average = RunningAverage(self._span)
        self.thinned = False

    def smooth(self, span: int) -> None:
        """Average over another number of values.

        Raises:
            ValueError: If points were left out, whose values the average needs.
        """
        if self.thinned:
            raise ValueError("a thinned history cannot be smoothed again")
        self._span, self._average = span, RunningAverage(span)
        self.smoothed = self._average.extend(self.y)

    def extend(self, x: Floats, y: Floats, tag: Floats | None = None) -> None:
        """Add points, (n,) each; x continues from its end. Without tags, the tags are NaN."""
        tag = np.full(len(x), np.nan) if tag is None else tag
        before, new = (self.x, self.y, self.smoothed, self.tag), (x, y, self._average.extend(y), tag)
        points = np.concatenate((before, new), axis=1)
        if points.shape[1] > MOST:
            self.thinned = True
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
