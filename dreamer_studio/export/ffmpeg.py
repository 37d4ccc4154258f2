"""Encodes images with ffmpeg through imageio, and makes sure that the film is whole."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import imageio.v3 as iio
import imageio_ffmpeg
import numpy as np
import psutil
from numpy.typing import NDArray

_PLUGIN: Any = "FFMPEG"
"""imageio's type hints do not know this name."""

_PROBE_BYTES: Final = 2**16


class EncodeError(RuntimeError):
    """A film could not be encoded. If ffmpeg knows why, it has said so on standard error."""


def find_ffmpeg() -> str | None:
    """Return the ffmpeg that imageio-ffmpeg brings, finds, or is told of by IMAGEIO_FFMPEG_EXE; None without one."""
    with contextlib.suppress(RuntimeError):
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    return None


def encode(
    images: Iterable[NDArray[np.uint8]],
    path: Path,
    *,
    fps: int,
    codec: str,
    pixel_format: str,
    arguments: Sequence[str],
) -> None:
    """Encode images as they come, one at a time.

    Args:
        images: Each uint8 (height, width, 3), of one even size. What the iterator raises is raised here, too, and ends
            ffmpeg.
        path: The file to write. No other ffmpeg may write a file of this name.
        fps: Images per second.
        codec: ffmpeg's name of the encoder.
        pixel_format: ffmpeg's name of the format in the file.
        arguments: What else ffmpeg is told about the output.

    Raises:
        EncodeError: If ffmpeg cannot be started, or gives up.
    """
    # Else imageio-ffmpeg runs Python code between fork and exec, in which the child of a program with threads can hang.
    os.environ.setdefault("IMAGEIO_FFMPEG_NO_PREVENT_SIGINT", "1")
    source = _Source(images)
    try:
        # The plugin knows .gif as an image only; the arguments name the real format.
        with iio.imopen(path, "w", plugin=_PLUGIN, extension=".mp4") as film:
            film.write(
                source.until_it_fails(path),
                is_batch=True,
                fps=fps,
                codec=codec,
                pixelformat=pixel_format,
                macro_block_size=1,  # else the plugin enlarges the images to multiples of 16
                ffmpeg_log_level="fatal",  # what keeps it from starting; a full disk is named by `disk_trouble`
                output_params=[*arguments],
            )
    except OSError as error:
        if source.failure is None:
            raise EncodeError(f"ffmpeg could not be started, or gave up after {source.count} images") from error
    if source.failure is not None:
        raise source.failure


def check_film(path: Path, length: int) -> None:
    """Check that a film has all its frames.

    The plugin does not look at ffmpeg's exit code: where files may not be larger than 20,000 bytes, a film of that size
    without an index came back as a success.

    Raises:
        EncodeError: If frames are missing.
    """
    try:
        count, _ = imageio_ffmpeg.count_frames_and_secs(path)
    except RuntimeError as error:
        raise EncodeError("ffmpeg left a film that cannot be read") from error
    if count != length:
        raise EncodeError(f"ffmpeg left a film of {count} frames instead of {length}")


def disk_trouble(path: Path) -> str:
    """Say in the system's words why a file cannot grow; empty if it can. The file is not whole afterwards."""
    try:
        with path.open("ab") as file:
            file.write(bytes(_PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return ""


class _Source:
    """Hands images to the plugin and keeps an exception from it.

    After an exception the plugin would leave ffmpeg running until the exception is forgotten.

    Attributes:
        count: How many images the plugin has taken.
        failure: What the iterator raised; None if it came to its end.
    """

    def __init__(self, images: Iterable[NDArray[np.uint8]]) -> None:
        self._images = images
        self.count = 0
        self.failure: BaseException | None = None

    def until_it_fails(self, path: Path) -> Iterator[NDArray[np.uint8]]:
        """Yield the images; after an exception kill the ffmpeg that writes `path`.

        If it only came to the end of its images, it would encode what it has: 6 s for 50 images of 996 x 1094.
        """
        try:
            for image in self._images:
                yield image
                self.count += 1
        except GeneratorExit:
            raise
        except BaseException as error:
            self.failure = error
            _kill_writer_of(path)


def _kill_writer_of(path: Path) -> None:
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if Path(process.cmdline()[-1]).name == path.name:
                process.kill()
