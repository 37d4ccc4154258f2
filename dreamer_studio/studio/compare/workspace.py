"""The Compare workspace: one recorded scene, imagined by several checkpoints, and how wrong each is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamer_studio.session import Status
from dreamer_studio.studio.compare.bar import CompareBar
from dreamer_studio.studio.compare.images_panel import CompareImagesPanel
from dreamer_studio.studio.compare.list_panel import CompareListPanel
from dreamer_studio.studio.compare.plots_panel import STYLES, ComparePlotsPanel
from dreamer_studio.studio.compare.strip_panel import CompareStripPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.studio.workspace import Workspace
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.compare.messages import (
    AddRun,
    CompareChannels,
    CompareRequest,
    CompareResult,
    Contestant,
    DropRun,
    evenly,
)
from dreamer_studio.viewing.film.captures import CompareCapture
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.role import Role

LIST_WIDTH = 250
RUN_LETTERS = 12  # of the name of another run, which must fit beside its row


class CompareWorkspace(Workspace):
    """Makes requests of what a person ticks and sets, and shows the newest answer.

    Attributes:
        bar, list, strip, plots, images, player: what it consists of.
        on_show: what can be filmed, or None.
    """

    def __init__(
        self,
        theme: Theme,
        channels: CompareChannels,
        dream_frame: Callable[[], FrameRef | None],
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty workspace; `dream_frame` says which recorded frame the Dream workspace is at."""
        super().__init__(parent)
        self._channels = channels
        self._dream_frame = dream_frame
        self._replies = 0
        self._answers = AnswerReader(channels.scene)
        self._lapse = self._done = False
        self._view: CompareResult | None = None
        self.on_show: CompareCapture | None = None
        self._folder = Path()
        self.bar = CompareBar()
        self.list = CompareListPanel(theme)
        self.strip = CompareStripPanel(theme)
        self.plots = ComparePlotsPanel(theme)
        self.player = Player(theme)
        self.images = CompareImagesPanel(theme)
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.bar.changed.connect(self._again)
        self.bar.from_dream.clicked.connect(self.take_dream_frame)
        self.bar.lapse.clicked.connect(self.show_lapse)
        self.list.chosen.connect(self._compare)
        self.list.runWanted.connect(self.add_run)
        self.list.runDropped.connect(self.drop_run)
        for panel in (self.strip, self.plots):
            panel.cursorMoved.connect(self._point_at)

    def capture(self) -> CompareCapture | None:
        """Return what is compared, once there is anything."""
        return self.on_show

    def refresh(self, status: Status) -> None:
        """Show what is new, and move on as time passes."""
        self._folder = status.folder
        self._channels.checkpoints.stand(None)
        self.list.show_checkpoints(self._channels.checkpoints.result or (), status.folder)
        self.bar.set_stored(status.replay_newest)
        replies, self._replies = self._channels.commands.replies_since(self._replies)
        for reply in replies:
            self.problemFound.emit(reply.text)
        self._take()
        view = self._view
        self.player.set_columns(0 if view is None else view.columns)
        self.player.tick(view is not None and self._done)
        self._show(view, self.player.column)

    def _show(self, view: CompareResult | None, cursor: int) -> None:
        courses = () if view is None else view.courses
        lapse = view is not None and view.request.lapse
        letters = [_letter(view, place) for place in range(len(courses))]
        names = [
            letter + _name(course.contestant, self._folder) for letter, course in zip(letters, courses, strict=True)
        ]
        roles = [Role.MODEL if lapse else STYLES[place].role for place in range(len(courses))]
        self.strip.show_compared(view, names, roles, cursor)
        self.plots.show_compared(view, cursor)
        self.images.show_compared(view, letters, cursor)
        self.on_show = None if view is None else CompareCapture(view, tuple(names), cursor)

    def add_run(self, folder: str) -> None:
        """List the checkpoints of another run as well."""
        self._channels.commands.send(AddRun(Path(folder)))

    def drop_run(self, folder: Path) -> None:
        """Remove a run; restart the comparison if it used one of its checkpoints."""
        self._channels.commands.send(DropRun(folder))
        request = self._channels.scene.request
        if request is not None and any(contestant.folder == folder for contestant in request.contestants):
            self._ask()

    def show_lapse(self, on: bool) -> None:
        """Have the scene imagined by every checkpoint of the run that is open, or else by those that are ticked."""
        self._set_lapse(on)
        self._ask()

    def take_dream_frame(self) -> None:
        """Compare at the frame under the Dream workspace's cursor."""
        frame = self._dream_frame()
        if frame is None:
            self.problemFound.emit("The Dream workspace has no recorded frame under its cursor; move it to one first.")
            return
        self.bar.show_origin(frame)
        self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the player."""
        if not self.player.press(event.key()):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """List, and go on with what was asked for."""
        self._channels.set_visible(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """What is hidden asks for nothing."""
        self._channels.set_visible(False)
        super().hideEvent(event)

    def _set_lapse(self, on: bool) -> None:
        self._lapse = on
        self.bar.lapse.setChecked(on)

    def _compare(self) -> None:
        """What is ticked has changed."""
        self._set_lapse(False)
        self._ask()

    def _ask(self) -> None:
        """Ask for the present contestants and scene; the answer replaces what is on show when it comes."""
        chosen = self.list.ticked
        if self._lapse:
            own = [one for one in self._channels.checkpoints.result or () if one.folder == self._folder]
            chosen = evenly(tuple(sorted(own, key=lambda one: (one.step, one.update))))
        origin = self.bar.origin
        if len(chosen) < 2 or origin is None:
            self._channels.scene.withdraw()
            self._view = None
            if self._lapse or len(chosen) > 1:
                lacking = "no episode is stored" if origin is None else "the run has fewer than two checkpoints"
                self.problemFound.emit(f"There is nothing to compare yet: {lacking}.")
            self._set_lapse(False)
            return
        self._channels.scene.ask(CompareRequest(chosen, origin, *self.bar.settings, lapse=self._lapse))

    def _take(self) -> None:
        answer = self._answers.fresh()
        if answer is None or answer.generation != self._channels.scene.generation:
            return
        self._done = answer.done
        if answer.failure is not None and not answer.failure.unexpected:
            self.problemFound.emit(answer.failure.reason)
        view = answer.result
        if view is None or answer.failure is not None:
            return
        if self._view is None or view.request is not self._view.request:
            self.bar.show_origin(view.origin)
        self._view = view

    def _again(self) -> None:
        """The same contestants with something otherwise."""
        if self._lapse or len(self.list.ticked) > 1:
            self._ask()

    def _point_at(self, column: int) -> None:
        """Hold there; the keys are the player's from now on."""
        self.player.go_to(column)
        self.setFocus()

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.addWidget(self.images, 1)
        below.addWidget(self.plots, 1)
        play = QHBoxLayout()
        play.addWidget(self.player)
        play.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(self.bar)
        right.addWidget(self.strip, 3)
        right.addLayout(play)
        right.addLayout(below, 2)
        self.list.setFixedWidth(LIST_WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.list)
        layout.addLayout(right, 1)


def _letter(view: CompareResult | None, place: int) -> str:
    """What names a contestant's line in the plots; a time-lapse has too many for that, and other plots."""
    return "" if view is None or view.request.lapse else f"{STYLES[place].name}: "


def _name(contestant: Contestant, folder: Path) -> str:
    """As it stands beside its row; the run is named if it is not the one that is open."""
    if contestant.folder == folder:
        return contestant.name
    run = contestant.run
    if len(run) > RUN_LETTERS:
        run = f"\N{HORIZONTAL ELLIPSIS}{run[-RUN_LETTERS:]}"
    return f"{run} {contestant.name}"
