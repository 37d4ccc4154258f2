"""Images as environments give them, checked and made into RGB frames."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dreamer_studio.envs.errors import EnvError

MOST_CHANNELS: Final = 16
"""More planes than that are features, not a stack of frames."""


class ImageError(EnvError):
    """What an environment gave is no image."""


Bounds = tuple[float, float]
"""Values of an image that mean black and full brightness."""


def is_image_shape(shape: tuple[int, ...]) -> bool:
    """Says whether an array of this shape can be read as an image, or as a stack of images.

    These are (H, W), (H, W, C), (C, H, W) and (N, H, W, C) or (N, C, H, W), with C in 1 to `MOST_CHANNELS` and smaller
    than H and W (a C of 1, 3 or 4 may be as large), none of them empty.
    """
    if min(shape, default=0) == 0 or not 2 <= len(shape) <= 4:
        return False
    return len(shape) == 2 or _channel_axis(shape[-3:]) is not None


def to_frame(image: object, width: int, height: int, bounds: Bounds | None = None) -> NDArray[np.uint8]:
    """Turns what an environment gave as an image into an RGB frame of the wanted size.

    Every pixel of a smaller frame is the mean of the area that it covers, so thin lines fade instead of
    vanishing. The aspect ratio is not kept.

    Args:
        image: An array of a shape that `is_image_shape` admits, a Pillow image, a tensor, or a list of such images,
            the newest last. Whole numbers from 0 to 255, booleans, or floats within `bounds`. Of a stack of frames
            the newest is taken; an opaque fourth channel is dropped.
        width: Width of the result in pixels.
        height: Height of the result in pixels.
        bounds: Range of floats; (0, 1) where nothing is known.

    Returns:
        A new contiguous array, uint8 (height, width, 3).

    Raises:
        ImageError: If `image` is anything else; the message says what it is.
    """
    array = _as_array(image)
    if array is None or not is_image_shape(array.shape):
        raise _no_image(image)
    pixels = _as_bytes(_newest(array), bounds or (0.0, 1.0))
    rgb = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    if rgb.shape[:2] == (height, width):
        return np.array(rgb, order="C")
    picture = Image.fromarray(np.ascontiguousarray(rgb))
    # BOX is the exact mean when shrinking but repeats pixels when growing; BILINEAR grows smoothly.
    shrinks = width <= picture.width and height <= picture.height
    kind = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return np.array(picture.resize((width, height), kind))


def _as_array(image: Any) -> NDArray[Any] | None:
    while isinstance(image, list | tuple) and image and np.ndim(image[-1]) >= 2 and not isinstance(image[-1], list):
        image = image[-1]
    if isinstance(image, Image.Image):
        return np.asarray(image.convert("RGB"))
    if hasattr(image, "detach"):  # a tensor, which may be on a GPU
        image = image.detach().cpu()
    try:
        array = np.asarray(image)
    except (ValueError, TypeError):  # lists of unequal lengths, say
        return None
    return array if array.dtype.kind in "buif" else None


def _channel_axis(shape: tuple[int, ...]) -> int | None:
    """Which axis of three counts channels: 2, else 0, else None; (H, W, C) is far more common than (C, H, W)."""
    for axis in (2, 0):
        channels, sides = shape[axis], shape[:axis] + shape[axis + 1 :]
        if channels <= MOST_CHANNELS and (channels < min(sides) or channels in (1, 3, 4)):
            return axis
    return None


def _newest(array: NDArray[Any]) -> NDArray[Any]:
    """Takes the newest frame of a stack, (H, W, 1) or (H, W, 3)."""
    if array.ndim == 2:
        return array[..., np.newaxis]
    if array.ndim == 4:
        array = array[-1]
    if _channel_axis(array.shape) == 0:
        array = np.moveaxis(array, 0, 2)
    channels = array.shape[2]
    if channels in (1, 3):
        return array
    if channels == 4 and _is_opaque(array[..., 3]):
        return array[..., :3]
    return array[..., -3:] if channels % 3 == 0 else array[..., -1:]


def _is_opaque(alpha: NDArray[Any]) -> bool:
    return bool((alpha == (1.0 if alpha.dtype.kind == "f" else 255)).all())


def _as_bytes(pixels: NDArray[Any], bounds: Bounds) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * np.uint8(255)
    low, high = bounds if pixels.dtype.kind == "f" else (0.0, 255.0)
    if not (pixels.min() >= low and pixels.max() <= high):  # which NaN is not either
        raise ImageError(
            f"the image has values from {pixels.min():g} to {pixels.max():g}; "
            f"{pixels.dtype} must be from {low:g} to {high:g}"
        )
    return np.rint((pixels.astype(np.float64) - low) * (255.0 / (high - low))).astype(np.uint8)


def _no_image(image: object) -> ImageError:
    return ImageError(
        f"the image is {describe(image)}, and none of (H, W), (H, W, C), (C, H, W) or a stack of them with C up to "
        f"{MOST_CHANNELS}"
    )


def describe(image: object) -> str:
    """Says in words what an environment gave as an image."""
    if isinstance(image, np.ndarray):
        return f"{image.dtype} {image.shape}"
    if isinstance(image, list | tuple):
        return f"a {type(image).__name__} of {len(image)}"
    return "None" if image is None else f"a {type(image).__name__}"
