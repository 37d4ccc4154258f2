"""The docks of one run: Facts, Control and Replay."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.session import START, Status
from dreamer_studio.studio.curve_cards.curves import describe_change
from dreamer_studio.studio.replay.dock import ReplayDock
from dreamer_studio.studio.shell.fitting.folding import FoldedDock, Folding
from dreamer_studio.studio.shell.run_panel import RunPanel
from dreamer_studio.studio.workspace import Reaction, RunContext

HEIGHTS = (500, 360)
"""Heights of the Facts and the Control dock if both are visible."""

WIDTHS = (330, 440)
"""Usual widths of the Facts and the Replay dock. The Control dock is as wide as the Facts dock."""

LEAST_WIDTHS = (290, 360)
"""Least useful widths of the Facts and the Replay dock."""


class Docks:
    """Adds the docks to a window, fills them, and removes them.

    Attributes:
        replay: the replay browser.

    Args:
        window: the window for the docks.
        context: the run.
        control: the contents of the Control dock.
    """

    def __init__(self, window: QMainWindow, context: RunContext, control: QWidget) -> None:
        self._window = window
        self._session = context.session
        self._changes: list[str] = []
        self._read = START
        self._panel = RunPanel(context.theme)
        self._run = _dock("Facts", "run-dock", self._panel, window)
        self.replay = ReplayDock(context.theme, context.session, context.replay, window)
        self._control = _dock("Control", "control-dock", control, window)
        # The dock appears with the Dream workspace. If it floated, it would take the keyboard focus from the image.
        self._control.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._run)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.replay)
        window.resizeDocks([self._run, self.replay], [*WIDTHS], Qt.Orientation.Horizontal)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._control)
        window.resizeDocks([self._run, self._control], [*HEIGHTS], Qt.Orientation.Vertical)
        self.replay.hide()
        self._folding = Folding(
            window,
            (
                FoldedDock(self._control, WIDTHS[0], LEAST_WIDTHS[0]),
                FoldedDock(self._run, WIDTHS[0], LEAST_WIDTHS[0]),
                FoldedDock(self.replay, WIDTHS[1], LEAST_WIDTHS[1]),
            ),
        )

    def reactions(self) -> Mapping[str, Reaction]:
        """Return the reactions that show and hide the docks, by action id."""
        return {"view.run": self._run.toggleViewAction(), "view.replay": self.replay.toggleViewAction()}

    def begin(self) -> None:
        """Fold and unfold the docks from now on, by the room that the window has."""
        self._control.hide()
        self._folding.begin(self.replay)

    def unfolded(self) -> AbstractContextManager[None]:
        """Show the folded docks while the layout is saved."""
        return self._folding.unfolded()

    def set_aside(self, aside: bool) -> None:
        """Hide all docks and rails for a presentation, or show them again."""
        self._folding.set_aside(aside)

    def remove(self) -> None:
        """Remove the docks from the window and delete them."""
        self._folding.end()
        for dock in (self._run, self.replay, self._control):
            self._window.removeDockWidget(dock)
            dock.setObjectName("")  # the saved layout must not find a dock that waits to be deleted
            dock.deleteLater()

    def show_control(self, shown: bool) -> None:
        """Show or hide the Control dock. While it is on show, the Facts dock hides the live action: one set of bars."""
        self._panel.show_bars(not shown)
        self._folding.offer(self._control, shown)

    def set_spec(self, spec: EnvSpec) -> None:
        """Use the actions and limits of the task."""
        self._panel.set_spec(spec)

    def refresh(self, framing: tuple[int, int]) -> None:
        """Show new results in the replay browser. Scenes saved there have this context and length."""
        self.replay.refresh(*framing)

    def show_action(self, action: NDArray[np.float32], status: Status) -> None:
        """Show the action that led to the newest frame, (A,)."""
        self._panel.show_action(action, status)

    def show_status(self, status: Status) -> None:
        """Show the newest facts in the Facts dock."""
        if status.spec is None:
            return
        self._panel.show_status(status)
        rows, place = self._session.rows_since(self._read)
        if place.opening != self._read.opening:
            self._changes.clear()
        self._read = place
        self._changes += [f"{row['step']:,} steps: {describe_change(row)}" for row in rows if row["kind"] == "change"]
        self._panel.show_changes(self._changes)


def _dock(title: str, name: str, content: QWidget, window: QMainWindow) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(name)
    dock.setWidget(content)
    return dock
