"""One image from the environment or the model, in whole pixels."""

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAction,
    QColor,
    QGuiApplication,
    QImage,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.studio.actions import action
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.speech import caption_around
from dreamer_studio.studio.widgets.text import scaled_font

Image = NDArray[np.uint8]


def fitted_rect(frame: QSize, room: QSize, ratio: float) -> QRectF:
    """Return the place of a frame in the middle of a widget, enlarged by the largest whole number that fits.

    The factor counts device pixels, so that all pixels of the frame have the same size on screen. A frame larger than
    its room is shrunk to fit, by any factor.

    Args:
        frame: Size of the frame in its own pixels, not empty.
        room: Size of the widget in logical pixels.
        ratio: Device pixels per logical pixel.

    Returns:
        The rectangle to paint into, in logical pixels, with its edges on device pixels.
    """
    width, height = room.width() * ratio, room.height() * ratio
    fit = min(width / frame.width(), height / frame.height())
    scale = math.floor(fit) if fit >= 1 else fit
    shown_width, shown_height = frame.width() * scale, frame.height() * scale
    left, top = math.floor((width - shown_width) / 2), math.floor((height - shown_height) / 2)
    return QRectF(left / ratio, top / ratio, shown_width / ratio, shown_height / ratio)


class FrameView(QWidget):
    """Shows a uint8 (height, width, 3) frame by nearest neighbor, or a text that says what will fill the widget."""

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Graphic

    def __init__(self, theme: Theme, name: str, empty_text: str = "", parent: QWidget | None = None) -> None:
        """Make an empty widget.

        Args:
            theme: The colors of the empty state.
            name: The image's name for screen readers, such as "Observation".
            empty_text: What will fill the widget, and when.
            parent: The owner.
        """
        super().__init__(parent)
        self._palette = theme.palette
        self._empty_text = empty_text
        self._image: QImage | None = None
        self._captured = False
        self.setAccessibleName(name)
        self.setAccessibleDescription(empty_text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # otherwise Qt paints everything below each time
        self._copy = QAction("Copy image", self)
        self._copy.setShortcuts([QKeySequence(key) for key in action("image.copy").keys])
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._copy.setEnabled(False)
        self._copy.triggered.connect(self.copy_image)
        self.addAction(self._copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        theme.changed.connect(self._restyle)

    def set_frame(self, frame: Image | None) -> None:
        """Show a frame, or the empty state for None.

        Args:
            frame: uint8 (height, width, 3), red first.

        Raises:
            ValueError: If the array has another shape or type; the widget then keeps its frame.
        """
        if frame is None:
            self._image = None
        else:
            self._image = as_image(frame)
        if self._copy.isEnabled() != (frame is not None):
            self._copy.setEnabled(frame is not None)
            self.setAccessibleDescription(self._empty_text if frame is None else "")
        self.update()

    @property
    def image(self) -> QImage | None:
        """Return the image on show at its own size, or None without a frame."""
        return self._image

    def set_empty_text(self, text: str) -> None:
        """Set the text of the empty state: what will fill the widget, and when."""
        self._empty_text = text
        if self._image is None:
            self.setAccessibleDescription(text)
            self.update()

    def set_captured(self, captured: bool) -> None:
        """Draw a thick frame while the widget's keys steer."""
        self._captured = captured
        self.update()

    def copy_image(self) -> None:
        """Copy the frame to the clipboard at its own size; without a frame, do nothing."""
        if self._image is not None:
            QGuiApplication.clipboard().setImage(self._image.copy())

    def frame_rect(self) -> QRectF:
        """Return the frame's rectangle in the widget, in logical pixels; empty without a frame."""
        if self._image is None:
            return QRectF()
        return fitted_rect(self._image.size(), self.size(), self.devicePixelRatioF())

    def spoken(self) -> str:
        """Return the words of the card around the image, or what will fill the widget."""
        if self._image is None:
            return self._empty_text
        return caption_around(self) or f"an image of {self._image.width()} x {self._image.height()} pixels"

    def sizeHint(self) -> QSize:
        """Return four times the size of a 64 x 64 frame."""
        return QSize(256, 256)

    def minimumSizeHint(self) -> QSize:
        """Return twice the size of a 64 x 64 frame."""
        return QSize(128, 128)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame or the empty state."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._palette.surface))
        if self._image is None:
            self._paint_empty(painter)
        else:
            target = self.frame_rect()
            shrunk = target.width() * self.devicePixelRatioF() < self._image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
            painter.drawImage(target, self._image)
            painter.setPen(QPen(QColor(self._palette.border), 1))  # a white image on a white card needs an edge
            painter.drawRect(target.adjusted(-0.5, -0.5, 0.5, 0.5))
        if self._captured:
            painter.setPen(QPen(QColor(self._palette.warn), 4))
            painter.drawRect(self.rect().adjusted(2, 2, -2, -2))
        elif self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_empty(self, painter: QPainter) -> None:
        side = min(self.width(), self.height()) - 1
        box = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        painter.setPen(QPen(QColor(self._palette.border), 1, Qt.PenStyle.DashLine))
        painter.drawRect(box)
        painter.setPen(QColor(self._palette.muted))
        painter.setFont(scaled_font(self.font(), 0.95))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box.adjusted(10, 6, -10, -6), flags, self._empty_text)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()


def _checked(frame: Image) -> Image:
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or 0 in frame.shape:
        raise ValueError(f"a frame is uint8 (height, width, 3), not {frame.dtype} {frame.shape}")
    return frame


def as_image(frame: Image) -> QImage:
    """Return a uint8 (height, width, 3) frame, red first, as an image with its own memory.

    Raises:
        ValueError: If the array has another shape or type.
    """
    frame = np.ascontiguousarray(_checked(frame))
    height, width, channels = frame.shape
    image = QImage(frame.data, width, height, channels * width, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # the screen's format, which enlarges several times faster


def rgb(color: str) -> tuple[int, int, int]:
    """Return red, green and blue of a color written as `#rrggbb`, 0 to 255 each."""
    parts = QColor(color)
    return parts.red(), parts.green(), parts.blue()
