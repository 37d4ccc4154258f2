"""Where gymnasium's environments have the image that an agent learns from. In environment processes only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from gymnasium import spaces

from dreamer_studio.envs.errors import EnvUnavailableError
from dreamer_studio.envs.frames import Bounds, is_image_shape

LEAST_SIDE: Final = 16
"""Pixels. Smaller arrays inside a Dict are seldom images for the eye: MiniGrid's ``image`` has 7 x 7 codes."""

_USUAL_NAMES: Final = ("image", "rgb", "pixels", "camera", "screen")

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class View:
    """What the agent sees of an environment.

    Attributes:
        path: The keys that lead to an image inside the observation; empty where the observation is the image, None
            where the image is what `render` gives.
        bounds: Range of the image's values where they are floats and the space says so.
    """

    path: Path | None
    bounds: Bounds | None = None

    def image(self, observation: Any) -> Any:
        """Takes the image out of an observation; for views that are no render."""
        for key in self.path or ():
            observation = observation[key]
        return observation

    def __str__(self) -> str:
        if self.path is None:
            return "render"
        return f"observation {_written(self.path)}" if self.path else "observation"


RENDER: Final = View(None)


def choose_view(task: str, space: spaces.Space[Any], observe: str) -> View:
    """Decides what an agent sees.

    Args:
        task: What errors call it.
        space: The observation space.
        observe: ``auto`` (an image observation, or else what is rendered), ``observation``, ``render``, or the key of
            an entry of the observation, inner keys after a slash: ``robot/camera``.

    Raises:
        EnvUnavailableError: If the space has no such image; the message names what it has.
    """
    if observe == "render":
        return RENDER
    entries = dict(_entries(space))
    if observe not in {"auto", "observation"}:
        for path, box in entries.items():
            if _written(path) == observe and is_image_shape(box.shape):
                return View(path, _bounds(box))
        images = [_written(path) for path, box in entries.items() if path and is_image_shape(box.shape)]
        raise EnvUnavailableError(
            f'{task}: observe={observe}: the observation has no image "{observe}"; '
            + (f"it has {', '.join(images)}" if images else f"it is {space}")
        )
    best = _best(entries)
    if best is not None:
        return View(best, _bounds(entries[best]))
    if observe == "observation":
        raise EnvUnavailableError(f"{task}: observe=observation: the observation is no image: {space}")
    return RENDER


def _entries(space: spaces.Space[Any], path: Path = ()) -> Iterator[tuple[Path, spaces.Box]]:
    """Goes through the arrays of a space, whatever they are nested in."""
    parts: Mapping[Any, spaces.Space[Any]] = {}
    match space:
        case spaces.Box():
            yield path, space
        case spaces.Dict():
            parts = space.spaces
        case spaces.Tuple():
            parts = dict(enumerate(space.spaces))
    for key, part in parts.items():
        yield from _entries(part, (*path, key))


def _best(entries: Mapping[Path, spaces.Box]) -> Path | None:
    """Chooses the observation itself, an image of a usual name, or the only image that there is."""
    if () in entries:
        return () if _is_image(entries[()]) else None
    images = [path for path, box in entries.items() if _is_image(box) and _least_side(box) >= LEAST_SIDE]
    for name in _USUAL_NAMES:
        for path in images:
            if path[-1] == name:
                return path
    images = [path for path in images if len(entries[path].shape) > 2]  # a table of codes has two, as in NetHack
    return images[0] if len(images) == 1 else None


def _is_image(box: spaces.Box) -> bool:
    """Judges by shape and values; small or oddly bounded arrays are taken for features unless they are of bytes."""
    if not is_image_shape(box.shape):
        return False
    bytes_ = box.dtype == np.uint8
    return bytes_ or (_bounds(box) in {(0.0, 1.0), (0.0, 255.0)} and _least_side(box) >= LEAST_SIDE)


def _least_side(box: spaces.Box) -> int:
    """Gives the second largest extent: width or height, whatever stands for channels and frames."""
    return sorted(box.shape)[-2]


def _bounds(box: spaces.Box) -> Bounds | None:
    low, high = float(box.low.min()), float(box.high.max())
    return (low, high) if np.isfinite([low, high]).all() and low < high else None


def _written(path: Path) -> str:
    return "/".join(map(str, path))
