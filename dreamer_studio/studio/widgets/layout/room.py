"""How much room parts need: the height below which a window is low, and the width for cards side by side."""

from PySide6.QtWidgets import QWidget

from dreamer_studio.studio.widgets.text import text_scale

LOW_HEIGHT = 800
"""Height in pixels below which a window is low."""

COMFORT = 1.15
"""Width at which cards stand side by side, as a multiple of the least width that they need."""

SMALL_FRAME = 0.75
"""Size of a strip's frames in a low window, as a multiple of their own size."""


def is_low(widget: QWidget) -> bool:
    """Return whether the window of a widget is low."""
    return widget.window().height() < LOW_HEIGHT * text_scale()


def strip_zoom(widget: QWidget) -> float:
    """Return the size of a strip's frames in the window of a widget, as a multiple of their own size."""
    return SMALL_FRAME if is_low(widget) else 1.0
