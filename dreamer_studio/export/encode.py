"""Films as GIF, WebP and MP4."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dreamer_studio.export.carriers import webp_milliseconds
from dreamer_studio.export.compose import Composer
from dreamer_studio.export.ffmpeg import EncodeError, check_film, encode, find_ffmpeg
from dreamer_studio.export.progress import Progress, Ticker

# Measured on frames of dm_control's walker and cartpole, as the mean color error over blocks of 8 x 8 pixels, which is
# what is seen as bands: 0.32 and 0.29 of 255, against 0.47 and 0.36 without dithering and above 0.54 with Bayer's
# patterns. "full" beats "diff" by a tenth; a palette for each frame ("single") gains nothing, doubles the file, and
# flickers.
_PALETTE: Final = "palettegen=stats_mode=full"
_DITHER: Final = "paletteuse=dither=sierra2_4a"

_PALETTE_IMAGES: Final = 48
"""Images that the palette is made from, spread over the film; more do not change it visibly."""

_GIF_TICKS: Final = 100
"""GIF counts time in hundredths of a second."""

_WEBP: Final = "-lossless 1 -quality 20 -compression_level 1 -loop 0 -f webp"
"""50 images of 1266 x 1094: 3.1 MB in 12 s, against 2.7 MB in 17 s with more effort, and a GIF of 8.4 MB in 5 s.

Lossy WebP of quality 90 has 2.4 MB, and blurs the letters.
"""

_MP4: Final = (
    "-vf scale=out_color_matrix=bt709:out_range=tv,format=yuv420p "
    "-colorspace bt709 -color_primaries bt709 -color_trc bt709 "
    "-preset medium -crf 14 -movflags +faststart -f mp4"
)
"""imageio's pyav plugin has neither quality nor colors among its options: at its own quality the mean error of a pixel
is 2.5 of 255 instead of 2.2, and PyAV takes 103 MB."""


def encode_gif(composer: Composer, path: Path, fps: int, progress: Progress | None) -> None:
    """Write a GIF that loops for ever, with one palette for all frames.

    Delays in a GIF are whole hundredths of a second. At 50, 25, 20, 10, ... fps all frames last equally long; at other
    rates neighboring delays differ by a hundredth, and the film as a whole keeps the rate.
    """
    sample = _spread(composer.length, _PALETTE_IMAGES)
    ticker = Ticker(len(sample) + composer.length, progress)
    if find_ffmpeg() is None:
        _encode_gif_with_pillow(composer, path, fps, ticker)
        return
    with tempfile.TemporaryDirectory(prefix="dreamer-studio-") as folder:
        palette = Path(folder, f"{path.stem}-palette.mkv")  # a film of one image, the palette
        images = _images(composer, sample, ticker)
        encode(images, palette, fps=fps, codec="png", pixel_format="rgba", arguments=["-vf", _PALETTE])
        dither = f"movie={_escaped(palette)}[palette];[0:v][palette]{_DITHER}"
        images = _images(composer, range(composer.length), ticker)
        arguments = ["-lavfi", dither, "-loop", "0", "-f", "gif"]
        encode(images, path, fps=fps, codec="gif", pixel_format="pal8", arguments=arguments)
    check_film(path, composer.length)


def encode_mp4(composer: Composer, path: Path, fps: int, progress: Progress | None, comment: str = "") -> None:
    """Write an MP4 (H.264, yuv420p, which every player shows).

    Args:
        composer: draws the images.
        path: the file.
        fps: images per second.
        progress: called with the finished share.
        comment: a text among the metadata; empty for none.

    Raises:
        EncodeError: Also without ffmpeg.
    """
    _need_ffmpeg("an MP4")
    images = _images(composer, range(composer.length), Ticker(composer.length, progress))
    arguments = [*_MP4.split(), *(["-metadata", f"comment={comment}"] if comment else [])]
    encode(images, path, fps=fps, codec="libx264", pixel_format="yuv420p", arguments=arguments)
    check_film(path, composer.length)


def encode_webp(composer: Composer, path: Path, fps: int, progress: Progress | None) -> None:
    """Write a WebP that loops forever and keeps every pixel.

    Pillow can write a WebP too, but holds all images in memory.

    Raises:
        EncodeError: Also without ffmpeg.
    """
    _need_ffmpeg("a WebP")
    images = _images(composer, range(composer.length), Ticker(composer.length, progress))
    encode(images, path, fps=fps, codec="libwebp_anim", pixel_format="bgra", arguments=_WEBP.split())
    _check_webp(path, composer.length, fps)


def _check_webp(path: Path, length: int, fps: int) -> None:
    """Check the duration of a WebP of several images. Equal neighbors become one frame, so frames do not count."""
    try:
        there = webp_milliseconds(path)
    except (OSError, ValueError) as error:
        raise EncodeError("ffmpeg left a film that cannot be read") from error
    if length > 1 and abs(there - 1000 * length / fps) > length:  # each image lasts whole milliseconds
        raise EncodeError(f"ffmpeg left a film of {there / 1000:.2f} s instead of {length / fps:.2f}")


def _need_ffmpeg(what: str) -> None:
    if find_ffmpeg() is None:
        raise EncodeError(f"{what} needs ffmpeg, and there is none: pip install imageio-ffmpeg, or write a .gif")


def gif_delays(length: int, fps: int) -> list[int]:
    """Return how long each of `length` frames is shown, in hundredths of a second, so that no rounding adds up."""
    ends = [round(_GIF_TICKS * time / fps) for time in range(length + 1)]
    return [end - start for start, end in pairwise(ends)]


def _encode_gif_with_pillow(composer: Composer, path: Path, fps: int, ticker: Ticker) -> None:
    """Write a GIF without ffmpeg.

    imageio's pillow plugin keeps every frame and gives each a palette of its own, which flickers: 150 frames of
    502 x 476 took 226 MiB and 10 s instead of 100 MiB and 5 s.
    """
    sample = _images(composer, _spread(composer.length, _PALETTE_IMAGES), ticker)
    # Every other pixel is enough for a palette, and Pillow wants the whole sample in memory.
    montage = Image.fromarray(np.concatenate([image[::2, ::2] for image in sample]))
    palette = montage.quantize(256)

    def indexed() -> Iterator[Image.Image]:
        for image in _images(composer, range(composer.length), ticker):
            yield Image.fromarray(image).quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)

    images = indexed()
    delays = [10 * delay for delay in gif_delays(composer.length, fps)]
    next(images).save(path, "GIF", save_all=True, append_images=images, duration=delays, loop=0, disposal=1)


def _images(composer: Composer, times: Iterable[int], ticker: Ticker) -> Iterator[NDArray[np.uint8]]:
    for time in times:
        yield composer.compose(time)
        ticker.tick()


def _spread(length: int, most: int) -> range:
    """Return at most `most` of `length` times, the first among them, at even distances."""
    return range(0, length, -(-length // most))


def _escaped(path: Path) -> str:
    """Write a path as a filter's option: escaped once for the option and once for the graph around it."""
    option = re.sub(r"([\\':])", r"\\\1", path.as_posix())
    return re.sub(r"([\\'\[\],;])", r"\\\1", option)
