"""The workspaces of the window, in the order of their tabs. Adding one is a folder with its files, and a line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dreamer_studio.studio.actions import ActionSpec, all_actions


@dataclass(frozen=True)
class WorkspaceSpec:
    """One workspace.

    Attributes:
        key: its name in the code.
        title: its name on the tab and in the View menu.
        shortcut: the key that shows it, as Qt writes it.
    """

    key: str
    title: str
    shortcut: str

    @property
    def action(self) -> ActionSpec:
        """The action that shows the workspace."""
        help_ = f"Go to the {self.title} workspace."
        return ActionSpec(
            f"view.{self.key}", f"{self.title} workspace", help_, (self.shortcut,), menu="View", essential=True
        )


WORKSPACES: Final = (
    WorkspaceSpec("live", "Live", "Ctrl+1"),
    WorkspaceSpec("dream", "Dream", "Ctrl+2"),
    WorkspaceSpec("compare", "Compare", "Ctrl+3"),
)

EVERY_ACTION: Final = all_actions(spec.action for spec in WORKSPACES)
"""All actions of the window, those of the workspaces too."""
