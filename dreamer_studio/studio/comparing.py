"""The Compare workspace: one recorded scene, imagined by several checkpoints, and how wrong each is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from dreamer_studio.session import Status
from dreamer_studio.studio.compare_views import (
    AddRun,
    CompareView,
    CompareViews,
    CompareWish,
    Contestant,
    DropRun,
    evenly,
)
from dreamer_studio.studio.on_show import CompareOnShow
from dreamer_studio.studio.panels.compare_list import CompareListPanel
from dreamer_studio.studio.panels.compare_pictures import ComparePicturesPanel
from dreamer_studio.studio.panels.compare_plots import STYLES, ComparePlotsPanel
from dreamer_studio.studio.panels.compare_strip import CompareStripPanel
from dreamer_studio.studio.player import Player
from dreamer_studio.studio.theme import Role, Theme
from dreamer_studio.studio.views import Origin

FIRST_CONTEXT = 5
FIRST_LENGTH = 45
LONGEST = 200
MOST_ROWS = 10**6
LIST_WIDTH = 250
RUN_LETTERS = 12  # of the name of another run, which must fit beside its row


class CompareWorkspace(QWidget):
    """Makes wishes of what a person ticks and sets, and shows the newest answer.

    Attributes:
        list, strip, plots, pictures, player: what it consists of.
        seed, lapse, from_dream: controls of the scene.
        on_show: what can be filmed, or None.
    """

    problemFound = Signal(str)
    """Why something could not be done."""

    def __init__(
        self, theme: Theme, views: CompareViews, dream_frame: Callable[[], Origin | None], parent: QWidget | None = None
    ) -> None:
        """Make an empty workspace; `dream_frame` says which recorded frame the Dream workspace is at."""
        super().__init__(parent)
        self._views = views
        self._dream_frame = dream_frame
        self._number = self._problem = 0
        self._origin: Origin | None = None
        self._lapse = False
        self._view: CompareView | None = None
        self.on_show: CompareOnShow | None = None
        self._folder = Path()
        self.list = CompareListPanel(theme)
        self.strip = CompareStripPanel(theme)
        self.plots = ComparePlotsPanel(theme)
        self.player = Player(theme)
        self.pictures = ComparePicturesPanel(theme)
        self._make_controls()
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.list.chosen.connect(self._compare)
        self.list.runWanted.connect(self.add_run)
        self.list.runDropped.connect(self.drop_run)
        for panel in (self.strip, self.plots):
            panel.cursorMoved.connect(self._point_at)

    def refresh(self, status: Status) -> None:
        """Show what is new, and move on as time passes."""
        self._folder = status.folder
        self.list.show_checkpoints(self._views.checkpoints.get(), status.folder)
        if self._origin is None and status.replay_episodes:
            self._show_origin(Origin(False, status.replay_episodes - 1, self._context.value() - 1))
        self._episode.setMaximum(max(self._episode.value(), status.replay_episodes - 1))
        number, problem = self._views.problem.get()
        if number != self._problem:
            self._problem = number
            self.problemFound.emit(problem)
        self._take()
        view = self._view
        self.player.set_columns(0 if view is None else view.columns)
        self.player.tick(view is not None and view.whole)
        self._show(view, self.player.column)

    def _show(self, view: CompareView | None, cursor: int) -> None:
        courses = () if view is None else view.courses
        lapse = view is not None and view.wish.lapse
        letters = [_letter(view, place) for place in range(len(courses))]
        names = [
            letter + _name(course.contestant, self._folder) for letter, course in zip(letters, courses, strict=True)
        ]
        roles = [Role.MODEL if lapse else STYLES[place].role for place in range(len(courses))]
        self.strip.show_compared(view, names, roles, cursor)
        self.plots.show_compared(view, cursor)
        self.pictures.show_compared(view, letters, cursor)
        self.on_show = None if view is None else CompareOnShow(view, tuple(names), cursor)

    def add_run(self, folder: str) -> None:
        """Have the checkpoints of another run in the list."""
        self._views.commands.put(AddRun(Path(folder)))

    def drop_run(self, folder: Path) -> None:
        """Have them there no longer; what is compared is compared anew if any of them is among it."""
        self._views.commands.put(DropRun(folder))
        wish = self._views.wish.get()
        if wish is not None and any(contestant.folder == folder for contestant in wish.contestants):
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
        self._show_origin(frame)
        self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the player."""
        if not self.player.press(event.key()):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """List, and go on with what was asked for."""
        self._views.on_show.put(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """What is hidden asks for nothing."""
        self._views.on_show.put(False)
        super().hideEvent(event)

    def _set_lapse(self, on: bool) -> None:
        self._lapse = on
        self.lapse.setChecked(on)

    def _compare(self) -> None:
        """What is ticked has changed."""
        self._set_lapse(False)
        self._ask()

    def _ask(self) -> None:
        """Wish for the present contestants and scene; the answer replaces what is on show when it comes."""
        chosen = self.list.ticked
        if self._lapse:
            own = [one for one in self._views.checkpoints.get() if one.folder == self._folder]
            chosen = evenly(tuple(sorted(own, key=lambda one: (one.step, one.update))))
        self._number += 1
        if len(chosen) < 2 or self._origin is None:
            self._views.wish.put(None)
            self._view = None
            if self._lapse or len(chosen) > 1:
                lacking = "no episode is stored" if self._origin is None else "the run has fewer than two checkpoints"
                self.problemFound.emit(f"There is nothing to compare yet: {lacking}.")
            self._set_lapse(False)
            return
        context, length, seed = self._context.value(), self._length.value(), self.seed.value()
        self._views.wish.put(CompareWish(self._number, chosen, self._origin, context, length, seed, lapse=self._lapse))

    def _take(self) -> None:
        view = self._views.newest.get()
        if view is None or view is self._view or view.wish is not self._views.wish.get():
            return
        if self._view is None or view.wish is not self._view.wish:
            self._show_origin(view.origin)
        self._view = view

    def _show_origin(self, origin: Origin) -> None:
        """Let the boxes say where the scene is from."""
        self._origin = origin
        for box, number in ((self._episode, origin.episode), (self._frame, origin.index)):
            with QSignalBlocker(box):
                box.setMaximum(max(box.maximum(), number))
                box.setValue(number)

    def _pick_episode(self, episode: int) -> None:
        self._origin = Origin(False, episode, self._frame.value())
        self._again()

    def _pick_frame(self, frame: int) -> None:
        if self._origin is not None:
            self._origin = replace(self._origin, index=frame)
            self._again()

    def _again(self) -> None:
        """The same contestants with something otherwise."""
        if self._lapse or len(self.list.ticked) > 1:
            self._ask()

    def _point_at(self, column: int) -> None:
        """Hold there; the keys are the player's from now on."""
        self.player.go_to(column)
        self.setFocus()

    def _make_controls(self) -> None:
        self._episode = _spin((0, 0), 0, "Episode to compare at", "Number of a stored episode, from 0")
        self._frame = _spin((0, MOST_ROWS), 0, "Frame to compare at", "The last frame that they see, 0 being the reset")
        self._context = _spin((1, LONGEST), FIRST_CONTEXT, "Context to compare with", "Frames that they see")
        self._length = _spin((1, LONGEST), FIRST_LENGTH, "Open loop", "Recorded actions that they go along after it")
        self.seed = _spin((0, MOST_ROWS), 0, "Seed", "Of all noise, the same for each")
        self._episode.valueChanged.connect(self._pick_episode)
        self._frame.valueChanged.connect(self._pick_frame)
        for box in (self._context, self._length, self.seed):
            box.valueChanged.connect(lambda _: self._again())
        self.from_dream = QPushButton("From the Dream workspace")
        self.from_dream.setToolTip("The recorded frame under the cursor of the Dream workspace")
        self.from_dream.clicked.connect(self.take_dream_frame)
        self.lapse = QPushButton("Time-lapse")
        self.lapse.setCheckable(True)
        self.lapse.setToolTip("This scene, imagined by every checkpoint that the run keeps, oldest first")
        self.lapse.clicked.connect(self.show_lapse)
        for button in (self.from_dream, self.lapse):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Space goes on playing after a click

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        for text, box in (
            ("episode", self._episode),
            ("frame", self._frame),
            ("context", self._context),
            ("open loop", self._length),
            ("seed", self.seed),
        ):
            bar.addWidget(QLabel(text))
            bar.addWidget(box)
        bar.addWidget(self.from_dream)
        bar.addWidget(self.lapse)
        bar.addStretch(1)
        below = QHBoxLayout()
        below.addWidget(self.pictures, 1)
        below.addWidget(self.plots, 1)
        play = QHBoxLayout()
        play.addWidget(self.player)
        play.addStretch(1)
        right = QVBoxLayout()
        right.addLayout(bar)
        right.addWidget(self.strip, 3)
        right.addLayout(play)
        right.addLayout(below, 2)
        self.list.setFixedWidth(LIST_WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.list)
        layout.addLayout(right, 1)


def _letter(view: CompareView | None, place: int) -> str:
    """What names a contestant's line in the plots; a time-lapse has too many for that, and other plots."""
    return "" if view is None or view.wish.lapse else f"{STYLES[place].name}: "


def _name(contestant: Contestant, folder: Path) -> str:
    """As it stands beside its row; the run is named if it is not the one that is open."""
    if contestant.folder == folder:
        return contestant.name
    run = contestant.run
    if len(run) > RUN_LETTERS:
        run = f"\N{HORIZONTAL ELLIPSIS}{run[-RUN_LETTERS:]}"
    return f"{run} {contestant.name}"


def _spin(limits: tuple[int, int], value: int, name: str, tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(*limits)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    box.setKeyboardTracking(False)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box
