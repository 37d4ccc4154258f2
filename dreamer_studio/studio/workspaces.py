"""The workspaces of the window, in the order of their tabs. A new one is a folder with its files, and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dreamer_studio.studio.actions import ActionSpec, all_actions
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.live.workspace import LiveWorkspace
from dreamer_studio.studio.workspace import RunContext, Workspace


@dataclass(frozen=True)
class WorkspaceSpec:
    """One workspace; tab, menu, key and help follow.

    Attributes:
        key: its name in the code.
        title: its name on the tab and in the View menu.
        shortcut: the key that shows it, as Qt writes it.
        make: makes the workspace of a run.
    """

    key: str
    title: str
    shortcut: str
    make: Callable[[RunContext], Workspace]

    @property
    def action(self) -> ActionSpec:
        """The action that shows the workspace."""
        text, help_ = f"{self.title} workspace", f"Go to the {self.title} workspace."
        return ActionSpec(f"view.{self.key}", text, help_, (self.shortcut,), menu="View", essential=True)


WORKSPACES: Final = (
    WorkspaceSpec("live", "Live", "Ctrl+1", lambda run: LiveWorkspace(run.theme, run.session, run.channels)),
    WorkspaceSpec("dream", "Dream", "Ctrl+2", lambda run: DreamWorkspace(run.theme, run.channels, run.replay)),
    WorkspaceSpec(
        "compare", "Compare", "Ctrl+3", lambda run: CompareWorkspace(run.theme, run.channels.compare, run.frame)
    ),
)

EVERY_ACTION: Final = all_actions(spec.action for spec in WORKSPACES)
"""All actions of the window, those that show a workspace too."""
