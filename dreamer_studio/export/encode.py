"""The pictures of a film to GIF and MP4."""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dreamer_studio.export.compose import Composer
from dreamer_studio.export.ffmpeg import EncodeError, feed, find_ffmpeg
from dreamer_studio.export.progress import Progress, Ticker

# Measured on frames of dm_control's walker and cartpole, as the mean color error over blocks of 8 x 8 pixels,
# which is what is seen as bands: 0.32 and 0.29 of 255, against 0.47 and 0.36 without dithering and above 0.54 with
# Bayer's patterns. "full" beats "diff" by a tenth; a palette for each frame ("single") gains nothing, doubles the
# file, and flickers.
_PALETTE = "palettegen=stats_mode=full"
_DITHER = "paletteuse=dither=sierra2_4a"

_PALETTE_PICTURES = 48  # spread over the film; more do not change the palette that one can see
_GIF_TICKS = 100  # GIF counts time in hundredths of a second


def encode_gif(composer: Composer, path: Path, fps: int, progress: Progress | None) -> None:
    """Writes a GIF that loops for ever, with one palette for all of it.

    Delays in a GIF are whole hundredths of a second: at 50, 25, 20, 10, ... fps all frames last equally long; at other
    rates neighboring delays differ by a hundredth, and the film as a whole keeps the rate.
    """
    executable = find_ffmpeg()
    sample = _spread(composer.length, _PALETTE_PICTURES)
    ticker = Ticker(len(sample) + composer.length, progress)
    if executable is None:
        _encode_gif_with_pillow(composer, path, fps, ticker)
        return
    with tempfile.TemporaryDirectory(prefix="dreamer-studio-") as folder:
        palette = str(Path(folder, "palette.png"))
        first_pass = ["-vf", _PALETTE, "-frames:v", "1", "-update", "1", palette]
        feed(executable, _pictures(composer, sample, ticker), composer.size, fps, first_pass)
        second_pass = ["-i", palette, "-lavfi", f"[0:v][1:v]{_DITHER}", "-loop", "0", "-f", "gif", str(path)]
        feed(executable, _pictures(composer, range(composer.length), ticker), composer.size, fps, second_pass)


def encode_mp4(composer: Composer, path: Path, fps: int, progress: Progress | None) -> None:
    """Writes an MP4 (H.264, yuv420p, so that every player shows it); an EncodeError without ffmpeg."""
    executable = find_ffmpeg()
    if executable is None:
        raise EncodeError("an MP4 needs ffmpeg, and there is none: pip install imageio-ffmpeg, or write a .gif")
    arguments = ["-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"]
    arguments += ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    arguments += ["-c:v", "libx264", "-preset", "medium", "-crf", "14", "-movflags", "+faststart", "-f", "mp4"]
    pictures = _pictures(composer, range(composer.length), Ticker(composer.length, progress))
    feed(executable, pictures, composer.size, fps, [*arguments, str(path)])


def gif_delays(length: int, fps: int) -> list[int]:
    """How long each of `length` frames is shown, in hundredths of a second, so that no rounding adds up."""
    ends = [round(_GIF_TICKS * time / fps) for time in range(length + 1)]
    return [end - start for start, end in pairwise(ends)]


def _encode_gif_with_pillow(composer: Composer, path: Path, fps: int, ticker: Ticker) -> None:
    sample = _pictures(composer, _spread(composer.length, _PALETTE_PICTURES), ticker)
    # Every other pixel is enough for a palette, and Pillow wants the whole sample in memory.
    montage = Image.fromarray(np.concatenate([picture[::2, ::2] for picture in sample]))
    palette = montage.quantize(256)

    def indexed() -> Iterator[Image.Image]:
        for picture in _pictures(composer, range(composer.length), ticker):
            yield Image.fromarray(picture).quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)

    images = indexed()
    delays = [10 * delay for delay in gif_delays(composer.length, fps)]
    next(images).save(path, "GIF", save_all=True, append_images=images, duration=delays, loop=0, disposal=1)


def _pictures(composer: Composer, times: Iterable[int], ticker: Ticker) -> Iterator[NDArray[np.uint8]]:
    for time in times:
        yield composer.compose(time)
        ticker.tick()


def _spread(length: int, most: int) -> range:
    """At most `most` of `length` times, the first among them, at even distances."""
    return range(0, length, -(-length // most))
