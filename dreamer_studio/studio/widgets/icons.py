"""Our icons: SVGs drawn in black, and colored for the theme when loaded."""

from typing import Final

from PySide6.QtCore import QByteArray, QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from dreamer_studio.resources import asset_path
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.viewing.role import Role

_INK: Final = "#000000"  # the color in the SVG files that the theme replaces
_SIZES: Final = (16, 20, 24, 32, 40, 48, 64)  # 16, 20, 24 and 32 pixels at one to two device pixels each


def icon(name: str, palette: Palette, role: Role | None = None) -> QIcon:
    """Load one of our icons in the colors of a palette, with a gray form for disabled controls.

    Args:
        name: The file's name in `assets/icons` without its ending, such as `"start"`.
        palette: The colors.
        role: The role that colors the icon; by default, the icon has the color of text.

    Raises:
        FileNotFoundError: If there is no such icon.
    """
    svg = asset_path("icons", f"{name}.svg").read_text(encoding="utf-8")
    loaded = QIcon()
    normal = palette.text if role is None else palette.of(role)
    for mode, color in ((QIcon.Mode.Normal, normal), (QIcon.Mode.Disabled, palette.muted)):
        renderer = QSvgRenderer(QByteArray(svg.replace(_INK, color).encode()))
        for size in _SIZES:
            loaded.addPixmap(_render(renderer, size, 1.0 if mode is QIcon.Mode.Normal else 0.6), mode)
    return loaded


def app_icon() -> QIcon:
    """Load the program's icon, which keeps its own colors in every theme."""
    renderer = QSvgRenderer(str(asset_path("icons", "dreamer-studio.svg")))
    loaded = QIcon()
    for size in (*_SIZES, 128, 256):
        loaded.addPixmap(_render(renderer, size))
    return loaded


class IconBinding(QObject):
    """Keeps the icon of an action or a button in the theme's colors as long as the action or button exists."""

    def __init__(self, theme: Theme, target: QAction | QAbstractButton, name: str, role: Role | None = None) -> None:
        super().__init__(target)
        self._theme = theme
        self._target = target
        self._name = name
        self._role = role
        theme.changed.connect(self._restyle)
        self._restyle(theme.palette)

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        if name != self._name:
            self._name = name
            self._restyle(self._theme.palette)

    def _restyle(self, palette: Palette) -> None:
        self._target.setIcon(icon(self._name, palette, self._role))


def _render(renderer: QSvgRenderer, size: int, opacity: float = 1.0) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    renderer.render(painter)
    painter.end()
    return pixmap
