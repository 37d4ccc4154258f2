"""Names of the array types that parts of the program exchange."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Images: TypeAlias = NDArray[np.uint8]
"""Images (..., 64, 64, 3), red, green, blue from 0 to 255."""

Floats: TypeAlias = NDArray[np.float64]
