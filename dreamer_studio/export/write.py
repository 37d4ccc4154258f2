"""Writes a film in the format that the ending of the path names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import imageio.v3 as iio
import numpy as np
from numpy.typing import NDArray

from dreamer_studio.export.compose import Composer
from dreamer_studio.export.encode import encode_gif, encode_mp4
from dreamer_studio.export.ffmpeg import EncodeError, disk_trouble
from dreamer_studio.export.film import Film
from dreamer_studio.export.progress import ExportCancelled, Progress, Ticker
from dreamer_studio.export.reel import Reel, arrays_of
from dreamer_studio.export.strip import draw_strip
from dreamer_studio.files import UNFINISHED

ENDINGS = (".gif", ".mp4", ".png", ".npz")
_FPS = {".gif": (1, 50), ".mp4": (1, 120)}  # viewers slow down a GIF with frames shorter than 2/100 s
_SCALES = (1, 16)
_ENCODED = 0.99  # the share of the progress when all frames are encoded and the file is not yet closed


def write(
    film: Film | Reel,
    path: Path,
    *,
    fps: int = 20,
    scale: int = 4,
    curves: bool = False,
    progress: Callable[[float], bool] | None = None,
) -> None:
    """Write a film, whole or not at all; an older file at `path` stays until the new one is complete.

    Args:
        film: the film or reel to write.
        path: the file. Its ending names the format: `.gif` and `.mp4` move, `.png` is a strip with time from left to
            right, `.npz` holds the arrays (`numpy.load(path, allow_pickle=False)`). Missing folders are made.
        fps: frames a second of a GIF (1 to 50; frames last equally long at 50, 25, 20, 10, 5, ... fps; at other
            rates delays differ by 1/100 s, and the film keeps the rate) or of an MP4 (1 to 120).
        scale: how many times each pixel of a frame is enlarged, in both directions, 1 to 16; text is easy to read from
            2 on.
        curves: whether to draw reward and value below the images; of a reel, all its plots.
        progress: called with the finished share, above 0 and up to 1; returns False to cancel.

    Raises:
        ValueError: if the ending, `fps` or `scale` is out of range; nothing was touched then.
        ExportCancelled: if `progress` returned False; no file is left.
        EncodeError: if ffmpeg failed; no file is left.
        OSError: if the file cannot be written.
    """
    check_options(path, fps, scale)
    ending = path.suffix.lower()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}-{uuid4().hex}{UNFINISHED}{ending}")

    def advance(share: float) -> bool:
        return progress is None or progress(share * _ENCODED)

    try:
        if ending == ".npz":
            _write_arrays(film, unfinished, advance)
        elif ending == ".png":
            _write_strip(draw_strip(film, scale, curves, advance), unfinished)
        else:
            encode = encode_gif if ending == ".gif" else encode_mp4
            encode(Composer(film, scale, curves), unfinished, fps, advance)
        if progress is not None and not progress(1.0):
            raise ExportCancelled
        unfinished.replace(path)
    except EncodeError as error:
        trouble = disk_trouble(unfinished)
        if not trouble:
            raise
        raise EncodeError(f"{path} cannot be written: {trouble}") from error
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def check_options(path: Path, fps: int, scale: int) -> None:
    """Check the options of `write` before any work is done; raise the ValueError that it would."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(f"{path.name!r} ends in none of {', '.join(ENDINGS)}")
    if not _SCALES[0] <= scale <= _SCALES[1]:
        raise ValueError(f"scale is {scale}, not {_SCALES[0]} to {_SCALES[1]}")
    if ending in _FPS and not _FPS[ending][0] <= fps <= _FPS[ending][1]:
        raise ValueError(f"fps is {fps}, but a {ending} film takes {_FPS[ending][0]} to {_FPS[ending][1]}")


def _write_strip(image: NDArray[np.uint8], path: Path) -> None:
    """Write an image (height, width, 3) as PNG.

    If the disk is full, imageio raises once for the image, and once more where nobody can catch the exception.
    """
    path.write_bytes(iio.imwrite("<bytes>", image, extension=".png", plugin="pillow"))


def _write_arrays(film: Film | Reel, path: Path, progress: Progress | None) -> None:
    arrays: dict[str, Any] = dict(arrays_of(film))
    np.savez_compressed(path, **arrays)
    Ticker(1, progress).tick()
