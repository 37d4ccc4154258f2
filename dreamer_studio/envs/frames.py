"""Checks the images of environments and converts them into RGB frames."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs.errors import EnvError

Bounds = tuple[float, float]
"""Values of an image that mean black and full brightness."""

MOST_CHANNELS: Final = 16
"""More planes than that are features, not a stack of frames."""

_BYTES: Final[Bounds] = (0.0, 255.0)
_TOLERANCE: Final = 0.01  # of the range of floats: resizing and filters overshoot by this much


class ImageError(EnvError):
    """An environment returned something that is not an image."""


def is_image_shape(shape: tuple[int, ...]) -> bool:
    """Return whether an array of this shape can be read as an image, or as a stack of images.

    The shapes are (H, W), (H, W, C), (C, H, W), (N, H, W, C) and (N, C, H, W), without an empty axis. C is at most
    `MOST_CHANNELS`, and smaller than H and W unless it is 1, 3 or 4.
    """
    if min(shape, default=0) == 0 or not 2 <= len(shape) <= 4:
        return False
    return len(shape) == 2 or _channel_axis(shape[-3:]) is not None


def has_alpha(image: object) -> bool:
    """Return whether the last of four channels is opaque everywhere, so that it is alpha, not a frame of a stack."""
    array = _as_array(image)
    if array is None or not is_image_shape(array.shape):
        return False
    channels = _channels_last(array)
    return channels.shape[2] == 4 and bool((channels[..., 3] == (1.0 if channels.dtype.kind == "f" else 255)).all())


def to_frame(
    image: object, width: int, height: int, bounds: Bounds | None = None, *, rgba: bool = False
) -> NDArray[np.uint8]:
    """Convert an environment's image into an RGB frame of a given size.

    Every pixel of a smaller frame is the mean of the area that it covers, so thin lines fade instead of
    vanishing. The aspect ratio is not kept.

    Args:
        image: An array of a shape that `is_image_shape` admits, a Pillow image, a tensor, or a list of such images,
            the newest last. Booleans, or numbers within `bounds`. Of a stack of frames the newest is taken.
        width: Width of the result in pixels.
        height: Height of the result in pixels.
        bounds: Range of the numbers; if unknown, (0, 255) for whole numbers and (0, 1) for floats.
        rgba: Whether four channels are RGBA, drawn over black, rather than a stack of four gray frames.

    Returns:
        A new contiguous array, uint8 (height, width, 3).

    Raises:
        ImageError: If `image` is anything else; the message says what it is.
    """
    array = _as_array(image)
    if array is None or not is_image_shape(array.shape):
        raise _no_image(image)
    pixels = _newest(_channels_last(array), rgba=rgba)
    pixels = _as_bytes(pixels, bounds)
    if pixels.shape[2] == 4:
        pixels = _over_black(pixels)
    rgb = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    if rgb.shape[:2] == (height, width):
        return np.array(rgb, order="C")
    from PIL import Image  # noqa: PLC0415  (the window names this module before it needs Pillow)

    original = Image.fromarray(np.ascontiguousarray(rgb))
    # BOX is the exact mean when shrinking but repeats pixels when growing; BILINEAR grows smoothly.
    shrinks = width <= original.width and height <= original.height
    kind = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return np.array(original.resize((width, height), kind))


def describe(image: object) -> str:
    """Describe in words what an environment returned as an image."""
    if isinstance(image, np.ndarray):
        return f"{image.dtype} {image.shape}"
    if isinstance(image, list | tuple):
        return f"a {type(image).__name__} of {len(image)}"
    return "None" if image is None else f"a {type(image).__name__}"


def _as_array(image: Any) -> NDArray[Any] | None:
    from PIL.Image import Image  # noqa: PLC0415  (the window names this module before it needs Pillow)

    while isinstance(image, list | tuple) and image and np.ndim(image[-1]) >= 2 and not isinstance(image[-1], list):
        image = image[-1]
    if isinstance(image, Image):
        return np.asarray(image.convert("RGB"))
    if hasattr(image, "detach"):  # a tensor, which may be on a GPU
        image = image.detach().cpu()
    try:
        array = np.asarray(image)
    except (ValueError, TypeError):  # such as lists of unequal lengths
        return None
    return array if array.dtype.kind in "buif" else None


def _channel_axis(shape: tuple[int, ...]) -> int | None:
    """Find the axis of three that counts channels: 2, else 0, else None."""
    for axis in (2, 0):
        channels, sides = shape[axis], shape[:axis] + shape[axis + 1 :]
        if channels <= MOST_CHANNELS and (channels < min(sides) or channels in (1, 3, 4)):
            return axis
    return None


def _channels_last(array: NDArray[Any]) -> NDArray[Any]:
    """Take the newest image of a stack, (H, W, C)."""
    if array.ndim == 2:
        return array[..., np.newaxis]
    if array.ndim == 4:
        array = array[-1]
    return np.moveaxis(array, 0, 2) if _channel_axis(array.shape) == 0 else array


def _newest(array: NDArray[Any], *, rgba: bool) -> NDArray[Any]:
    """Take the newest of the frames stacked in the channels, (H, W, 1), (H, W, 3) or RGBA."""
    channels = array.shape[2]
    if channels in (1, 3) or (channels == 4 and rgba):
        return array
    return array[..., -3:] if channels % 3 == 0 else array[..., -1:]


def _as_bytes(pixels: NDArray[Any], bounds: Bounds | None) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8 and bounds in (None, _BYTES):
        return pixels
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * np.uint8(255)
    is_float = pixels.dtype.kind == "f"
    low, high = bounds or ((0.0, 1.0) if is_float else _BYTES)
    slack = _TOLERANCE * (high - low) if is_float else 0.0
    if not (pixels.min() >= low - slack and pixels.max() <= high + slack):  # NaN fails both
        raise ImageError(
            f"the image has values from {pixels.min():g} to {pixels.max():g}; "
            f"{pixels.dtype} must be from {low:g} to {high:g}"
        )
    scaled = (pixels.astype(np.float64) - low) * (255.0 / (high - low))
    return np.rint(np.clip(scaled, 0.0, 255.0)).astype(np.uint8)


def _over_black(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    color, alpha = pixels[..., :3], pixels[..., 3:]
    return color if (alpha == 255).all() else np.rint(color * (alpha / 255.0)).astype(np.uint8)


def _no_image(image: object) -> ImageError:
    return ImageError(
        f"the image is {describe(image)}; images are (H, W), (H, W, C), (C, H, W) or a stack of them, with C up to "
        f"{MOST_CHANNELS}"
    )
