"""The contrast of two colors, as WCAG 2.1 defines it."""

from __future__ import annotations

RGB = tuple[int, int, int]


def linear(channel: int) -> float:
    """Return the light of an sRGB channel of 0 to 255, from 0 to 1."""
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def contrast(one: str | RGB, other: str | RGB) -> float:
    """Return the contrast of two colors, 1 to 21. A color is `#rrggbb` or three channels."""
    dark, light = sorted(_luminance(color) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str | RGB) -> float:
    channels = [int(color[at : at + 2], 16) for at in (1, 3, 5)] if isinstance(color, str) else color
    red, green, blue = map(linear, channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
