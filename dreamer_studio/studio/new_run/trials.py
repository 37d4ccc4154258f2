"""Checks of the chosen task and measurements of presets, each when the user asks for one."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QObject, Signal

from dreamer_studio.config import Config
from dreamer_studio.studio.new_run.check_panel import CheckPanel
from dreamer_studio.studio.new_run.presets_panel import PresetsPanel
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.viewing.channel import AnswerReader


class Trials(QObject):
    """Begins and cancels checks and measurements, and shows their progress and outcome.

    Args:
        check: shows a check.
        presets: shows a measurement.
        workers: check and measure.
        parent: the owner.
    """

    checkBegun: ClassVar[Signal] = Signal()
    """Emitted when a check has begun."""

    measurementEnded: ClassVar[Signal] = Signal()
    """Emitted when a measurement has ended or was canceled: there may be new estimates."""

    def __init__(self, check: CheckPanel, presets: PresetsPanel, workers: PageWorkers, parent: QObject) -> None:
        super().__init__(parent)
        self._check_panel, self._presets, self._workers = check, presets, workers
        self._checks = AnswerReader(workers.channels.check)
        self._measurements = AnswerReader(workers.channels.measure)
        self._measuring = ""
        check.canceled.connect(self.cancel_check)
        presets.measureCanceled.connect(self.cancel_measurement)

    def check(self, config: Config) -> None:
        """Check a task with the settings of its environment."""
        self._check_panel.show_starting(config.task)
        self._workers.check(config)
        self.checkBegun.emit()

    def cancel_check(self) -> None:
        """End the check, and forget its report."""
        self._workers.cancel_check()
        self._check_panel.show_nothing()

    def measure(self, preset: str, config: Config) -> None:
        """Measure the configuration of a preset."""
        self._measuring = preset
        self._presets.set_measuring(preset)
        self._workers.measure(config)

    def cancel_measurement(self) -> None:
        """End the measurement."""
        self._workers.cancel_measurement()
        self._end_measurement()

    def leave(self) -> None:
        """Cancel the measurement and the check, whose results nobody would see."""
        if self._measuring:
            self.cancel_measurement()
        if self._check_panel.busy:
            self.cancel_check()

    def tick(self) -> None:
        """Take the newest results."""
        self._take_measurement()
        self._take_check()
        self._presets.tick()

    def _take_check(self) -> None:
        if (answer := self._checks.current()) is None:
            return
        if answer.failure is not None:
            self._check_panel.show_failure(answer.failure.reason)
        elif answer.result is not None:
            self._check_panel.show_result(answer.result)

    def _take_measurement(self) -> None:
        if (answer := self._measurements.current()) is None:
            return
        preset = self._measuring
        self._end_measurement()
        if answer.failure is not None:
            self._presets.show_failure(preset, answer.failure.reason)

    def _end_measurement(self) -> None:
        self._measuring = ""
        self._presets.set_measuring("")
        self.measurementEnded.emit()
