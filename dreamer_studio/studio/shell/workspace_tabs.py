"""The workspaces of one run as tabs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QScrollArea, QTabWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.session import Status
from dreamer_studio.studio.widgets.fields.focus import set_home
from dreamer_studio.studio.widgets.layout.stage import Stage
from dreamer_studio.studio.widgets.scroll import fill_area
from dreamer_studio.studio.workspace import Reaction, RunContext, Workspace
from dreamer_studio.studio.workspaces import WORKSPACES
from dreamer_studio.viewing.film.captures import Capture

Kind = TypeVar("Kind", bound=Workspace)


class WorkspaceTabs(QTabWidget):
    """The registered workspaces of a run. Each is made when it is first needed, unless its spec says early.

    Calls reach all workspaces made so far, or the one on show. A workspace that is made later first gets the newest
    facts.
    """

    problemFound = Signal(str)
    """Emitted when a workspace cannot do something, with the reason."""

    undoable = Signal(str, object)
    """Emitted after a change that the user can take back, with a sentence, and the function that takes it back."""

    frameWanted = Signal(object)
    """Emitted when the user wants to dream from a frame, with its `FrameRef`."""

    made = Signal(object)
    """Emitted with each new workspace."""

    def __init__(self, context: RunContext) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self.setAccessibleName("Workspaces")
        self.tabBar().setAccessibleName("Workspaces")
        self._context = context
        self._spec: EnvSpec | None = None
        self._viewing_horizon: int | None = None
        self._made: dict[int, tuple[Workspace, Stage]] = {}
        self._areas = [QScrollArea() for _ in WORKSPACES]
        for spec, area in zip(WORKSPACES, self._areas, strict=True):
            self.addTab(area, spec.title)
        self.currentChanged.connect(lambda _: self._come_on_show())

    def make_early(self) -> None:
        """Make the early workspaces. Call this with the tabs in the window, since moving finished ones takes longer."""
        for number, spec in enumerate(WORKSPACES):
            if spec.early:
                self._make(number)

    @property
    def current(self) -> Workspace:
        """Return the workspace on show."""
        return self._make(self.currentIndex())[0]

    @property
    def stage(self) -> Stage:
        """Return the stage of the workspace on show, which enlarges its cards."""
        return self._make(self.currentIndex())[1]

    def of(self, kind: type[Kind]) -> Kind:
        """Return the workspace of a type."""
        made = (self._make(number)[0] for number, spec in enumerate(WORKSPACES) if spec.kind is kind)
        workspace = next(made)
        assert isinstance(workspace, kind)
        return workspace

    def show_workspace(self, workspace: Workspace) -> None:
        """Show a workspace."""
        self.setCurrentIndex(next(number for number, (made, _) in self._made.items() if made is workspace))

    def set_spec(self, spec: EnvSpec) -> None:
        """Pass the task's facts to all workspaces."""
        self._spec = spec
        for workspace, _ in self._made.values():
            workspace.set_spec(spec)

    def set_viewing_horizon(self, steps: int) -> None:
        """Pass the length of the dreams on show to all workspaces."""
        self._viewing_horizon = steps
        for workspace, _ in self._made.values():
            workspace.set_viewing_horizon(steps)

    def refresh(self, status: Status) -> None:
        """Show new results in the visible workspace."""
        if self.current.isVisible():
            self.current.refresh(status)

    def capture(self) -> Capture | None:
        """Return what is on show, for a film."""
        return self.current.capture() if self.current.isVisible() else None

    def reactions(self) -> Mapping[str, Reaction]:
        """Return the reactions of the early workspaces, and those that show each workspace, by action id."""
        found: dict[str, Reaction] = {}
        for number, spec in enumerate(WORKSPACES):
            if spec.early:
                found |= self._make(number)[0].reactions()
            found[spec.action] = functools.partial(self.setCurrentIndex, number)
        return found

    def _make(self, number: int) -> tuple[Workspace, Stage]:
        """Return a workspace and its stage. Make both, if this is the first time."""
        if number in self._made:
            return self._made[number]
        workspace = WORKSPACES[number].make(self._context)
        workspace.problemFound.connect(self.problemFound)
        workspace.undoable.connect(self.undoable)
        workspace.frameWanted.connect(self.frameWanted)
        set_home(workspace, whole=True)
        stage = Stage(workspace)
        self._made[number] = workspace, stage
        fill_area(self._areas[number], stage)
        if self._spec is not None:
            workspace.set_spec(self._spec)
        if self._viewing_horizon is not None:
            workspace.set_viewing_horizon(self._viewing_horizon)
        self.made.emit(workspace)
        return workspace, stage

    def _come_on_show(self) -> None:
        if self.current.isVisible():
            self.current.begin()
        self.current.setFocus()
