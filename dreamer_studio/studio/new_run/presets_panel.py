"""The presets, each with an estimate of a whole run on this machine."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QPushButton, QRadioButton, QWidget

from dreamer_studio.config import PRESETS, Config
from dreamer_studio.studio.widgets.text import ElidedLabel, mute, plain_label
from dreamer_studio.viewing.new_run.choice import FIRST_PRESET
from dreamer_studio.viewing.new_run.estimate import basis, estimate
from dreamer_studio.viewing.new_run.messages import Measurement

WORDS: Mapping[str, str] = {
    "paper": "The author's numbers, for a GPU.",
    "laptop": "Smaller networks and batches, for two cores.",
    "tiny": "For trying a task: the agent learns nothing.",
}
DEVICES: Mapping[str, str] = {"cuda": "a CUDA GPU", "mps": "Apple's GPU", "cpu": "the CPU"}
NOT_MEASURED = "not measured yet"
HOW = "Measure makes some updates and actions here in the background. This takes seconds; large networks take minutes."


class PresetsPanel(QWidget):
    """Lets the user choose a preset, and measure the time, memory and disk of a run here."""

    chosen: ClassVar[Signal] = Signal(str)
    """Emitted with the preset that the user chooses."""

    measureWanted: ClassVar[Signal] = Signal(str)
    """Emitted with the preset whose run should be measured."""

    measureCanceled: ClassVar[Signal] = Signal()
    """Emitted when the user cancels the measurement."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._began: float | None = None
        self._measured = ""
        self._estimates: dict[str, ElidedLabel] = {}
        self._texts: dict[str, str] = {}
        self._bases: dict[str, str] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._radios: dict[str, QRadioButton] = {}
        self._words: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for number, preset in enumerate(PRESETS):
            self._add(grid, 2 * number, preset)
        self._basis = plain_label(wrap=True)
        mute(self._basis)
        grid.addWidget(self._basis, 2 * len(PRESETS), 0, 1, 3)
        self.select(FIRST_PRESET)
        self._show()

    def select(self, preset: str) -> None:
        """Choose a preset without emitting `chosen`."""
        with QSignalBlocker(self._radios[preset]):
            self._radios[preset].setChecked(True)
        for name, radio in self._radios.items():  # as Qt does for a click: Tab goes to the chosen button only
            radio.setFocusPolicy(Qt.FocusPolicy.StrongFocus if name == preset else Qt.FocusPolicy.ClickFocus)

    def set_proposed(self, preset: str, device: str) -> None:
        """Say which preset suits the kind of device that computes here."""
        for name, label in self._words.items():
            here = f" Proposed here: {DEVICES.get(device, device)} computes." if name == preset else ""
            label.setText(f"{WORDS.get(name, '')}{here}")

    def words_of(self, preset: str) -> str:
        """Return the description of a preset as shown."""
        return self._words[preset].text()

    def estimate_of(self, preset: str) -> str:
        """Return the estimate of a preset as shown."""
        return self._estimates[preset].text()

    def radio_of(self, preset: str) -> QRadioButton:
        """Return the button that chooses a preset."""
        return self._radios[preset]

    @property
    def basis(self) -> str:
        """Return the sentence that says how the chosen preset was measured, or how to measure."""
        return self._basis.text()

    def button_of(self, preset: str) -> QPushButton:
        """Return the button that measures a preset or cancels its measurement."""
        return self._buttons[preset]

    def set_configs(self, configs: Mapping[str, tuple[Config, Measurement | None]]) -> None:
        """Show estimates for each preset's configuration; without a measurement say that there is none."""
        for preset, (config, measured) in configs.items():
            text, tip = f"{config.steps:,} steps. Time, memory and disk: {NOT_MEASURED}.", ""
            if measured is not None:
                text = f"{config.steps:,} steps: {estimate(config, measured).words}."
                tip = basis(config.task, measured)
            self._texts[preset] = text
            self._bases[preset] = tip
            self._radios[preset].setAccessibleDescription(f"{WORDS.get(preset, '')} {text} {tip}".strip())
            self._buttons[preset].setText("Measure again" if measured is not None else "Measure")
        self._show()

    def set_measuring(self, preset: str) -> None:
        """Say that a preset is being measured; empty if none is."""
        self._measured = preset
        self._began = time.monotonic() if preset else None
        self._show()

    def show_failure(self, preset: str, reason: str) -> None:
        """Say why a preset could not be measured."""
        self._texts[preset] = f"The measurement failed: {reason}"
        self._show()

    def tick(self) -> None:
        """Count the seconds of a measurement."""
        if self._began is not None:
            seconds = int(time.monotonic() - self._began)
            self._estimates[self._measured].setText(f"Measuring this machine: {seconds} s so far.")

    def _show(self) -> None:
        for preset, label in self._estimates.items():
            label.setText(self._texts.get(preset, NOT_MEASURED))
            measuring = preset == self._measured
            button = self._buttons[preset]
            button.setEnabled(bool(self._texts) and (measuring or not self._measured))
            if measuring:
                button.setText("Cancel")
        checked = next((preset for preset, radio in self._radios.items() if radio.isChecked()), "")
        self._basis.setText(self._bases.get(checked, "") or HOW)
        self.tick()

    def _add(self, grid: QGridLayout, row: int, preset: str) -> None:
        radio = QRadioButton(preset)
        radio.toggled.connect(lambda on: self.chosen.emit(preset) if on else None)
        self._group.addButton(radio)
        words = plain_label(WORDS.get(preset, ""), wrap=True)
        estimate_label = ElidedLabel(NOT_MEASURED)
        mute(estimate_label)
        button = QPushButton("Measure")
        button.setAccessibleName(f"Measure {preset}")
        button.setToolTip("Make some updates and actions in the background, which takes seconds to minutes")
        button.clicked.connect(lambda: self._press(preset))
        grid.addWidget(radio, row, 0)
        grid.addWidget(words, row, 1)
        grid.addWidget(button, row, 2)
        grid.addWidget(estimate_label, row + 1, 1, 1, 2)
        self._words[preset] = words
        self._radios[preset], self._estimates[preset], self._buttons[preset] = radio, estimate_label, button

    def _press(self, preset: str) -> None:
        if preset == self._measured:
            self.measureCanceled.emit()
        else:
            self.measureWanted.emit(preset)
