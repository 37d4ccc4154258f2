"""A training curve that grows: its points, and their running average."""

import math

import numpy as np

from dreamer_studio.studio.widgets.series import Floats

_FIRST_ROOM = 1024


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
    """Points in the order of x with their running average; one more costs the same at any length."""

    def __init__(self, span: int) -> None:
        self._span = span
        self.clear()

    def __len__(self) -> int:
        return self._length

    @property
    def x(self) -> Floats:
        """Positions, (n,); a view that is right until the next change."""
        return self._columns[0, : self._length]

    @property
    def y(self) -> Floats:
        """Values, (n,); a view that is right until the next change."""
        return self._columns[1, : self._length]

    @property
    def smoothed(self) -> Floats:
        """Running averages, (n,); a view that is right until the next change."""
        return self._columns[2, : self._length]

    def clear(self) -> None:
        """Forget all points."""
        self._length = 0
        self._columns = np.empty((3, _FIRST_ROOM))
        self._average = RunningAverage(self._span)

    def extend(self, x: Floats, y: Floats) -> None:
        """Add points, (n,) each; x goes on from where it was."""
        end = self._length + len(x)
        if end > self._columns.shape[1]:
            grown = np.empty((3, max(end, 2 * self._columns.shape[1])))
            grown[:, : self._length] = self._columns[:, : self._length]
            self._columns = grown
        self._columns[:, self._length : end] = x, y, self._average.extend(y)
        self._length = end
