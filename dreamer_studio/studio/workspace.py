"""The base of all workspaces: a widget for one run, which the window shows, refreshes and films."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.session import Session, Status
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.film.captures import Capture
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.health.finding import Health
from dreamer_studio.viewing.replay.messages import ReplayChannels

Reaction = Callable[[], object] | QAction
"""Reaction to an action of the window. Another `QAction` is triggered, and lends its text and tick."""


@dataclass(frozen=True)
class RunContext:
    """The parts from which the workspaces of one run are made.

    Attributes:
        theme: the colors.
        session: the run.
        channels: the channels between workspaces and workers.
        replay: the channels between the replay browser and its workers.
        curves: the rows and the choices behind all curves.
        frame: returns the recorded frame under the cursor of the Dream workspace, or None.
        health: returns what the rules of Health find.
    """

    theme: Theme
    session: Session
    channels: Channels
    replay: ReplayChannels
    curves: CurveSource
    frame: Callable[[], FrameRef | None]
    health: Callable[[], Health]


class Workspace(QWidget):
    """One tab of the window. Overriding the methods is optional."""

    problemFound = Signal(str)
    """Emitted when something cannot be done, with a sentence for the user."""

    undoable = Signal(str, object)
    """Emitted after a change that the user can take back, with a sentence, and the function that takes it back."""

    frameWanted = Signal(object)
    """Emitted when the user wants to dream from a frame, with its `FrameRef`."""

    def begin(self) -> None:
        """Prepare for being shown."""

    def set_spec(self, spec: EnvSpec) -> None:
        """Take the task's facts; called once."""

    def set_viewing_horizon(self, steps: int) -> None:
        """Take the number of steps of the dreams on show."""

    def refresh(self, status: Status) -> None:
        """Show new results; called 30 times a second while the workspace is visible."""

    def capture(self) -> Capture | None:
        """Return what is on show, for a film; None if there is nothing to film."""
        return None

    def reactions(self) -> Mapping[str, Reaction]:
        """Return this workspace's reactions to actions of the window, by action id (QWidget already has `actions`)."""
        return {}
