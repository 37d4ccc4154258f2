"""The base of all plots: look, follow and hold, the crosshair, the context menu, the empty state."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.layout.stage import toggle_large
from dreamer_studio.studio.widgets.plots.export.figure import PlotFigure
from dreamer_studio.studio.widgets.plots.export.table import summary, within
from dreamer_studio.studio.widgets.plots.graph import color_view, size_axes
from dreamer_studio.studio.widgets.plots.readout import Readout
from dreamer_studio.studio.widgets.plots.saving import SavablePlot
from dreamer_studio.studio.widgets.plots.series import SeriesStyle, si_label
from dreamer_studio.studio.widgets.text import mute, plain_label, text_scale
from dreamer_studio.viewing.throttle import Throttle

READOUT_REACH = 8  # most pixels between the mouse and a sample in the readout
_FEWEST_PIXELS = 4  # least move of the crosshair for a press of an arrow key
_WHEEL = 0.8  # share of the values that stays in sight after a notch of the wheel
_LEAST_HEIGHT = 84  # room for ticks and a readable line
_TITLED_HEIGHT = 106  # room for the title of the horizontal axis too
_SUMMARY_SECONDS = 2.0  # between two descriptions for screen readers


class Plot(SavablePlot):
    """A plot that follows its data until the user drags or zooms it, and then holds still.

    The button that appears while the plot holds, or the key 0 follow again; a double-click enlarges; + and - zoom, and
    so does the wheel once the plot has the focus. The arrow keys move the crosshair. A right click, or the menu key,
    opens the context menu.
    """

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Chart

    picked: ClassVar[Signal] = Signal(float)
    """Emitted when the user clicks, with the position on the horizontal axis."""

    pointed: ClassVar[Signal] = Signal(object)
    """Emitted when the user moves the crosshair, with its position, or None if it disappears."""

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
        super().__init__(theme, series, x_title, parent)
        self._pointed: float | None = None
        self._briefly = False
        self._summary_due = Throttle(_SUMMARY_SECONDS)
        self._readout: Readout | None = None
        self._empty = _make_empty_label(empty_text)
        self._lay_out()
        theme.changed.connect(self._follow_theme)
        self.setAccessibleName(name)
        self.setAccessibleDescription(empty_text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def readout(self) -> str:
        """Return the text beside the crosshair, or an empty text."""
        return "" if self._readout is None else self._readout.text

    def point_at(self, x: float | None, *, briefly: bool = False) -> None:
        """Move the crosshair to a position, or hide it with None; `briefly` leaves out all but the values."""
        self._pointed, self._briefly = x, briefly
        self._read()

    def figure(self) -> PlotFigure:
        """Return the plot as a figure, without the crosshair."""
        self.point_at(None)
        return super().figure()

    def set_empty_text(self, text: str) -> None:
        """Set the text of the empty plot: what will fill it, and when, or why nothing will."""
        self._empty.setText(text)

    def spoken(self) -> str:
        """Return the values under the crosshair, and a summary of the lines."""
        self._describe()
        return ". ".join(words for words in (self.readout.replace("\n", ", "), self.accessibleDescription()) if words)

    def sizeHint(self) -> QSize:
        """Return a fixed size; pyqtgraph's own hint is the current size, which makes layouts creep."""
        return QSize(320, 160)

    def minimumSizeHint(self) -> QSize:
        """Return room for the axes, without the title of the horizontal one, and for a readable line."""
        return QSize(160, round(_LEAST_HEIGHT * text_scale()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, follow, hold, fit, copy, or move the crosshair."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_values()
            return
        match pressed(Scope.PLOT, event.key()):
            case "plot.zoom_in":
                self.zoom(0.5)
            case "plot.zoom_out":
                self.zoom(2.0)
            case "plot.follow":
                self.follow()
            case "plot.hold":
                self.hold()
            case "plot.fit":
                self.fit()
            case "plot.left" if self._takes_arrows():
                self._step(-1)
            case "plot.right" if self._takes_arrows():
                self._step(1)
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu on the menu key; a right click opens the menu when the button goes up, after no drag."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.open_menu(self.mapToGlobal(self.rect().center()))
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Refresh the description that a screen reader reads next."""
        self._describe()
        super().focusInEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Let the axes follow the size of the text."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self._has_view:
            size_axes(self._view, self.font())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enlarge on a double-click, zoom by the wheel with the focus, and hide the crosshair when the mouse leaves."""
        if isinstance(event, QWheelEvent):
            return self._turn(event) or super().eventFilter(watched, event)
        if event.type() is QEvent.Type.MouseButtonDblClick:
            return toggle_large(self)
        if event.type() is QEvent.Type.Leave:
            self._point(None)
        elif event.type() is QEvent.Type.Resize:
            self.leave_out_title(self._view.height() < _TITLED_HEIGHT * text_scale())
            self._place_overlays()
        return super().eventFilter(watched, event)

    def _turn(self, event: QWheelEvent) -> bool:
        """Zoom the values by Shift and wheel. Return False to leave the wheel to the view, which zooms along x.

        Without the focus, the plot leaves the wheel to the page, which scrolls.
        """
        if not self.hasFocus():
            event.ignore()
            return True
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False
        position = self._view.mapToScene(event.position().toPoint())
        turned = event.angleDelta().y() or event.angleDelta().x()
        self._zoom_values(_WHEEL ** (turned / 120), self._view.getViewBox().mapSceneToView(position).y())
        return True

    def _readout_lines(self, x: float, reach: float) -> list[str]:
        """Describe the samples within `reach` of `x`, one line each."""
        raise NotImplementedError

    def _brief_lines(self, x: float, reach: float) -> list[str]:
        """Describe the samples for a crosshair that another plot moves."""
        return self._readout_lines(x, reach)

    def _takes_arrows(self) -> bool:
        """Return whether the arrow keys move the crosshair."""
        return True

    def _position_text(self, x: float) -> str:
        """Return a position of the horizontal axis for the readout."""
        return f"{self._x_title} {si_label(round(x), 5)}"

    def _data_changed(self) -> None:
        """Fit the axes to the data, and refresh the descriptions. Subclasses call this after each change."""
        limits = self._limits()
        self._stack.setCurrentWidget(self._empty if limits is None else self._view)
        self._show_limits(limits)
        if self._pointed is not None:
            self._read()
        if self._summary_due() or (limits is not None and self.accessibleDescription() == self._empty.text()):
            self._describe()

    def _describe(self) -> None:
        self.setAccessibleDescription(summary(self._lines()) or self._empty.text())

    def _follow_theme(self, palette: Palette) -> None:
        self._palette = palette
        if self._has_view:
            self._restyle(palette)

    def _restyle(self, palette: Palette) -> None:
        """Give the view the colors of a palette. Subclasses add their own items."""
        color_view(self._view, palette)
        assert self._readout is not None
        self._readout.restyle(palette)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.legend, alignment=Qt.AlignmentFlag.AlignRight)
        # Filled only with a parent: without one, the first page would flash up as a window.
        self._stack = QStackedLayout()
        layout.addLayout(self._stack, stretch=1)
        self._stack.addWidget(self._empty)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _fill_view(self) -> None:
        super()._fill_view()
        self._stack.addWidget(self._view)
        self._view.setGeometry(self._stack.geometry())
        size_axes(self._view, self.font())
        self._readout = Readout(self._view)
        self._view.scene().sigMouseMoved.connect(self._hover)
        self._view.scene().sigMouseClicked.connect(self._click)
        self._view.viewport().installEventFilter(self)

    def _hover(self, position: QPointF) -> None:
        box = self._view.getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self._point(box.mapSceneToView(position).x() if inside else None)

    def _point(self, x: float | None) -> None:
        """Move the crosshair for the user."""
        if x is not None or self._pointed is not None:
            self.point_at(x)
            self.pointed.emit(x)

    def _step(self, direction: int) -> None:
        """Move the crosshair to the next sample in a direction, some pixels on at least, and describe its values."""
        left, right, *_ = self.visible_range()
        shown = within(self._lines(), left, right).values()
        samples = np.unique(np.concatenate([np.empty(0), *(x for x, _ in shown)]))
        if len(samples) == 0:
            return
        if self._pointed is None:
            self._point(float(samples[-1]))
        else:
            least = self._pointed + direction * _FEWEST_PIXELS * self._view.getViewBox().viewPixelSize()[0]
            beyond = samples[samples >= least] if direction > 0 else samples[samples <= least]
            end = samples[-1 if direction > 0 else 0]
            self._point(float(end if len(beyond) == 0 else beyond[0 if direction > 0 else -1]))
        self.setAccessibleDescription(self.readout)

    def _click(self, event: Any) -> None:
        box = self._view.getViewBox()
        if event.button() is Qt.MouseButton.RightButton:
            self.open_menu(event.screenPos().toPoint())
        elif event.button() is Qt.MouseButton.LeftButton and not event.double():
            area = box.sceneBoundingRect()
            if area.contains(event.scenePos()):
                share = (event.scenePos().y() - area.top()) / area.height()
                self._pick(box.mapSceneToView(event.scenePos()), share)

    def _pick(self, position: QPointF, share: float) -> None:
        """Take a click at a position of the axes; `share` of the plot's height lies above the mouse."""
        self.picked.emit(position.x())

    def _read(self) -> None:
        """Show the values at the crosshair."""
        lines: list[str] = []
        if self._pointed is not None and self._extent is not None:
            describe = self._brief_lines if self._briefly else self._readout_lines
            lines = describe(self._pointed, READOUT_REACH * self._view.getViewBox().viewPixelSize()[0])
        if self._readout is None:
            return
        if self._pointed is None or not lines:
            self._readout.hide()
            return
        heading = [] if self._briefly else [self._position_text(self._pointed)]
        self._readout.show(
            "\n".join([*heading, *lines]), self._pointed, 6 if self._following else self._held.height() + 8
        )


def _make_empty_label(text: str) -> QLabel:
    label = plain_label(text, wrap=True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    mute(label)
    return label
