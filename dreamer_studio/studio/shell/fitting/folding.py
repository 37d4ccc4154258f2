"""Folds docks to a rail if the window has no room for them, and unfolds them when there is room again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow

from dreamer_studio.studio.shell.fitting.rail import Rail
from dreamer_studio.studio.widgets.text import text_scale

COMFORT = 980
"""Width in pixels that open docks leave to the workspace. Only a dock that the user asks for may leave less."""

LEAST = 352
"""Width in pixels that a dock that the user asks for leaves to the workspace in any case."""

LOW = 760
"""Height of the window in pixels below which the docks of one side become tabs."""

_SIDES = {
    Qt.DockWidgetArea.LeftDockWidgetArea: Qt.ToolBarArea.LeftToolBarArea,
    Qt.DockWidgetArea.RightDockWidgetArea: Qt.ToolBarArea.RightToolBarArea,
}


@dataclass(frozen=True)
class FoldedDock:
    """A dock that may fold.

    Attributes:
        dock: the dock.
        width: its usual width in pixels.
        least: its least useful width in pixels.
    """

    dock: QDockWidget
    width: int
    least: int


class Folding(QObject):
    """Decides after each change of size which docks are open.

    A dock that the user asks for always opens, and the others fold if the workspace would be too narrow. Docks on
    the same side share one width. Floating docks never fold.

    Args:
        window: the window.
        docks: the docks in the order in which they fold: the last folds first.
    """

    def __init__(self, window: QMainWindow, docks: Sequence[FoldedDock]) -> None:
        super().__init__(window)
        self._window = window
        self._docks = {each.dock: each for each in docks}
        self._wanted: list[QDockWidget] = []
        self._asked: QDockWidget | None = None
        self._fitted: tuple[object, ...] | None = None
        self._busy = self._aside = False
        self._rails = {area: Rail(window, side) for area, side in _SIDES.items()}
        for rail in self._rails.values():
            rail.wanted.connect(self.ask)
        for dock in self._docks:
            dock.toggleViewAction().triggered.connect(lambda shown, dock=dock: self._obey(dock, shown))
            dock.installEventFilter(self)
            dock.topLevelChanged.connect(lambda _: self.fit())
        window.installEventFilter(self)

    def begin(self, asked: QDockWidget) -> None:
        """Start to fold and unfold the visible docks. If `asked` is visible, it counts as requested by the user."""
        explicit = Qt.WidgetAttribute.WA_WState_ExplicitShowHide
        self._wanted = [dock for dock in self._docks if not (dock.isHidden() and dock.testAttribute(explicit))]
        self._asked = asked if asked in self._wanted else None
        self._fitted = None
        self.fit()

    def end(self) -> None:
        """Remove the rails."""
        self._window.removeEventFilter(self)
        for rail in self._rails.values():
            self._window.removeToolBar(rail)
            rail.deleteLater()
        self.deleteLater()

    @property
    def folded(self) -> tuple[QDockWidget, ...]:
        """Return the docks that wait on a rail."""
        return tuple(dock for rail in self._rails.values() for dock in rail.docks)

    def ask(self, dock: QDockWidget) -> None:
        """Open a dock because the user asks for it."""
        self._obey(dock, True)
        dock.raise_()

    def offer(self, dock: QDockWidget, wanted: bool) -> None:
        """Open a dock if there is room, or close it."""
        if wanted == (dock in self._wanted):
            return
        if wanted:
            self._wanted.append(dock)
        else:
            self._forget(dock)
        self.fit()

    @contextlib.contextmanager
    def unfolded(self) -> Iterator[None]:
        """Show all folded docks for a moment, because a saved layout must not take them for closed."""
        self._busy = True
        folded = self.folded
        self._window.setUpdatesEnabled(False)
        try:
            for dock in folded:
                dock.show()
            yield
            for dock in folded:
                dock.hide()
        finally:
            self._window.setUpdatesEnabled(True)
            self._busy = False

    def set_aside(self, aside: bool) -> None:
        """Hide all docks and rails, or show again those for which there is room."""
        self._aside = aside
        self._fitted = None
        self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the docks after the window has changed its size, and note a dock that the user closes."""
        if watched is self._window and event.type() in {QEvent.Type.Resize, QEvent.Type.FontChange}:
            QTimer.singleShot(0, self, self.fit)
        elif event.type() is QEvent.Type.Close and isinstance(watched, QDockWidget):
            self._obey(watched, False)
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        """Open the docks for which there is room, and fold the others."""
        window = self._window
        state = (window.width(), window.height() < LOW, tuple(self._wanted), self._asked, self._aside, text_scale())
        if self._busy or state == self._fitted:
            return
        self._busy, self._fitted = True, state
        opened = self._open_docks()
        for dock in self._docks:
            dock.setVisible(dock in opened)
        waiting = [] if self._aside else [dock for dock in self._wanted if dock not in opened]
        for area, rail in self._rails.items():
            rail.show_docks(tuple(dock for dock in waiting if window.dockWidgetArea(dock) is area))
        self._stack(opened)
        self._size(opened)
        self._busy = False

    def _open_docks(self) -> list[QDockWidget]:
        """Return the docks for which there is room: first the one that the user asked for, then in order."""
        if self._aside:
            return []
        order = sorted(self._wanted, key=lambda dock: (dock is not self._asked, list(self._docks).index(dock)))
        opened: list[QDockWidget] = []
        for dock in order:
            if dock is self._asked or dock.isFloating() or self._width_of([*opened, dock]) <= self._room():
                opened.append(dock)
        return opened

    def _room(self) -> int:
        return self._window.width() - COMFORT

    def _rail_widths(self) -> int:
        return sum(rail.sizeHint().width() for rail in self._rails.values() if rail.isVisible())

    def _width_of(self, docks: Sequence[QDockWidget]) -> int:
        """Return the least width of these docks together; docks on the same side share one width."""
        sides: dict[Qt.DockWidgetArea, int] = {}
        for dock in docks:
            if not dock.isFloating():
                area = self._window.dockWidgetArea(dock)
                sides[area] = max(sides.get(area, 0), _scaled(self._docks[dock].least))
        return sum(sides.values())

    def _stack(self, opened: Sequence[QDockWidget]) -> None:
        """Make docks of one side tabs in a low window, and put them below one another in a high one."""
        right = Qt.DockWidgetArea.RightDockWidgetArea
        docks = [d for d in opened if not d.isFloating() and self._window.dockWidgetArea(d) is right]
        if len(docks) < 2:
            return
        second, first = docks[:2]  # the last to fold stands above
        tabbed = second in self._window.tabifiedDockWidgets(first)
        if self._window.height() < LOW and not tabbed:
            self._window.tabifyDockWidget(first, second)
            (self._asked if self._asked in docks else second).raise_()
        elif self._window.height() >= LOW and tabbed:
            self._window.removeDockWidget(second)  # a split of tabs would add another tab
            self._window.addDockWidget(right, second)
            second.show()

    def _size(self, opened: Sequence[QDockWidget]) -> None:
        """Give each open dock its usual width, or less if the workspace needs the room."""
        docks = [dock for dock in opened if not dock.isFloating()]
        spare = max(0, self._room() - self._width_of(docks))
        widths = []
        for dock in docks:
            facts = self._docks[dock]
            least = _scaled(facts.least)
            most = max(1, self._window.width() - self._rail_widths() - _scaled(LEAST))
            widths.append(min(max(least, facts.width), least + spare // len(docks), most))
        self._window.resizeDocks(docks, widths, Qt.Orientation.Horizontal)

    def _obey(self, dock: QDockWidget, shown: bool) -> None:
        self._forget(dock)
        if shown:
            self._wanted.append(dock)
            self._asked = dock
        self.fit()

    def _forget(self, dock: QDockWidget) -> None:
        self._wanted = [each for each in self._wanted if each is not dock]
        if self._asked is dock:
            self._asked = None


def _scaled(pixels: int) -> int:
    """Return a width for the size of the text in use."""
    return round(pixels * text_scale())
