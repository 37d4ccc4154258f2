"""The Compare workspace: one recorded scene as several checkpoints imagine it, with their errors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from dreamer_studio.session import Status
from dreamer_studio.studio.compare.bar import CompareBar
from dreamer_studio.studio.compare.gauges_panel import CompareGaugesPanel
from dreamer_studio.studio.compare.images_panel import CompareImagesPanel
from dreamer_studio.studio.compare.list_panel import CompareListPanel
from dreamer_studio.studio.compare.plots_panel import STYLES, ComparePlotsPanel
from dreamer_studio.studio.compare.strip_panel import CompareStripPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.layout.room import strip_zoom
from dreamer_studio.studio.widgets.layout.turning_box import TurningBox
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.studio.workspace import Workspace
from dreamer_studio.trust.measured import FEWEST_EPISODES
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.compare.messages import (
    AddRun,
    CompareChannels,
    CompareRequest,
    CompareResult,
    Contestant,
    DropRun,
    GaugesRequest,
    evenly,
)
from dreamer_studio.viewing.film.captures import CompareCapture
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.role import Role

LIST_BESIDE = 820
"""Least width in pixels at which the list stands beside the scene."""

BELOW_BESIDE = 560
"""Least width in pixels at which the plots stand beside the images."""

RUN_LETTERS = 12  # of another run's name, which must fit beside its row


class CompareWorkspace(Workspace):
    """Sends requests for the ticked checkpoints and the scene, and shows the newest answer.

    Attributes:
        bar, list, strip, plots, images, player, gauges: the parts of the workspace.
    """

    def __init__(
        self,
        theme: Theme,
        channels: CompareChannels,
        dream_frame: Callable[[], FrameRef | None],
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty workspace; `dream_frame` returns the recorded frame under the Dream workspace's cursor."""
        super().__init__(parent)
        self._channels = channels
        self._dream_frame = dream_frame
        self._replies = 0
        self._answers = AnswerReader(channels.scene)
        self._lapse = self._done = False
        self._result: CompareResult | None = None
        self._on_show: CompareCapture | None = None
        self._folder = Path()
        self._to_tick: Path | None = None
        self.bar = CompareBar()
        self.list = CompareListPanel(theme)
        self.strip = CompareStripPanel(theme)
        self.plots = ComparePlotsPanel(theme)
        self.player = Player(theme)
        self.images = CompareImagesPanel(theme)
        self.gauges = CompareGaugesPanel(theme)
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Comparison")
        self.bar.changed.connect(self._again)
        self.bar.from_dream.clicked.connect(self.take_dream_frame)
        self.bar.lapse.clicked.connect(self.show_lapse)
        self.list.chosen.connect(self._compare)
        self.list.runWanted.connect(self.add_run)
        self.list.runDropped.connect(self.drop_run)
        for panel in (self.strip, self.plots):
            panel.cursorMoved.connect(self._point_at)
        self.bar.gauges.toggled.connect(self._pages.setCurrentIndex)
        self.gauges.judgeWanted.connect(self._judge)
        self.gauges.cancelWanted.connect(channels.gauges.withdraw)
        self.gauges.problemFound.connect(self.problemFound)

    def capture(self) -> CompareCapture | None:
        """Return the comparison on show, or None before the first."""
        return self._on_show

    def refresh(self, status: Status) -> None:
        """Show new results, and move on as time passes."""
        self._folder = status.folder
        self._channels.checkpoints.stand(None)
        listed = self._channels.checkpoints.result or ()
        self.list.show_checkpoints(listed, status.folder, watching=status.watching)
        if self._to_tick is not None and self.list.tick(self._to_tick):
            self._to_tick = None
        self.bar.set_stored(status.replay_newest)
        replies, self._replies = self._channels.commands.replies_since(self._replies)
        for reply in replies:
            self.problemFound.emit(reply.text)
        self._take()
        self._show_gauges()
        result = self._result
        self.player.set_first(0 if result is None else result.first_row)
        self.player.set_columns(0 if result is None else result.columns)
        self.player.tick(result is not None and self._done)
        self._show(result, self.player.column)

    def _show(self, result: CompareResult | None, cursor: int) -> None:
        courses = () if result is None else result.courses
        lapse = result is not None and result.request.lapse
        letters = [_letter(result, place) for place in range(len(courses))]
        names = [
            letter + _name(course.contestant, self._folder) for letter, course in zip(letters, courses, strict=True)
        ]
        roles = [Role.MODEL if lapse else STYLES[place].role for place in range(len(courses))]
        self.strip.show_compared(result, names, roles, cursor)
        self.plots.show_compared(result, cursor)
        self.images.show_compared(result, letters, cursor)
        self._on_show = None if result is None else CompareCapture(result, tuple(names), cursor)

    def add_run(self, folder: str) -> None:
        """Add the checkpoints of another run to the list."""
        self._channels.commands.send(AddRun(Path(folder)))

    def drop_run(self, folder: Path) -> None:
        """Remove a run. Restart the comparison if it used one of its checkpoints."""
        self._channels.commands.send(DropRun(folder))
        self.undoable.emit(f"Removed {folder.name} from the list", functools.partial(self.add_run, str(folder)))
        request = self._channels.scene.request
        if request is not None and any(contestant.folder == folder for contestant in request.contestants):
            self._ask()

    def tick(self, checkpoint: Path) -> None:
        """Tick a checkpoint of the open run as soon as it is listed, and the newest checkpoint beside it."""
        self._to_tick = checkpoint

    def show_lapse(self, on: bool) -> None:
        """Show the scene by every checkpoint of the open run, or by the ticked checkpoints."""
        self._set_lapse(on)
        self._ask()

    def take_dream_frame(self) -> None:
        """Compare at the frame under the Dream workspace's cursor."""
        frame = self._dream_frame()
        if frame is None:
            self.problemFound.emit("The Dream workspace's cursor is on no recorded frame. Move it to one first.")
            return
        self.bar.show_origin(frame)
        self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle the keys of the player."""
        if not self.player.press(event.key()):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """List the checkpoints, and continue the last request."""
        self._channels.set_visible(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Send no request while the workspace is hidden."""
        self._channels.set_visible(False)
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show smaller frames in the strip of a low window."""
        super().resizeEvent(event)
        self.strip.set_zoom(strip_zoom(self))

    def _set_lapse(self, on: bool) -> None:
        self._lapse = on
        self.bar.lapse.setChecked(on)

    def _compare(self) -> None:
        """Compare after the ticks have changed."""
        self._set_lapse(False)
        self._ask()

    def _ask(self) -> None:
        """Ask for the current checkpoints and scene. The answer replaces the result on show."""
        chosen = self.list.ticked
        if self._lapse:
            own = [one for one in self._channels.checkpoints.result or () if one.folder == self._folder]
            chosen = evenly(tuple(sorted(own, key=lambda one: (one.step, one.update))))
        origin = self.bar.origin
        if len(chosen) < 2 or origin is None:
            self._channels.scene.withdraw()
            self._result = None
            if self._lapse or len(chosen) > 1:
                lacking = "no episode is stored" if origin is None else "the run has fewer than two checkpoints"
                self.problemFound.emit(f"There is nothing to compare yet: {lacking}.")
            self._set_lapse(False)
            return
        self._channels.scene.ask(CompareRequest(chosen, origin, *self.bar.settings, lapse=self._lapse))

    def _take(self) -> None:
        answer = self._answers.current()
        if answer is None:
            return
        self._done = answer.done
        if answer.failure is not None and not answer.failure.unexpected:
            self.problemFound.emit(answer.failure.reason)
        result = answer.result
        if result is None or answer.failure is not None:
            return
        if self._result is None or result.request is not self._result.request:
            self.bar.show_origin(result.origin)
        self._result = result

    def _judge(self) -> None:
        """Ask for the gauges of the ticked checkpoints."""
        self._channels.gauges.ask(GaugesRequest(self.list.ticked, FEWEST_EPISODES))

    def _show_gauges(self) -> None:
        """Show the newest comparison through the gauges, or its progress."""
        channel = self._channels.gauges
        answer, failure = channel.newest(), ""
        newest = answer if answer is not None and answer.generation == channel.generation else None
        if newest is not None and newest.failure is not None and not newest.failure.unexpected:
            failure = newest.failure.reason
        result = None if newest is None else newest.result
        if result is not None and result.comparison is not None and newest is not None and newest.failure is None:
            self.gauges.show_comparison(result.comparison, self._folder)
        working = channel.asked and (newest is None or not newest.done)
        progress = "begins" if result is None else f"{result.progress} ({result.seconds:.0f} s)"
        self.gauges.show_state(len(self.list.ticked), working=working, progress=progress, failure=failure)

    def _again(self) -> None:
        """Compare the same checkpoints after a setting has changed."""
        if self._lapse or len(self.list.ticked) > 1:
            self._ask()

    def _point_at(self, column: int) -> None:
        """Hold the player at a column, and give the player the keys."""
        self.player.go_to(column)
        self.setFocus()

    def _lay_out(self) -> None:
        scene = QWidget()
        inside = QVBoxLayout(scene)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.strip, 3)
        inside.addWidget(self.player)
        inside.addWidget(TurningBox(((self.images, 1), (self.plots, 1)), beside=BELOW_BESIDE), 2)
        self._pages = QStackedWidget()
        self._pages.addWidget(scene)
        self._pages.addWidget(self.gauges)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.bar)
        column.addWidget(self._pages, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(TurningBox(((self.list, 1), (right, 4)), beside=LIST_BESIDE))


def _letter(result: CompareResult | None, place: int) -> str:
    """Return the prefix of a checkpoint's line in the plots; time-lapses have other plots, and no letters."""
    return "" if result is None or result.request.lapse else f"{STYLES[place].name}: "


def _name(contestant: Contestant, folder: Path) -> str:
    """Return a checkpoint's name for its row, with the run's name unless the run is the open one."""
    if contestant.folder == folder:
        return contestant.name
    run = contestant.run
    if len(run) > RUN_LETTERS:
        run = f"\N{HORIZONTAL ELLIPSIS}{run[-RUN_LETTERS:]}"
    return f"{run} {contestant.name}"
