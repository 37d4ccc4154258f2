"""The workers of the page and their channels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject

from dreamer_studio.config import Config
from dreamer_studio.runs.planning import AUTO
from dreamer_studio.studio.new_run.threads import PageThread
from dreamer_studio.viewing.new_run.check_worker import CheckWorker
from dreamer_studio.viewing.new_run.device_worker import DeviceWorker
from dreamer_studio.viewing.new_run.measure_worker import MeasureWorker
from dreamer_studio.viewing.new_run.measurements import Measurements
from dreamer_studio.viewing.new_run.messages import MeasureRequest, NewRunChannels
from dreamer_studio.viewing.new_run.place import PlaceQuestion, PlaceWorker
from dreamer_studio.viewing.new_run.preview_worker import PreviewWorker
from dreamer_studio.viewing.new_run.tasks_worker import DefaultsWorker, TasksWorker
from dreamer_studio.viewing.worker import WaitingWorker


class PageWorkers(QObject):
    """Starts and ends the workers of the page, and passes requests to them.

    Attributes:
        channels: the requests and results.
        measurements: the measurements of this machine.
        device: where this window computes: "auto", "cpu", "cuda" or "mps".

    Args:
        measurements: the attribute `measurements`.
        device: the attribute `device`.
        roots: returns the folders of runs, or runs themselves. While one of them trains, only the user's request starts
            a measurement.
        parent: the owner.
    """

    def __init__(
        self,
        measurements: Measurements,
        device: str = AUTO,
        roots: Callable[[], Iterable[Path]] = tuple,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.device, self._roots = device, roots
        self.channels = NewRunChannels()
        self.measurements = measurements
        self._preview: PreviewWorker | None = None
        self._measure: MeasureWorker | None = None
        self._check: CheckWorker | None = None
        self._threads: list[PageThread] = []

    def begin(self) -> None:
        """Make the workers, each in a new thread."""
        self._drop_ended()
        self._preview = PreviewWorker(self.channels.preview)
        self._measure = MeasureWorker(self.channels.measure, self.measurements, self.device)
        self._check = CheckWorker(self.channels.check)
        workers: dict[str, WaitingWorker] = {
            "tasks": TasksWorker(self.channels.tasks),
            "defaults": DefaultsWorker(self.channels.defaults),
            "preview": self._preview,
            "measure": self._measure,
            "check": self._check,
            "device": DeviceWorker(self.channels.device),
            "place": PlaceWorker(self.channels.place),
        }
        for name, worker in workers.items():
            thread = PageThread(name, worker, self)
            self._threads.append(thread)
            thread.start()

    def show_preview(self, config: Config | None) -> None:
        """Ask for a preview in place of the last one; None ends the environment."""
        if config is None:
            self.channels.preview.withdraw()
        else:
            self.channels.preview.ask(config)
        if self._preview is not None:
            self._preview.drop()

    def look(self, place: PlaceQuestion) -> None:
        """Ask for a look at the folder of the run."""
        self.channels.place.ask(place)

    def measure(self, config: Config, *, automatic: bool) -> None:
        """Ask for a measurement; an automatic measurement does not begin if it would harm other work."""
        roots = tuple(self._roots()) if automatic else ()
        self.channels.measure.ask(MeasureRequest(config, automatic, roots))

    def cancel_measurement(self) -> None:
        """End the measurement."""
        self.channels.measure.withdraw()
        if self._measure is not None:
            self._measure.drop()

    def check(self, config: Config) -> None:
        """Ask for a check of a task."""
        self.channels.check.ask(config)

    def cancel_check(self) -> None:
        """End the check."""
        self.channels.check.withdraw()
        if self._check is not None:
            self._check.drop()

    def stop(self) -> None:
        """Ask all threads to end themselves and their processes."""
        for thread in self._threads:
            thread.stop()

    def end(self) -> None:
        """End all threads and processes, and wait until they have ended."""
        self.stop()
        for thread in self._threads:
            thread.wait_for_end()
        self._drop_ended()

    def _drop_ended(self) -> None:
        """Delete the threads of earlier visits to the page that have ended, with their workers."""
        for thread in self._threads:
            if not thread.isRunning():
                thread.deleteLater()
        self._threads = [thread for thread in self._threads if thread.isRunning()]
