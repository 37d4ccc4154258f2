"""Boxes to set how much a future leaves to chance."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.number_box import real_box


class ChanceBox(QWidget):
    """Choose from three words how much is left to chance; the third word has a temperature."""

    changed = Signal()
    """Emitted when the user chooses another word or temperature."""

    def __init__(self, name: str, words: tuple[str, str, str]) -> None:
        super().__init__()
        label = QLabel(name.lower())
        self._word = choice_box(name, words, label=label)
        tip = "1 draws an ordinary sample. Lower values stay closer to the mean"
        self._temperature = real_box((0.05, 5.0), 1.5, 0.25, f"{name}: temperature", tip)
        self._temperature.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (label, self._word, self._temperature):
            layout.addWidget(widget)
        self._word.activated.connect(lambda _: self._change())
        self._temperature.valueChanged.connect(lambda _: self.changed.emit())

    def value(self, nothing: float | None) -> float | None:
        """Return the temperature: 1 for a sample, or `nothing` if nothing is left to chance."""
        return (1.0, nothing, self._temperature.value())[self._word.currentIndex()]

    def _change(self) -> None:
        self._temperature.setVisible(self._word.currentIndex() == 2)
        self.changed.emit()
