"""Find boxes for values that keep Qt's own wheel and keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QSlider, QWidget

from dreamer_studio.studio.widgets.fields.manners import Manners


def turn_wheel(
    widget: QWidget, at: QPoint | None = None, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Turn the wheel by one notch over a point of a widget, or over its center, with a key held."""
    here = at or widget.rect().center()
    event = QWheelEvent(
        QPointF(here),
        QPointF(widget.mapToGlobal(here)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def boxes_in(root: QWidget) -> list[QWidget]:
    """Return all number boxes, lists of choices and sliders below a widget."""
    return [box for kind in (QAbstractSpinBox, QComboBox, QSlider) for box in root.findChildren(kind)]


def without_manners(root: QWidget) -> list[str]:
    """Return the names of the boxes whose wheel and keys are those of Qt."""
    return [f"{type(box).__name__} {box.accessibleName()!r}" for box in boxes_in(root) if not box.findChildren(Manners)]
