"""Finds the image that an agent learns from in gymnasium's environments. In environment processes only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from gymnasium import spaces

from dreamer_studio.envs.errors import EnvUnavailableError
from dreamer_studio.envs.frames import Bounds, is_image_shape

LEAST_SIDE: Final = 16
"""Pixels. Smaller arrays are seldom images for the eye: MiniGrid's ``image`` has 7 x 7 codes."""

_USUAL_NAMES: Final = ("image", "rgb", "pixels", "camera", "screen")

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class View:
    """What the agent sees of an environment.

    Attributes:
        path: The keys that lead to an image inside the observation; empty if the observation is the image, None
            if the image comes from `render`.
        bounds: Range of the image's values, if the space gives one.
    """

    path: Path | None
    bounds: Bounds | None = None

    def image(self, observation: Any) -> Any:
        """Take the image out of an observation; not for `RENDER`."""
        for key in self.path or ():
            observation = observation[key]
        return observation

    def __str__(self) -> str:
        if self.path is None:
            return "render"
        return f"observation {_written(self.path)}" if self.path else "observation"


RENDER: Final = View(None)


def views(task: str, space: spaces.Space[Any], observe: str) -> tuple[View, ...]:
    """List the images that an agent may see, best first.

    Args:
        task: What errors call it.
        space: The observation space.
        observe: ``auto`` (an image in the observation, else the rendered frames), ``observation``, ``render``, the key
            of an entry, with slashes between nested keys (``robot/camera``), or ``plain``, the choice of earlier
            versions: an observation of bytes (H, W), (H, W, 1) or (H, W, 3), else the rendered frames.

    Raises:
        EnvUnavailableError: If the space has no such image; the message names what it has.
    """
    if observe == "render":
        return (RENDER,)
    entries = dict(_entries(space))
    if observe == "plain":
        return (View(()) if _is_plain(entries.get(())) else RENDER,)
    images = [path for path, box in entries.items() if is_image_shape(box.shape)]
    if observe not in {"auto", "observation"}:
        for path in images:
            if _written(path) == observe:
                return (View(path, _bounds(entries[path])),)
        keys = [_written(path) for path in images if path]
        raise EnvUnavailableError(
            f'{task}: observe={observe}: the observation has no image "{observe}"; '
            + (f"it has {', '.join(keys)}" if keys else f"it is {space}")
        )
    shown = _best(entries, [path for path in images if _shows(entries[path])])
    found = shown if shown is not None else _best(entries, images)
    if found is None and observe == "observation":
        raise EnvUnavailableError(f"{task}: observe=observation: the observation has no single image: {space}")
    seen = () if found is None else (View(found, _bounds(entries[found])),)
    return seen if shown is not None or observe == "observation" else (RENDER, *seen)


def _entries(space: spaces.Space[Any], path: Path = ()) -> Iterator[tuple[Path, spaces.Box]]:
    """Yield the arrays of a space at any depth."""
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


def _best(entries: Mapping[Path, spaces.Box], images: list[Path]) -> Path | None:
    """Choose the observation itself, an image with a common name, or the only image."""
    if () in images:
        return ()
    for name in _USUAL_NAMES:
        for path in images:
            if path[-1] == name:
                return path
    several = [path for path in images if len(entries[path].shape) > 2]  # a table of codes has two, as in NetHack
    return several[0] if len(several) == 1 else None


def _shows(box: spaces.Box) -> bool:
    """Judge by size and values whether an array is an image for the eye rather than features or codes."""
    usual = {(0.0, 1.0), (0.0, 255.0)} if box.dtype.kind in "fb" else {(0.0, 255.0)}
    return _bounds(box) in usual and sorted(box.shape)[-2] >= LEAST_SIDE


def _is_plain(box: spaces.Box | None) -> bool:
    if box is None or box.dtype != np.uint8 or min(box.shape, default=0) == 0:
        return False
    return len(box.shape) == 2 or (len(box.shape) == 3 and box.shape[2] in (1, 3))


def _bounds(box: spaces.Box) -> Bounds | None:
    low, high = float(box.low.min()), float(box.high.max())
    return (low, high) if np.isfinite([low, high]).all() and low < high else None


def _written(path: Path) -> str:
    return "/".join(map(str, path))
