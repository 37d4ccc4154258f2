"""The arrays that parts of the program exchange: their types, and the size of every image."""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

FRAME_SIZE: Final = 64
"""Height and width in pixels of every image that the agent sees. The convolutions require this size."""

FRAME_SHAPE: Final = (FRAME_SIZE, FRAME_SIZE, 3)

Images: TypeAlias = NDArray[np.uint8]
"""Images (..., 64, 64, 3), red, green, blue from 0 to 255."""

Floats: TypeAlias = NDArray[np.float64]
