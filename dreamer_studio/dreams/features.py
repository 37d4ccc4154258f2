"""Numbers of a snapshot as arrays."""

from __future__ import annotations

from torch import Tensor

from dreamer_studio.arrays import Floats


def to_floats(numbers: Tensor) -> Floats:
    """Return a float64 copy of numbers on any device; not every device knows float64."""
    array: Floats = numbers.cpu().double().numpy()
    return array
