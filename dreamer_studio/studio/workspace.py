"""What every workspace of the window is: a widget bound to one run, which the window shows, refreshes and films."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.session import Session, Status
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.film.captures import Capture
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.messages import ReplayChannels

Reaction = Callable[[], object] | QAction
"""What an action of the window does. Another action is triggered, and its text and its tick are shown."""


@dataclass(frozen=True)
class RunContext:
    """What the workspaces of one run are made from.

    Attributes:
        theme: gives the colors.
        session: the run.
        channels: where workspaces and workers meet.
        replay: where the replay browser and its workers meet.
        frame: gives the recorded frame under the cursor of the Dream workspace, or None.
    """

    theme: Theme
    session: Session
    channels: Channels
    replay: ReplayChannels
    frame: Callable[[], FrameRef | None]


class Workspace(QWidget):
    """One tab of the window. All methods may be left as they are."""

    problemFound = Signal(str)
    """Why something could not be done, in a sentence for the person."""

    def begin(self) -> None:
        """Come on show."""

    def set_spec(self, spec: EnvSpec) -> None:
        """Take what the task has said about itself; called once."""

    def set_viewing_horizon(self, steps: int) -> None:
        """Take how many steps dreams on show have."""

    def refresh(self, status: Status) -> None:
        """Show what is new; called 30 times a second while the workspace can be seen."""

    def capture(self) -> Capture | None:
        """Return what is on show, to be filmed; None if there is nothing to film."""
        return None

    def reactions(self) -> Mapping[str, Reaction]:
        """Return what this workspace does for actions of the window, by their ids (QWidget has `actions` already)."""
        return {}
