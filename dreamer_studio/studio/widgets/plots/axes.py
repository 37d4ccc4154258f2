"""The axes of a plot: they follow the data until the user moves them, and the vertical one may be logarithmic."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.widgets.plots.export.table import Lines, within
from dreamer_studio.studio.widgets.plots.graph import make_view, size_axis
from dreamer_studio.studio.widgets.plots.series import finite_range, log_range, nice_range
from dreamer_studio.studio.widgets.text import scaled_font

Limits = tuple[float, float, float, float]  # x from, x to, y from, y to
Span = tuple[float, float]

_MARGIN = 0.05  # share of the height that stays free above and below, so that a reward of 0 is not on the edge
_MOST_EXPONENT = 300.0
_NOTHING_POSITIVE = (0.1, 1.0)  # limits of a logarithmic axis that has no value to show


class PlotAxes(QWidget):
    """A view whose axes follow the data until the user drags or zooms them, and then hold still.

    The view is made when it is first needed, because it takes many milliseconds, and most plots of a window stay empty.
    """

    followingChanged: ClassVar[Signal] = Signal(bool)

    moved: ClassVar[Signal] = Signal(float, float)
    """Emitted when the user moves the horizontal axis, with its limits."""

    extentChanged: ClassVar[Signal] = Signal()
    """Emitted when the horizontal limits of the data change."""

    def __init__(self, x_title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._x_title = x_title
        self._following = True
        self._log = False
        self._fitted: Limits | None = None
        self._span: Span | None = None
        self._extent: Span | None = None
        self._made_view: Any = None
        self._held = _make_held_button(self)
        self._held.clicked.connect(self.follow)

    @property
    def following(self) -> bool:
        """Return whether the axes follow the data."""
        return self._following

    @property
    def log(self) -> bool:
        """Return whether the vertical axis is logarithmic."""
        return self._log

    @property
    def extent(self) -> Span | None:
        """Return the horizontal limits of the data, or None without data."""
        return self._extent

    def follow(self) -> None:
        """Show all data, and follow them from now on."""
        self._set_following(True)
        self._fitted = None
        self._fit(self._limits())

    def hold(self) -> None:
        """Keep the axes as they are."""
        self._set_following(False)

    def hold_at(self, left: float, right: float) -> None:
        """Hold, and show this part of the horizontal axis."""
        self._set_following(False)
        self._view.setXRange(left, right, padding=0)

    def fit(self) -> None:
        """Hold, and fit the vertical axis to the values in sight."""
        left, right, *_ = self.visible_range()
        along = self._along(*(y for _, y in within(self._left_lines(), left, right).values()))
        if along is not None:
            self._set_following(False)
            self._set_range((left, right, *self._rounded(*along)))

    def zoom(self, factor: float) -> None:
        """Hold, and show `factor` times as much of the horizontal axis, with the same right end."""
        left, right, *_ = self.visible_range()
        self.hold_at(right - (right - left) * factor, right)
        self.moved.emit(right - (right - left) * factor, right)

    def set_span(self, span: Span | None) -> None:
        """Set the horizontal limits that the plot shows while it follows; None for those of its own data."""
        if span != self._span:
            self._span, self._fitted = span, None
            self._fit(self._limits())

    def set_x_title(self, title: str) -> None:
        """Name the unit of the horizontal axis."""
        self._x_title = title
        if self._has_view:
            self._view.getAxis("bottom").setLabel(title)

    def leave_out_title(self, out: bool) -> None:
        """Leave out the title of the horizontal axis, or show the title again."""
        axis = self._view.getAxis("bottom")
        if axis.titled == out:
            axis.titled = not out
            axis.showLabel()
            size_axis(axis, self.font())

    def set_log(self, on: bool) -> None:
        """Make the vertical axis logarithmic or linear. A logarithmic axis shows positive values only."""
        if on == self._log:
            return
        self._log = on
        self._fitted = None
        if self._has_view:
            self._view.getAxis("left").log = on
            self._redraw()
        if self._following:
            self._fit(self._limits())
        else:
            self.fit()

    def visible_range(self) -> Limits:
        """Return the limits of the axes, in units of the data."""
        (left, right), (bottom, top) = self._view.viewRange()
        return (left, right, _power_of_ten(bottom), _power_of_ten(top)) if self._log else (left, right, bottom, top)

    @property
    def _view(self) -> Any:
        """Return the view of pyqtgraph. The first call makes the view and everything in it."""
        if self._made_view is None:
            self._made_view = make_view(self._x_title)
            self._made_view.getAxis("left").log = self._log
            self._made_view.getViewBox().sigRangeChangedManually.connect(lambda _axes: self._note_move())
            self._fill_view()
        return self._made_view

    @property
    def _has_view(self) -> bool:
        """Return whether the view has been made."""
        return self._made_view is not None

    def _fill_view(self) -> None:
        """Make everything that the view shows. Subclasses add their items."""

    def _limits(self) -> Limits | None:
        """Return the limits of all data, or None without data."""
        raise NotImplementedError

    def _lines(self) -> Lines:
        """Return the values of all lines."""
        raise NotImplementedError

    def _left_lines(self) -> Lines:
        """Return the values of all lines of the left axis."""
        return self._lines()

    def _redraw(self) -> None:
        """Draw all lines again, through `_on_axis`, after the vertical axis has changed."""
        raise NotImplementedError

    def _on_axis(self, y: Floats) -> Floats:
        """Return values (n,) as positions on the vertical axis; NaN where a logarithmic axis has none."""
        if not self._log:
            return y
        return np.log10(y, out=np.full(len(y), np.nan), where=y > 0)

    def _along(self, *values: Floats) -> Span | None:
        """Return the least and the greatest value that the vertical axis can show, or None without values."""
        along = finite_range(*values)
        if not self._log or along is None:
            return along
        return finite_range(*(y[y > 0] for y in values)) or _NOTHING_POSITIVE

    def _rounded(self, low: float, high: float) -> Span:
        """Widen limits of the vertical axis to round ones."""
        return log_range(low, high) if self._log else nice_range(low, high)

    def _show_limits(self, limits: Limits | None) -> None:
        """Fit the axes to the limits of the data, after a change of the data."""
        extent = None if limits is None else limits[:2]
        self._fit(limits)
        if extent != self._extent:
            self._extent = extent
            self.extentChanged.emit()

    def _fit(self, limits: Limits | None) -> None:
        if self._following and limits is not None and limits != self._fitted:
            self._fitted = limits
            self._set_range((*(self._span or limits[:2]), *limits[2:]))

    def _set_range(self, limits: Limits) -> None:
        left, right, bottom, top = limits
        if self._log:
            bottom, top = float(np.log10(bottom)), float(np.log10(top))
        margin = _MARGIN * (top - bottom)
        self._view.setRange(xRange=(left, right), yRange=(bottom - margin, top + margin), padding=0)

    def _set_following(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self._held.setVisible(not following)
            self._place_overlays()
            self.followingChanged.emit(following)

    def _place_overlays(self) -> None:
        self._held.adjustSize()
        corner = self._view.geometry().topRight()
        self._held.move(corner.x() - self._held.width() - 3, corner.y() + 3)
        self._held.raise_()

    def _zoom_values(self, factor: float, middle: float) -> None:
        """Hold, and show `factor` times as much of the vertical axis, around a position on it."""
        _, (bottom, top) = self._view.viewRange()
        self._set_following(False)
        self._view.setYRange(middle - (middle - bottom) * factor, middle + (top - middle) * factor, padding=0)

    def _note_move(self) -> None:
        self._set_following(False)
        self.moved.emit(*self.visible_range()[:2])


def _make_held_button(parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText("Held: follow again")
    button.setFont(scaled_font(button.font(), 0.88))
    button.setToolTip("The axes hold still because you moved them. Follow the data again (0).")
    button.hide()
    return button


def _power_of_ten(exponent: float) -> float:
    """Return a power of ten as a finite number. An axis that was linear a moment ago can have any exponent."""
    return float(10.0 ** min(max(exponent, -_MOST_EXPONENT), _MOST_EXPONENT))
