"""Writes a film in the format that the ending of the path names."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import imageio.v3 as iio
import numpy as np
from numpy.typing import NDArray
from PIL.PngImagePlugin import PngInfo

from dreamer_studio import __version__
from dreamer_studio.export.carriers import KEY, append_gif_comment, append_webp_description
from dreamer_studio.export.compose import Composer, film_size
from dreamer_studio.export.encode import encode_gif, encode_mp4, encode_webp
from dreamer_studio.export.ffmpeg import EncodeError, disk_trouble
from dreamer_studio.export.film import Film
from dreamer_studio.export.progress import ExportCanceled, Progress, Ticker
from dreamer_studio.export.recipe import MOST_BYTES, Drawing, as_text
from dreamer_studio.export.reel import Reel, arrays_of
from dreamer_studio.export.strip import draw_strip, strip_size
from dreamer_studio.export.style import PALETTES, Colors
from dreamer_studio.files import UNFINISHED

ENDINGS = (".gif", ".webp", ".mp4", ".png", ".npz")
FPS = {".gif": (1, 50), ".webp": (1, 120), ".mp4": (1, 120)}  # viewers slow down a GIF with frames shorter than 2/100 s
_SCALES = (1, 16)
_ENCODED = 0.99  # the share of the progress when all frames are encoded and the file is not yet closed


@dataclass(frozen=True)
class Written:
    """A written file.

    Attributes:
        path: the file.
        size: width and height in pixels; None for arrays.
        seconds: how long the film lasts; 0 for a strip and for arrays.
        bytes: the size of the file.
    """

    path: Path
    size: tuple[int, int] | None
    seconds: float
    bytes: int


def write(
    film: Film | Reel,
    path: Path,
    *,
    fps: int = 20,
    scale: int = 4,
    curves: bool = False,
    colors: Colors = "dark",
    progress: Callable[[float], bool] | None = None,
) -> Written:
    """Write a film, whole or not at all; an older file at `path` stays until the new one is complete.

    The file carries the film's recipe, if there is one, completed by these options.

    Args:
        film: the film or reel to write.
        path: the file. Its ending names the format: `.gif`, `.webp` and `.mp4` move, `.png` is a strip with time from
            left to right, `.npz` holds the arrays (`numpy.load(path, allow_pickle=False)`). Missing folders are made.
        fps: frames a second of a GIF (1 to 50; frames last equally long at 50, 25, 20, 10, 5, ... fps; at other
            rates delays differ by 1/100 s, and the film keeps the rate), of a WebP or of an MP4 (1 to 120).
        scale: how many times each pixel of a frame is enlarged, in both directions, 1 to 16; text is easy to read from
            2 on.
        curves: whether to draw reward and value below the images; of a reel, all its plots.
        colors: "dark" or "light".
        progress: called with the finished share, above 0 and up to 1; returns False to cancel.

    Raises:
        ValueError: if the ending, `fps` or `scale` is out of range; nothing was touched then.
        ExportCanceled: if `progress` returned False; no file is left.
        EncodeError: if ffmpeg failed; no file is left.
        OSError: if the file cannot be written.
    """
    check_options(path, fps, scale)
    ending = path.suffix.lower()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}-{uuid4().hex}{UNFINISHED}{ending}")
    drawing = Drawing(fps if ending in FPS else 0, 0 if ending == ".npz" else scale, curves, colors)

    def advance(share: float) -> bool:
        return progress is None or progress(share * _ENCODED)

    try:
        size = _write(film, unfinished, drawing, advance)
        if progress is not None and not progress(1.0):
            raise ExportCanceled
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
    seconds = film.length / fps if ending in FPS else 0.0
    return Written(path, size, seconds, path.stat().st_size)


def _write(film: Film | Reel, path: Path, drawing: Drawing, progress: Progress) -> tuple[int, int] | None:
    """Write a film with its recipe, and return its width and height; None for arrays."""
    ending, recipe = path.suffix.lower(), _recipe_text(film, drawing)
    palette = PALETTES["light" if drawing.colors == "light" else "dark"]
    if ending == ".npz":
        _write_arrays(film, path, recipe, progress)
        return None
    if ending == ".png":
        image = draw_strip(film, drawing.scale, drawing.curves, progress, palette)
        _write_strip(image, path, recipe)
        return image.shape[1], image.shape[0]
    composer = Composer(film, drawing.scale, drawing.curves, palette)
    if ending == ".mp4":
        encode_mp4(composer, path, drawing.fps, progress, recipe)
        return composer.size
    encode = encode_gif if ending == ".gif" else encode_webp
    encode(composer, path, drawing.fps, progress)
    if recipe and ending == ".gif":
        append_gif_comment(path, recipe)
    elif recipe:
        append_webp_description(path, recipe, composer.size)
    return composer.size


def _recipe_text(film: Film | Reel, drawing: Drawing) -> str:
    """Return the text of a film's recipe with its drawing; empty without a recipe."""
    if film.recipe is None:
        return ""
    drawing = replace(drawing, first=film.recipe.drawing.first, last=film.recipe.drawing.last)
    # ffmpeg gets the text as an argument, and Windows takes 32,767 characters of all arguments.
    most = 20_000 if sys.platform == "win32" else MOST_BYTES
    return as_text(replace(film.recipe, drawing=drawing, program=__version__), most)


def image_size(film: Film | Reel, ending: str, scale: int, curves: bool) -> tuple[int, int] | None:
    """Return width and height in pixels of what `write` writes, without drawing it; None for arrays."""
    if ending == ".npz":
        return None
    return strip_size(film, scale, curves) if ending == ".png" else film_size(film, scale, curves)


def check_options(path: Path, fps: int, scale: int) -> None:
    """Check the options of `write` before any work is done; raise the ValueError that it would."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(f"{path.name!r} ends in none of {', '.join(ENDINGS)}")
    if not _SCALES[0] <= scale <= _SCALES[1]:
        raise ValueError(f"scale is {scale}, not {_SCALES[0]} to {_SCALES[1]}")
    if ending in FPS and not FPS[ending][0] <= fps <= FPS[ending][1]:
        raise ValueError(f"fps is {fps}, but a {ending} film takes {FPS[ending][0]} to {FPS[ending][1]}")


def _write_strip(image: NDArray[np.uint8], path: Path, recipe: str) -> None:
    """Write an image (height, width, 3) as PNG.

    If the disk is full, imageio raises once for the image, and once more where nobody can catch the exception.
    """
    info = PngInfo()
    if recipe:
        info.add_itxt(KEY, recipe)
    path.write_bytes(iio.imwrite("<bytes>", image, extension=".png", plugin="pillow", pnginfo=info))


def _write_arrays(film: Film | Reel, path: Path, recipe: str, progress: Progress | None) -> None:
    arrays: dict[str, Any] = dict(arrays_of(film))
    if recipe:
        arrays[KEY] = np.array(recipe)
    np.savez_compressed(path, **arrays)
    Ticker(1, progress).tick()
