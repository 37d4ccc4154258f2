"""Saves screenshots in small files, each in several sizes and themes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PySide6.QtWidgets import QWidget

from benchmarks.person import settle
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Scheme

LAYOUT_SECONDS = 1.2  # until all panels are placed and all images are drawn again


@dataclass(frozen=True)
class Album:
    """Takes each screenshot in all sizes and themes.

    Attributes:
        window: the window that changes its size and theme.
        folder: the folder of the files, named like ``live-1600x1000-dark.png``.
        sizes: width and height of the window, in logical pixels.
        themes: the themes.
        renew: whether to replace only files that the folder already has.
    """

    window: StudioWindow
    folder: Path
    sizes: Sequence[tuple[int, int]]
    themes: Sequence[Scheme]
    renew: bool = False

    def take(self, name: str) -> None:
        """Save the window in all sizes and themes."""
        for width, height in self.sizes:
            for theme in self.themes:
                self._take(f"{name}-{width}x{height}", theme, (width, height), self.window)

    def take_dialog(self, name: str, dialog: QWidget) -> None:
        """Save a dialog in all themes. Its size does not follow that of the main window."""
        for theme in self.themes:
            self._take(name, theme, self.sizes[0], dialog)

    def _take(self, name: str, theme: Scheme, size: tuple[int, int], widget: QWidget) -> None:
        percent = round(100 * self.window.devicePixelRatio())
        path = self.folder / f"{name}{'' if percent == 100 else f'-{percent}-percent'}-{theme}.png"
        if self.renew and not path.exists():
            return
        self.window.resize(*size)
        self.window.set_theme(theme)
        settle(LAYOUT_SECONDS)
        save(widget, path)


def save(widget: QWidget, path: Path) -> None:
    """Save a screenshot of a widget in 256 colors. Without the second pass, colors of thin lines would change."""
    widget.grab().save(str(path))
    with Image.open(path) as image:
        reduced = image.convert("RGB").quantize(256, kmeans=1)
    reduced.save(path, optimize=True)
