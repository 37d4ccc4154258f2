"""Checks of the chosen task, and measurements of presets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QObject, Signal

from dreamer_studio.config import Config
from dreamer_studio.studio.new_run.check_panel import CheckPanel
from dreamer_studio.studio.new_run.presets_panel import PresetsPanel
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.new_run.messages import NotMeasured


@dataclass(frozen=True)
class UnderWay:
    """A measurement under way.

    Attributes:
        preset: the preset.
        config: its configuration.
        automatic: whether the page began it by itself.
    """

    preset: str
    config: Config
    automatic: bool


class Trials(QObject):
    """Begins and cancels checks and measurements, and shows their progress and outcome.

    Attributes:
        measuring: the measurement under way; None if there is none.

    Args:
        check: shows a check.
        presets: shows a measurement.
        workers: check and measure.
        parent: the owner.
    """

    checkBegun: ClassVar[Signal] = Signal()
    """Emitted when a check has begun."""

    checkEnded: ClassVar[Signal] = Signal()
    """Emitted when a check has ended or was canceled."""

    measurementEnded: ClassVar[Signal] = Signal()
    """Emitted when a measurement has ended or was canceled: there may be new estimates."""

    measurementFailed: ClassVar[Signal] = Signal()
    """Emitted before `measurementEnded` if the measurement has failed."""

    measurementRefused: ClassVar[Signal] = Signal()
    """Emitted before `measurementEnded` if the measurement would have harmed other work."""

    def __init__(self, check: CheckPanel, presets: PresetsPanel, workers: PageWorkers, parent: QObject) -> None:
        super().__init__(parent)
        self._check_panel, self._presets, self._workers = check, presets, workers
        self._checks = AnswerReader(workers.channels.check)
        self._measurements = AnswerReader(workers.channels.measure)
        self.measuring: UnderWay | None = None
        check.canceled.connect(self.cancel_check)
        presets.measureCanceled.connect(self.cancel_measurement)

    @property
    def busy(self) -> bool:
        """Return whether a check or a measurement is under way."""
        return self.measuring is not None or self._check_panel.busy

    def check(self, config: Config) -> None:
        """Check a task with the settings of its environment, in place of an automatic measurement."""
        if self.measuring is not None and self.measuring.automatic:
            self.cancel_measurement()
        self._check_panel.show_starting(config.task)
        self._workers.check(config)
        self.checkBegun.emit()

    def cancel_check(self) -> None:
        """End the check, and forget its report."""
        self._workers.cancel_check()
        self._check_panel.show_nothing()
        self.checkEnded.emit()

    def measure(self, preset: str, config: Config, *, automatic: bool = False) -> None:
        """Measure the configuration of a preset, in place of the measurement under way."""
        if self.measuring is not None:
            self._workers.cancel_measurement()
        self.measuring = UnderWay(preset, config, automatic)
        self._presets.set_measuring(preset, automatic=automatic)
        self._workers.measure(config, automatic=automatic)

    def cancel_measurement(self) -> None:
        """End the measurement."""
        self._workers.cancel_measurement()
        self._end_measurement()

    def leave(self) -> None:
        """Cancel the measurement and the check: nobody would see their results."""
        if self.measuring is not None:
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
        if answer.done:
            self.checkEnded.emit()

    def _take_measurement(self) -> None:
        if (answer := self._measurements.current()) is None or self.measuring is None:
            return
        preset = self.measuring.preset
        if answer.failure is not None:
            self._presets.set_note(preset, f"the measurement failed: {answer.failure.reason}")
            self.measurementFailed.emit()
        elif isinstance(answer.result, NotMeasured):
            self._presets.set_note(preset, answer.result.reason)
            self.measurementRefused.emit()
        self._end_measurement()

    def _end_measurement(self) -> None:
        self.measuring = None
        self._presets.set_measuring("")
        self.measurementEnded.emit()
