"""A quantity at each dreamed step, with its interval, its null and the training horizon."""

from __future__ import annotations

import numpy as np

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.plots.band import Band
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.trust.gauge import Curve
from dreamer_studio.viewing.role import Role

MEAN, MEDIAN, QUARTILES, UPPER, WORTHLESS = "mean", "median", "quartiles", "upper quartile", "worth nothing"
_STYLES = (
    SeriesStyle(MEAN, Role.DREAM),
    SeriesStyle(MEDIAN, Role.MODEL, dashed=True),
    SeriesStyle(QUARTILES, Role.MODEL, dotted=True),
    SeriesStyle(UPPER, Role.MODEL, dotted=True),
    SeriesStyle(WORTHLESS, Role.NEUTRAL, dashed=True),
)


class StepPlot(TimelinePlot):
    """A curve of the open loops: its number with the 95% interval as a band, median, quartiles, and the null."""

    def __init__(self, theme: Theme, *, name: str, unit: str, null: float, empty_text: str) -> None:
        """Make an empty plot; `null` is the value at which the model is worth nothing."""
        self._null = null
        super().__init__(
            theme,
            _STYLES,
            name=name,
            x_title="dreamed step",
            empty_text=empty_text,
            now_word="training horizon",
            in_sight=(null,),
        )
        self.unit = unit
        self.legend.set_series([style for style in _STYLES if style.name != UPPER])

    def show_curve(self, curve: Curve, training_horizon: int) -> None:
        """Draw a curve of L steps."""
        x = np.arange(1.0, len(curve.value) + 1)
        known = np.isfinite(curve.low) & np.isfinite(curve.high)
        middle, half = (curve.high + curve.low) / 2, (curve.high - curve.low) / 2
        self.set_band(Band("95% interval", x[known], middle[known], half[known]) if known.any() else None)
        for name, y in (
            (MEAN, curve.value),
            (MEDIAN, curve.median),
            (QUARTILES, curve.lower),
            (UPPER, curve.upper),
            (WORTHLESS, np.full(len(x), self._null)),
        ):
            self.set_series(name, x, np.where(np.isfinite(y), y, np.nan))
        self.set_now(float(training_horizon))
