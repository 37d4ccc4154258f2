"""Numbers of a snapshot as arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]


def to_floats(numbers: Tensor) -> Floats:
    """Return a float64 copy of numbers on any device; not every device knows float64."""
    array: Floats = numbers.cpu().double().numpy()
    return array
