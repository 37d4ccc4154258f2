"""The switch that shows the author's published scores behind the returns."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton

from dreamer_studio.published import SOURCE, published_curve
from dreamer_studio.studio.widgets.plots.band import Band
from dreamer_studio.studio.widgets.plots.training.curve import CurvePlot
from dreamer_studio.studio.widgets.text import scaled_font


class PublishedSwitch(QToolButton):
    """A switch, on at first, for tasks with published scores; hidden for other tasks."""

    def __init__(self, plot: CurvePlot) -> None:
        super().__init__()
        self._plot = plot
        self._task = ""
        self._band: Band | None = None
        self.setText("published")
        self.setFont(scaled_font(self.font(), 0.88))
        self.setCheckable(True)
        self.setToolTip(f"Show the author's published scores.\n{SOURCE}")
        self.setAccessibleName("Show the author's published scores")
        self.setAccessibleDescription(SOURCE)
        self.toggled.connect(lambda on: self._plot.set_band(self._band if on else None))
        self.hide()

    def set_task(self, task: str) -> None:
        """Set the task of the returns."""
        if task == self._task:
            return
        self._task = task
        curve = published_curve(task)
        self._band = None if curve is None else Band("published", curve.step, curve.mean, curve.std)
        self.setVisible(curve is not None)
        self.setChecked(curve is not None)
