"""Numbers of several futures over the same steps: mean, deviation, least and greatest."""

from __future__ import annotations

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.plots.band import Band
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.role import Role

_RECEIVED, _MEAN, _LEAST, _MOST = "received", "mean, deviation", "least, most", "most"
_STYLES = (
    SeriesStyle(_RECEIVED, Role.REAL),
    SeriesStyle(_MEAN, Role.DREAM),
    SeriesStyle(_LEAST, Role.DREAM, dashed=True),
    SeriesStyle(_MOST, Role.DREAM, dashed=True),
)


class FanPlot(TimelinePlot):
    """A timeline of N futures, with the recorded values where they are known."""

    def __init__(self, theme: Theme, *, name: str, empty_text: str) -> None:
        super().__init__(theme, _STYLES, name=name, empty_text=empty_text, now_word="")
        self.legend.set_series([style for style in _STYLES if style.name != _MOST])

    def set_futures(self, x: Floats, y: Floats, received: tuple[Floats, Floats]) -> None:
        """Draw futures.

        Args:
            x: (L,), agent steps of the episode.
            y: (L, N), at least one.
            received: steps (n,) and rewards (n,).
        """
        self.set_band(Band("futures", x, y.mean(1), y.std(1)))
        self.set_series(_RECEIVED, *received)
        self.set_series(_MEAN, x, y.mean(1))
        self.set_series(_LEAST, x, y.min(1))
        self.set_series(_MOST, x, y.max(1))
