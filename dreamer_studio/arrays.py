"""Names for the arrays that the parts of the program hand to each other."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Images: TypeAlias = NDArray[np.uint8]
"""Images (..., 64, 64, 3), red, green, blue from 0 to 255."""

Floats: TypeAlias = NDArray[np.float64]
