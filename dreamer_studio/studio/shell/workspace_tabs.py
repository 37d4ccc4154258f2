"""The workspaces of one run as tabs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.session import Status
from dreamer_studio.studio.widgets.fields.focus import set_home
from dreamer_studio.studio.widgets.layout.stage import Stage
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.studio.workspace import Reaction, RunContext, Workspace
from dreamer_studio.studio.workspaces import WORKSPACES
from dreamer_studio.viewing.film.captures import Capture

Kind = TypeVar("Kind", bound=Workspace)


class WorkspaceTabs(QTabWidget):
    """Makes every registered workspace for a run, and forwards calls to all of them or to the one on show."""

    problemFound = Signal(str)
    """Emitted when a workspace cannot do something, with the reason."""

    undoable = Signal(str, object)
    """Emitted after a change that the user can take back, with a sentence, and the function that takes it back."""

    def __init__(self, context: RunContext) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self.setAccessibleName("Workspaces")
        self.tabBar().setAccessibleName("Workspaces")
        self._workspaces: list[Workspace] = []
        self._stages: list[Stage] = []
        for spec in WORKSPACES:
            workspace = spec.make(context)
            workspace.problemFound.connect(self.problemFound)
            workspace.undoable.connect(self.undoable)
            self._workspaces.append(workspace)
            set_home(workspace, whole=True)
            stage = Stage(workspace)
            self._stages.append(stage)
            self.addTab(scrolled(stage), spec.title)
        self.currentChanged.connect(lambda _: self._come_on_show())

    @property
    def current(self) -> Workspace:
        """Return the workspace on show."""
        return self._workspaces[self.currentIndex()]

    @property
    def stage(self) -> Stage:
        """Return the stage of the workspace on show, which enlarges its cards."""
        return self._stages[self.currentIndex()]

    def of(self, kind: type[Kind]) -> Kind:
        """Return the workspace of a type."""
        return next(workspace for workspace in self._workspaces if isinstance(workspace, kind))

    def show_workspace(self, workspace: Workspace) -> None:
        """Show a workspace."""
        self.setCurrentIndex(self._workspaces.index(workspace))

    def set_spec(self, spec: EnvSpec) -> None:
        """Pass the task's facts to all workspaces."""
        for workspace in self._workspaces:
            workspace.set_spec(spec)

    def set_viewing_horizon(self, steps: int) -> None:
        """Pass the length of the dreams on show to all workspaces."""
        for workspace in self._workspaces:
            workspace.set_viewing_horizon(steps)

    def refresh(self, status: Status) -> None:
        """Show new results in the visible workspace."""
        if self.current.isVisible():
            self.current.refresh(status)

    def capture(self) -> Capture | None:
        """Return what is on show, for a film."""
        return self.current.capture() if self.current.isVisible() else None

    def reactions(self) -> Mapping[str, Reaction]:
        """Return the workspaces' reactions, and the reactions that show each workspace, by action id."""
        found: dict[str, Reaction] = {}
        for spec, workspace in zip(WORKSPACES, self._workspaces, strict=True):
            found |= workspace.reactions()
            found[spec.action] = functools.partial(self.show_workspace, workspace)
        return found

    def _come_on_show(self) -> None:
        if self.current.isVisible():
            self.current.begin()
        self.current.setFocus()
