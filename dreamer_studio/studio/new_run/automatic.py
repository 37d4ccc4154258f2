"""Measures presets by itself, while no check and no other measurement is under way."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer

from dreamer_studio.config import Config
from dreamer_studio.studio.new_run.presets_panel import PresetsPanel
from dreamer_studio.studio.new_run.previews import Previews
from dreamer_studio.studio.new_run.trials import Trials, UnderWay
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.viewing.new_run.measurements import same_speed

SETTLE_MS = 1500
"""Time without a change before a measurement begins by itself."""

CANCELED = "you canceled it"


class AutomaticMeasurement(QObject):
    """Measures the chosen preset, then the others, once the preview is complete and the user has stopped typing.

    After the user cancels a measurement, no other begins by itself for this task.

    Args:
        trials: measure.
        previews: say when the task was played.
        presets: shows the measurements.
        workers: have the measurements.
        parent: the owner.
    """

    def __init__(
        self, trials: Trials, previews: Previews, presets: PresetsPanel, workers: PageWorkers, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._trials, self._previews, self._presets, self._workers = trials, previews, presets, workers
        self._chosen = ""
        self._configs: Mapping[str, Config] = {}
        self._valid = False
        self._failed: set[Config] = set()
        self._declined: set[str] = set()
        self._refused = False
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(SETTLE_MS)
        self._due.timeout.connect(self._begin)
        presets.measureCanceled.connect(self._decline)
        trials.measurementEnded.connect(self._due.start)
        trials.measurementFailed.connect(self._give_up)
        trials.measurementRefused.connect(self._hold)
        trials.checkEnded.connect(self._due.start)
        previews.ended.connect(self._due.start)

    def want(self, chosen: str, configs: Mapping[str, Config], *, valid: bool) -> None:
        """Measure the configurations of the presets after a moment without a change.

        Args:
            chosen: the preset to measure first.
            configs: by preset; empty while they are unknown.
            valid: whether all values are valid. Otherwise, no measurement begins.
        """
        if (chosen, configs, valid) == (self._chosen, self._configs, self._valid):
            return
        self._chosen, self._configs, self._valid, self._refused = chosen, configs, valid, False
        under_way = self._trials.measuring
        if under_way is not None and under_way.automatic and not self._is_next(under_way):
            self._trials.cancel_measurement()
        self._due.start()

    def come_back(self) -> None:
        """Try again to measure the presets that the last visit could not measure."""
        self._failed.clear()
        self._refused = False
        self._due.start()

    def leave(self) -> None:
        """Begin nothing while the page is hidden."""
        self._due.stop()

    def _begin(self) -> None:
        ready = self._valid and self._previews.complete and not self._refused and not self._trials.busy
        preset = self._next() if ready else None
        if preset is not None and self._configs[preset].task not in self._declined:
            self._trials.measure(preset, self._configs[preset], automatic=True)

    def _next(self) -> str | None:
        """Return the next preset to measure: the chosen one, then the smallest other one; None if all are measured."""
        find, device = self._workers.measurements.find, self._workers.device
        for preset in sorted(self._configs, key=lambda name: (name != self._chosen, *_size(self._configs[name]))):
            config = self._configs[preset]
            # Only the estimate of the chosen preset needs a measurement of its own task.
            if config not in self._failed and find(config, device, exact=preset == self._chosen) is None:
                return preset
        return None

    def _is_next(self, under_way: UnderWay) -> bool:
        """Return whether the measurement under way is still needed."""
        wanted = self._configs.get(under_way.preset)
        return wanted is not None and same_speed(wanted, under_way.config) and self._next() == under_way.preset

    def _decline(self) -> None:
        self._declined |= {config.task for config in self._configs.values()}
        for preset in self._configs:
            self._presets.set_note(preset, CANCELED)

    def _give_up(self) -> None:
        if self._trials.measuring is not None:
            self._failed.add(self._trials.measuring.config)

    def _hold(self) -> None:
        self._refused = True


def _size(config: Config) -> tuple[int, int]:
    return config.deter_size, config.batch_size
