"""The presets, each with an estimate of a whole run on this machine."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import ClassVar

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QPushButton, QRadioButton, QWidget

from dreamer_studio.config import LESSON_TASKS, Config, offered_presets
from dreamer_studio.studio.widgets.text import ElidedLabel, mute, plain_label
from dreamer_studio.viewing.new_run.choice import FIRST_PRESET
from dreamer_studio.viewing.new_run.estimate import basis, estimate
from dreamer_studio.viewing.new_run.messages import Measurement

WORDS: Mapping[str, str] = {
    "paper": "The author's numbers, for a GPU.",
    "laptop": "Smaller networks and batches, for two cores.",
    "tiny": "For trying a task: the agent learns nothing.",
    "lesson": "Made for the lesson's tasks, for two cores.",
}
DEVICES: Mapping[str, str] = {"cuda": "a CUDA GPU", "mps": "Apple's GPU", "cpu": "the CPU"}
NOT_MEASURED = "not measured yet"
HOW = "After the preview, the page measures this machine: some updates and actions in the background."
MEASURING = "Some updates and actions run in the background. Cancel stops the measurements of this task."
MEASURE, AGAIN, CANCEL = "Measure", "Measure again", "Cancel"
ON_REQUEST = "Press Measure to measure it anyway."


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
        self._automatic = False
        self._configs: Mapping[str, tuple[Config, Measurement | None]] = {}
        self._notes: dict[str, str] = {}
        self._estimates: dict[str, ElidedLabel] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._radios: dict[str, QRadioButton] = {}
        self._words: dict[str, QLabel] = {}
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        presets = offered_presets(LESSON_TASKS)
        for number, preset in enumerate(presets):
            self._add(grid, 2 * number, preset)
        self._basis = plain_label(wrap=True)
        mute(self._basis)
        grid.addWidget(self._basis, 2 * len(presets), 0, 1, 3)
        self.select(FIRST_PRESET)
        self.offer(offered_presets())
        self._show()

    def select(self, preset: str) -> None:
        """Choose a preset without emitting `chosen`."""
        with QSignalBlocker(self._radios[preset]):
            self._radios[preset].setChecked(True)
        for name, radio in self._radios.items():  # as Qt does for a click: Tab goes to the chosen button only
            radio.setFocusPolicy(Qt.FocusPolicy.StrongFocus if name == preset else Qt.FocusPolicy.ClickFocus)

    def offer(self, presets: Collection[str]) -> None:
        """Show only these presets."""
        for preset, radio in self._radios.items():
            for widget in (radio, self._words[preset], self._estimates[preset], self._buttons[preset]):
                widget.setVisible(preset in presets)

    def set_proposed(self, preset: str, device: str) -> None:
        """Say which preset suits the kind of device that computes here."""
        for name, label in self._words.items():
            here = f" Proposed, because {DEVICES.get(device, device)} computes here." if name == preset else ""
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
        """Show the estimate for each preset's configuration, or say that there is no measurement.

        Args:
            configs: configuration and measurement by preset, all of one task; empty while they are unknown.
        """
        if _task(configs) != _task(self._configs):
            self._notes = {}
        self._configs = configs
        self._show()

    def set_measuring(self, preset: str, *, automatic: bool = False) -> None:
        """Say that a preset is being measured; empty if none is. Meanwhile the user may ask for another preset."""
        self._measured, self._automatic = preset, automatic
        self._notes.pop(preset, None)
        self._began = time.monotonic() if preset else None
        self._show()

    def set_note(self, preset: str, note: str) -> None:
        """Say why a preset was not measured, until it is measured or the task changes."""
        self._notes[preset] = note
        self._show()

    def tick(self) -> None:
        """Count the seconds of a measurement."""
        if self._began is not None:
            seconds = int(time.monotonic() - self._began)
            self._estimates[self._measured].setText(f"Measuring this machine: {seconds} s so far.")

    def _show(self) -> None:
        two_lines = 2 * self.fontMetrics().lineSpacing()
        self._grid.setRowMinimumHeight(2 * len(self._radios), two_lines)  # the basis often has two
        for preset, label in self._estimates.items():
            text, basis_words = self._words_about(preset)
            label.setText(text)
            self._radios[preset].setAccessibleDescription(f"{WORDS.get(preset, '')} {text} {basis_words}".strip())
            if self._radios[preset].isChecked():
                self._basis.setText(basis_words or (MEASURING if self._measured else HOW))
            self._show_button(preset)
        self.tick()

    def _show_button(self, preset: str) -> None:
        button, measuring = self._buttons[preset], preset == self._measured
        button.setEnabled(bool(self._configs) and (measuring or not self._measured or self._automatic))
        again = preset in self._configs and self._configs[preset][1] is not None
        button.setText(CANCEL if measuring else AGAIN if again else MEASURE)

    def _words_about(self, preset: str) -> tuple[str, str]:
        """Return a preset's estimate with its basis, or the reason why there is no estimate."""
        if preset not in self._configs:
            return NOT_MEASURED, ""
        config, measured = self._configs[preset]
        if measured is not None:
            return f"{config.steps:,} steps: {estimate(config, measured).words}.", basis(config.task, measured)
        note = self._notes.get(preset, "")
        why = f"{preset} is not measured: {note.rstrip('.')}. {ON_REQUEST}" if note else ""
        return f"{config.steps:,} steps. Time, memory and disk: {NOT_MEASURED}.", why

    def _add(self, grid: QGridLayout, row: int, preset: str) -> None:
        radio = QRadioButton(preset)
        radio.toggled.connect(lambda on: self.chosen.emit(preset) if on else None)
        self._group.addButton(radio)
        words = plain_label(WORDS.get(preset, ""), wrap=True)
        estimate_label = ElidedLabel(NOT_MEASURED)
        mute(estimate_label)
        button = _MeasureButton(MEASURE)
        button.setAccessibleName(f"Measure {preset}")
        button.setToolTip("Make some updates and actions in the background; takes seconds to minutes")
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


class _MeasureButton(QPushButton):
    """A button as wide as its longest text, so that the page stays as it is when the text changes."""

    def sizeHint(self) -> QSize:
        """Return the size for the longest text."""
        hint, widths = super().sizeHint(), [self.fontMetrics().horizontalAdvance(text) for text in (AGAIN, self.text())]
        return QSize(hint.width() + widths[0] - widths[1], hint.height())


def _task(configs: Mapping[str, tuple[Config, Measurement | None]]) -> str:
    return next((config.task for config, _ in configs.values()), "")
