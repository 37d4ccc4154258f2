"""The base of all plots: look, follow and hold, the readout under the mouse, the empty state."""

from collections.abc import Sequence
from typing import Any, ClassVar

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.plots.graph import color_view, make_view
from dreamer_studio.studio.widgets.plots.legend import Legend
from dreamer_studio.studio.widgets.plots.series import SeriesStyle, si_label
from dreamer_studio.studio.widgets.text import mute, scaled_font

Limits = tuple[float, float, float, float]  # x from, x to, y from, y to

_MARGIN = 0.05  # share of the height that stays free above and below, so that a reward of 0 is not on the edge
_READOUT_REACH = 8  # most pixels between the mouse and a sample in the readout


class Plot(QWidget):
    """A plot that follows its data until the user drags or zooms it, and then holds still.

    A double-click, the button that appears while the plot holds, or the key 0 follow again; + and - zoom.
    """

    followingChanged: ClassVar[Signal] = Signal(bool)

    picked: ClassVar[Signal] = Signal(float)
    """Emitted when the user clicks, with the position on the horizontal axis."""

    def __init__(
        self,
        theme: Theme,
        series: Sequence[SeriesStyle],
        *,
        name: str,
        x_title: str,
        empty_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty plot.

        Args:
            theme: The colors.
            series: The lines, in the order of the legend.
            name: The name for screen readers.
            x_title: The unit of the horizontal axis; the card's subtitle has that of the vertical axis.
            empty_text: What will fill the plot, and when.
            parent: The owner.
        """
        super().__init__(parent)
        self.styles = {style.name: style for style in series}
        self.legend = Legend(theme, series)
        self._x_title = x_title
        self._following = True
        self._fitted: Limits | None = None
        self._view = make_view(x_title)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.setVisible(False)
        self._view.addItem(self._cursor, ignoreBounds=True)
        self._readout = _make_readout(self._view)
        self._held = _make_held_button(self)
        self._empty = _make_empty_label(empty_text)
        self._lay_out()
        self._connect(theme)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def following(self) -> bool:
        """Return whether the axes follow the data."""
        return self._following

    def follow(self) -> None:
        """Show all data, and follow them from now on."""
        self._set_following(True)
        self._fitted = None
        self._fit(self._limits())

    def zoom(self, factor: float) -> None:
        """Hold, and show `factor` times as much of the horizontal axis, with the same right end."""
        (left, right), _ = self._view.viewRange()
        self._set_following(False)
        self._view.setXRange(right - (right - left) * factor, right, padding=0)

    def visible_range(self) -> Limits:
        """Return the limits of the axes, in units of the data."""
        (left, right), (bottom, top) = self._view.viewRange()
        return left, right, bottom, top

    def sizeHint(self) -> QSize:
        """Return a fixed size; pyqtgraph's own hint is the current size, which makes layouts creep."""
        return QSize(320, 160)

    def minimumSizeHint(self) -> QSize:
        """Return room for the axes and a readable line."""
        return QSize(160, 110)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, or follow again."""
        match pressed(Scope.PLOT, event.key()):
            case "plot.zoom_in":
                self.zoom(0.5)
            case "plot.zoom_out":
                self.zoom(2.0)
            case "plot.follow":
                self.follow()
            case _:
                super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow again on a double-click; hide the readout when the mouse leaves."""
        if event.type() is QEvent.Type.MouseButtonDblClick:
            self.follow()
        elif event.type() is QEvent.Type.Leave:
            self._show_readout("", 0.0)
        elif event.type() is QEvent.Type.Resize:
            self._place_held_button()
        return super().eventFilter(watched, event)

    def _limits(self) -> Limits | None:
        """Return the limits of all data, or None without data."""
        raise NotImplementedError

    def _readout_lines(self, x: float, reach: float) -> list[str]:
        """Describe the samples within `reach` of `x`, one line each."""
        raise NotImplementedError

    def _data_changed(self) -> None:
        """Fit the axes to the data. Subclasses call this after each change."""
        limits = self._limits()
        self._stack.setCurrentWidget(self._empty if limits is None else self._view)
        self._fit(limits)

    def _fit(self, limits: Limits | None) -> None:
        if not self._following or limits is None or limits == self._fitted:
            return
        self._fitted = limits
        left, right, bottom, top = limits
        margin = _MARGIN * (top - bottom)
        self._view.setRange(xRange=(left, right), yRange=(bottom - margin, top + margin), padding=0)

    def _restyle(self, palette: Palette) -> None:
        """Use the colors of a palette. Subclasses add their own items."""
        color_view(self._view, palette)
        self._cursor.setPen(pg.mkPen(palette.muted, width=1))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.legend, alignment=Qt.AlignmentFlag.AlignRight)
        # Filled only with a parent: without one, the first page would flash up as a window.
        self._stack = QStackedLayout()
        layout.addLayout(self._stack, stretch=1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._view)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _connect(self, theme: Theme) -> None:
        self._view.getViewBox().sigRangeChangedManually.connect(lambda _axes: self._set_following(False))
        self._view.scene().sigMouseMoved.connect(self._hover)
        self._view.scene().sigMouseClicked.connect(self._click)
        self._view.viewport().installEventFilter(self)
        self._held.clicked.connect(self.follow)
        theme.changed.connect(self._restyle)

    def _set_following(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self._held.setVisible(not following)
            self._place_held_button()
            self.followingChanged.emit(following)

    def _place_held_button(self) -> None:
        self._held.adjustSize()
        corner = self._view.geometry().topRight()
        self._held.move(corner.x() - self._held.width() - 3, corner.y() + 3)
        self._held.raise_()

    def _hover(self, position: QPointF) -> None:
        box = self._view.getViewBox()
        if not box.sceneBoundingRect().contains(position):
            self._show_readout("", 0.0)
            return
        x = box.mapSceneToView(position).x()
        lines = self._readout_lines(x, _READOUT_REACH * box.viewPixelSize()[0])
        self._show_readout("\n".join([f"{self._x_title} {si_label(round(x), 5)}", *lines]) if lines else "", x)

    def _click(self, event: Any) -> None:
        box = self._view.getViewBox()
        left = event.button() is Qt.MouseButton.LeftButton and not event.double()
        if left and box.sceneBoundingRect().contains(event.scenePos()):
            self.picked.emit(box.mapSceneToView(event.scenePos()).x())

    def _show_readout(self, text: str, x: float) -> None:
        self._cursor.setVisible(bool(text))
        self._readout.setVisible(bool(text))
        if not text:
            return
        self._cursor.setPos(x)
        self._readout.setText(text)
        self._readout.adjustSize()
        left, right, *_ = self.visible_range()
        room = max(0, self._view.width() - self._readout.width() - 8)
        axis = round(self._view.getAxis("left").width()) + 8
        # On the far side of the mouse, so that the readout does not cover its point.
        top = 6 if self._following else self._held.height() + 8
        self._readout.move(room if x < (left + right) / 2 else min(axis, room), top)


def _make_readout(parent: QWidget) -> QLabel:
    readout = QLabel(parent)
    readout.setTextFormat(Qt.TextFormat.PlainText)
    readout.setFont(scaled_font(readout.font(), 0.9))
    readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    readout.setAutoFillBackground(True)
    readout.setBackgroundRole(QPalette.ColorRole.AlternateBase)
    readout.setContentsMargins(6, 3, 6, 3)
    readout.hide()
    return readout


def _make_held_button(parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText("Held: follow again")
    button.setFont(scaled_font(button.font(), 0.88))
    button.setToolTip("The axes hold still because you moved them. Follow the data again (double-click, or 0).")
    button.hide()
    return button


def _make_empty_label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    mute(label)
    return label
