"""The checkpoints of a run as contestants, by the names of their folders. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.runs.best import find_best
from dreamer_studio.runs.checkpoint_names import list_checkpoints, progress_of
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.viewing.compare.messages import Contestant


def checkpoints_of(folder: Path) -> list[Contestant]:
    """Return the checkpoints of a run, oldest first."""
    paths = list_checkpoints(RunFolder(folder).checkpoints)
    best = find_best(paths)
    return [
        Contestant(
            path, folder.name, *progress_of(path), best.score if best is not None and path == best.path else None
        )
        for path in paths
    ]
