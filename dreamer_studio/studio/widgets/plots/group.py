"""Plots that share one horizontal axis and one crosshair."""

from __future__ import annotations

from PySide6.QtCore import QObject

from dreamer_studio.studio.widgets.plots.plot import Plot


class PlotGroup(QObject):
    """Moves all plots together: zoom, drag, follow, and the position under the mouse.

    Remove a plot before you delete it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plots: list[Plot] = []
        self._busy = False

    @property
    def plots(self) -> tuple[Plot, ...]:
        """Return the plots."""
        return tuple(self._plots)

    def add(self, plot: Plot) -> None:
        """Add a plot. If the others hold still, the plot shows the same part."""
        other = next(iter(self._plots), None)
        self._plots.append(plot)
        plot.pointed.connect(self._point)
        plot.moved.connect(self._move)
        plot.followingChanged.connect(self._follow)
        plot.extentChanged.connect(self._spread)
        self._spread()
        if other is not None and not other.following:
            plot.hold_at(*other.visible_range()[:2])

    def remove(self, plot: Plot) -> None:
        """Let a plot move alone again."""
        self._plots.remove(plot)
        plot.pointed.disconnect(self._point)
        plot.moved.disconnect(self._move)
        plot.followingChanged.disconnect(self._follow)
        plot.extentChanged.disconnect(self._spread)
        plot.set_span(None)
        self._spread()

    def _point(self, x: float | None) -> None:
        for plot in self._plots:
            if plot is not self.sender():
                plot.point_at(x, briefly=True)

    def _move(self, left: float, right: float) -> None:
        if not self._busy:
            self._busy = True
            for plot in self._plots:
                if plot is not self.sender():
                    plot.hold_at(left, right)
            self._busy = False

    def _follow(self, following: bool) -> None:
        if self._busy:
            return
        self._busy = True
        for plot in self._plots:
            if plot is not self.sender():
                if following:
                    plot.follow()
                else:
                    plot.hold()
        self._busy = False

    def _spread(self) -> None:
        """Let all plots that follow show the data of all plots."""
        extents = [plot.extent for plot in self._plots if plot.extent is not None]
        span = (min(left for left, _ in extents), max(right for _, right in extents)) if extents else None
        for plot in self._plots:
            plot.set_span(span)
