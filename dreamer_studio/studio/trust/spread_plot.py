"""The spread of sampled futures beside the real error, by dreamed step."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.trust.gauge import Curve
from dreamer_studio.viewing.role import Role

SPREAD, ERROR = "spread of futures", "real error"
_CURVES = {SPREAD: "spread_image", ERROR: "spread_error"}


class SpreadPlot(TimelinePlot):
    """Mean spread of the futures and mean error of the first one, root mean square of colors from 0 to 1."""

    def __init__(self, theme: Theme, *, name: str, empty_text: str) -> None:
        styles = (SeriesStyle(SPREAD, Role.DREAM), SeriesStyle(ERROR, Role.ERROR, dashed=True))
        super().__init__(
            theme, styles, name=name, x_title="dreamed step", empty_text=empty_text, now_word="training horizon"
        )
        self.unit = "of the colors"

    def show_curves(self, curves: Mapping[str, Curve], training_horizon: int) -> None:
        """Draw the curves of the gauge *spread*; none if the gauge has none."""
        self.clear()
        for name, key in _CURVES.items():
            if key in curves:
                value = curves[key].value
                self.set_series(name, np.arange(1.0, len(value) + 1), value)
                self.set_now(float(training_horizon))
