"""Reads one frame of a run for its thumbnail."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import numpy as np

from dreamer_studio.arrays import FRAME_SHAPE, Images
from dreamer_studio.files import UnfitFileError, read_small
from dreamer_studio.replay import EpisodeIndex
from dreamer_studio.runs.folder import RunFolder

MOST_BYTES: Final = 2**16
"""Most bytes of ``latest.png``: both images without any compression take 24 KiB."""

_HEIGHT, _WIDTH = FRAME_SHAPE[:2]


def read_thumbnail(run: Path) -> Images | None:
    """Return the newest frame in ``latest.png``, else the middle frame of the newest episode, (64, 64, 3).

    None without either. ``latest.png`` saves listing thousands of episodes and decoding one.

    Raises:
        ReplayError: the episode cannot be read.
        OSError: the folder cannot be read.
    """
    folder = RunFolder(run)
    latest = _read_latest(folder.latest_image)
    if latest is not None:
        return latest
    if folder.episodes.is_symlink():
        return None
    episodes = EpisodeIndex(folder.episodes, ram_bytes=0).refresh()
    if not len(episodes):
        return None
    image: Images = episodes.get(-1, episodes.length(-1) // 2, 1).image[0]
    return image


def _read_latest(path: Path) -> Images | None:
    """Return the frame in the file, (64, 64, 3), without the reconstruction beside it; None if there is none."""
    from PIL import Image  # noqa: PLC0415  (the first window is there before)

    try:
        with Image.open(io.BytesIO(read_small(path, MOST_BYTES)), formats=("PNG",)) as image:
            if image.mode != "RGB" or image.size not in {(_WIDTH, _HEIGHT), (2 * _WIDTH, _HEIGHT)}:
                return None
            return np.ascontiguousarray(np.asarray(image)[:, :_WIDTH])
    except (OSError, UnfitFileError, ValueError, SyntaxError, Image.DecompressionBombError):  # not a file of ours
        return None
