"""Films for tests: noise in which every pixel differs, or frames like those of the control suite."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.export import Film
from dreamer_studio.export.film import Kind


def make_film(kind: Kind = "open-loop", count: int = 2, length: int = 12, context: int = 5, seed: int = 0) -> Film:
    """Return a film of noise."""
    random = np.random.default_rng(seed)

    def images() -> NDArray[np.uint8]:
        return random.integers(0, 256, (count, length, 64, 64, 3), dtype=np.uint8)

    def series() -> NDArray[np.float32]:
        return random.normal(size=(count, length)).astype(np.float32)

    imagined = kind == "imagined"
    return Film(
        kind=kind,
        model=images(),
        real=None if imagined else images(),
        action=np.zeros((count, length, 6), np.float32),
        reward=None if imagined else series(),
        reward_predicted=series(),
        value=series(),
        context={"imagined": 0, "open-loop": context, "reconstruction": length}[kind],
        step=120_000,
        update=12_345,
        task="dmc:walker-walk",
    )


def make_smooth_film(length: int = 6) -> Film:
    """Return perfect reconstructions of slopes like the control suite's skies: more colors than a GIF can have."""
    row, column = (grid[..., None] / 63 for grid in np.mgrid[0:64, 0:64])
    corners_and_ends = [
        ((28, 44, 66), (40, 52, 70)),  # the suite's blue
        ((60, 44, 30), (60, 60, 40)),
        ((20, 50, 30), (50, 90, 60)),
        ((60, 30, 60), (90, 50, 70)),
    ]
    slopes = [
        (corner + row * np.array(end) + column * np.array([8, 6, 10])) * (1 + 0.03 * time)
        for corner, end in corners_and_ends
        for time in range(length)
    ]
    images = np.stack(slopes).round().astype(np.uint8).reshape(4, length, 64, 64, 3)
    return replace(make_film("reconstruction", count=4, length=length), real=images, model=images)
