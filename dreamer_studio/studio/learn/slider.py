"""A slider with a label that says its value."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from dreamer_studio.studio.widgets.fields.manners import mannerly
from dreamer_studio.studio.widgets.text import plain_label


class LabeledSlider(QWidget):
    """A horizontal slider over whole numbers.

    Attributes:
        slider: the slider.
    """

    moved = Signal(int)
    """Emitted with each new value."""

    def __init__(
        self, name: str, bounds: tuple[int, int], value: int, words: Callable[[int], str], parent: QWidget | None = None
    ) -> None:
        """Make a slider.

        Args:
            name: for screen readers.
            bounds: the smallest and the largest value.
            value: the first value.
            words: says a value.
            parent: the owner.
        """
        super().__init__(parent)
        self._words = words
        self._label = plain_label(words(value))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(*bounds)
        self.slider.setValue(value)
        self.slider.setAccessibleName(name)
        mannerly(self.slider)
        widest = max((words(each) for each in bounds), key=len)
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance(widest) + 8)
        self.slider.valueChanged.connect(self._tell)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._label)
        layout.addWidget(self.slider, 1)

    @property
    def value(self) -> int:
        """Return the value."""
        return self.slider.value()

    def show_value(self, value: int) -> None:
        """Show a value that the user did not choose; `moved` is not emitted."""
        self.slider.blockSignals(True)
        self.slider.setValue(value)
        self.slider.blockSignals(False)
        self._label.setText(self._words(value))

    def _tell(self, value: int) -> None:
        self._label.setText(self._words(value))
        self.moved.emit(value)
