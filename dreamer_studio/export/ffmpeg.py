"""Feeds pictures to the ffmpeg binary, one at a time."""

import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import IO

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

_LAST_LINES = 5


class EncodeError(RuntimeError):
    """A film could not be encoded; the message ends with what ffmpeg said last."""


def find_ffmpeg() -> str | None:
    """The ffmpeg that imageio-ffmpeg ships, names in IMAGEIO_FFMPEG_EXE or finds; None if there is none."""
    with suppress(RuntimeError):
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    return None


def feed(
    executable: str,
    pictures: Iterable[NDArray[np.uint8]],
    size: tuple[int, int],
    fps: int,
    arguments: Sequence[str],
) -> None:
    """Runs ffmpeg over pictures that come one by one.

    Args:
        executable: the ffmpeg to run.
        pictures: each uint8 (height, width, 3). What the iterator raises stops ffmpeg and reaches the caller.
        size: width and height, in pixels.
        fps: pictures a second.
        arguments: what follows the first input, which is the pictures: further inputs, filters, the output.

    Raises:
        EncodeError: if ffmpeg cannot be started or fails.
    """
    command = [executable, "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size[0]}x{size[1]}"]
    command += ["-framerate", str(fps), "-i", "pipe:0", *arguments]
    with tempfile.TemporaryFile() as log:  # a pipe could fill up while nobody reads it
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # no console flashes up on Windows
            )
        except OSError as error:
            raise EncodeError(f"ffmpeg could not be started: {error}") from error
        _pump(process, pictures)
        if process.returncode != 0:
            raise EncodeError(f"ffmpeg ended with code {process.returncode}: {_last_lines(log)}")


def _pump(process: subprocess.Popen[bytes], pictures: Iterable[NDArray[np.uint8]]) -> None:
    """Writes until the pictures or ffmpeg come to an end; afterwards the process is over in any case."""
    assert process.stdin is not None
    try:
        for picture in pictures:
            try:
                process.stdin.write(picture.tobytes())
            except OSError:
                break  # ffmpeg has given up; its exit code and its last lines say why
        with suppress(OSError):
            process.stdin.close()
        process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()
        with suppress(OSError):
            process.stdin.close()


def _last_lines(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode(errors="replace").strip().splitlines()
    return "\n".join(lines[-_LAST_LINES:]) or "it said nothing"
