"""A scroll area around a workspace or a page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget


def scrolled(content: QWidget) -> QScrollArea:
    """Return the content in an area that scrolls if the content does not fit.

    Without the area, the largest workspace would set the least size of the window, which must fit a small screen.
    The content keeps the keys, and the background shows through.
    """
    area = QScrollArea()
    fill_area(area, content)
    return area


def list_area(content: QWidget) -> QScrollArea:
    """Return a scroll area for a list. A long list scrolls, and does not make its row of cards taller."""
    area = scrolled(content)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def fill_area(area: QScrollArea, content: QWidget) -> None:
    """Put the content into an existing area, as `scrolled` does with a new one."""
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFocusProxy(content)
    area.setWidget(content)
    for part in (area.viewport(), content):
        part.setAutoFillBackground(False)
