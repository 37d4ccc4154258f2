"""How far two pictures are apart. No torch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]


def square_error(one: Pictures, other: Pictures) -> Any:
    """Mean squared difference of pictures (..., 64, 64, 3), whose colors count from 0 to 1: (...)."""
    return np.square((one.astype(np.float32) - other) / 255).mean((-3, -2, -1))
