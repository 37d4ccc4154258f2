"""The checkpoints of a run as contestants, by the names of their folders. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dreamer_studio.runs.best import find_best
from dreamer_studio.runs.checkpoint_names import list_checkpoints, progress_of
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.viewing.compare.messages import Contestant


def checkpoints_of(folder: Path, known: Sequence[Contestant] = ()) -> Sequence[Contestant]:
    """Return the checkpoints of a run, oldest first.

    Args:
        folder: the run folder.
        known: the checkpoints that the last call returned. Their tests are read only if the list has changed: a
            checkpoint never changes.
    """
    paths = list_checkpoints(RunFolder(folder).checkpoints)
    if paths == [one.path for one in known]:
        return known
    best = find_best(paths)
    return [
        Contestant(
            path, folder.name, *progress_of(path), best.score if best is not None and path == best.path else None
        )
        for path in paths
    ]
