"""Tells whether a path leads to a run, a scene or a film."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Final

from dreamer_studio.runs.folder import CONFIG_FILE

FILM_ENDINGS: Final = (".gif", ".webp", ".mp4", ".png", ".npz")
PARTS_OF_A_RUN: Final = 3
"""Most folders between a file of a run, such as one of a checkpoint, and the run's own folder."""


class Kind(Enum):
    """The kinds of paths that can be opened."""

    RUN = "run"
    SCENE = "scene"
    FILM = "film"
    NOTHING = "nothing"


def kind_of(path: Path) -> Kind:
    """Return what a path leads to, by its name and without opening it."""
    from dreamer_studio.replay.scenes import SCENE_SUFFIX  # noqa: PLC0415  (not needed for a page)

    if path.name.endswith(SCENE_SUFFIX):
        return Kind.SCENE
    if path.suffix.lower() in FILM_ENDINGS:
        return Kind.FILM
    return Kind.RUN if path.is_dir() or path.name == CONFIG_FILE else Kind.NOTHING


def run_of(path: Path) -> Path | None:
    """Return the run folder that a path names or lies in, or None."""
    nearest = path if path.is_dir() else path.parent
    for folder in (nearest, *nearest.parents[:PARTS_OF_A_RUN]):
        if (folder / CONFIG_FILE).is_file():
            return folder
    return None
