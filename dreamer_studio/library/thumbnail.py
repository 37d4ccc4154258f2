"""Reads one frame of a run for its thumbnail."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.arrays import Images
from dreamer_studio.replay import EpisodeIndex
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
    episodes = EpisodeIndex(folder, ram_bytes=0).refresh()
    if not len(episodes):
        return None
    image: Images = episodes.get(-1, episodes.length(-1) // 2, 1).image[0]
    return image
