"""Reads one frame of a run for its thumbnail."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.arrays import Images
from dreamer_studio.replay.files import check_episode_file, naming, read_rows
from dreamer_studio.replay.stored import episodes_in
from dreamer_studio.runs.folder import RunFolder


def read_thumbnail(run: Path) -> Images | None:
    """Read the middle frame of a run's newest episode, (64, 64, 3), or None without an episode.

    Raises:
        ReplayError: the episode cannot be read.
        OSError: the folder cannot be read.
    """
    folder = RunFolder(run).episodes
    if folder.is_symlink():
        return None
    stored = episodes_in(folder)
    if not stored:
        return None
    newest = stored[-1]
    path = folder / newest.file_name
    with naming(path):
        check_episode_file(path)
        with path.open("rb") as file:
            image: Images = read_rows(file, newest.rows // 2, 1, length=newest.rows).image[0]
            return image
