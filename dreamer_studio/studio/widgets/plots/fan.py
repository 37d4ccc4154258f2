"""Numbers of several futures over the same steps: mean, deviation, least and greatest."""

from __future__ import annotations

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.plots.band import Band, BandItem
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
        self._band: BandItem | None = None
        self._futures: Band | None = None
        super().__init__(theme, _STYLES, name=name, empty_text=empty_text, now_word="")
        self.legend.set_series([style for style in _STYLES if style.name != _MOST])
        self._band = BandItem(self._view, Role.DREAM)
        self._band.restyle(theme.palette)

    def set_futures(self, x: Floats, y: Floats, received: tuple[Floats, Floats]) -> None:
        """Draw futures.

        Args:
            x: (L,), agent steps of the episode.
            y: (L, N), at least one.
            received: steps (n,) and rewards (n,).
        """
        assert self._band is not None
        self._futures = Band("futures", x, y.mean(1), y.std(1))
        self._band.show(self._futures, self._on_axis)
        self.set_series(_RECEIVED, *received)
        self.set_series(_MEAN, x, y.mean(1))
        self.set_series(_LEAST, x, y.min(1))
        self.set_series(_MOST, x, y.max(1))

    def clear(self) -> None:
        """Go back to the empty state."""
        assert self._band is not None
        self._futures = None
        self._band.show(None)
        super().clear()

    def _redraw(self) -> None:
        super()._redraw()
        assert self._band is not None
        self._band.show(self._futures, self._on_axis)

    def _restyle(self, palette: Palette) -> None:
        super()._restyle(palette)
        if self._band is not None:
            self._band.restyle(palette)
