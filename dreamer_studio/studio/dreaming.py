"""The Dream workspace: pick any frame, dream from it, and look at every step of it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.envs import EnvSpec
from dreamer_studio.session import Status
from dreamer_studio.studio.beside import Beside, other_branch, real, twin
from dreamer_studio.studio.branches import Branches, Key, key_of
from dreamer_studio.studio.controls import FIRST_VIEWING_HORIZON
from dreamer_studio.studio.driver import Driver
from dreamer_studio.studio.on_show import SceneOnShow
from dreamer_studio.studio.panels.branches import BranchesPanel
from dreamer_studio.studio.panels.control import ControlPanel
from dreamer_studio.studio.panels.futures import FuturesPanel
from dreamer_studio.studio.panels.gap import GapPanel
from dreamer_studio.studio.panels.scene_frames import SceneFramesPanel
from dreamer_studio.studio.panels.scene_plots import ScenePlotsPanel
from dreamer_studio.studio.panels.strip import StripPanel
from dreamer_studio.studio.player import Player
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.views import Origin, SceneView, SceneWish, Views

FIRST_CONTEXT = 5
CONTEXTS = (1, 200)
MOST_ROWS = 10**6
LIVE, STORED = "running episode", "stored episode"
ACTORS = (("as recorded", "recorded"), ("policy, sample", "sample"), ("policy, mode", "mode"))


class DreamWorkspace(QWidget):
    """Makes wishes of what a person sets, and shows the newest answer."""

    problemFound = Signal(str)
    """Why a wish could not be met."""

    lengthWanted = Signal(int)
    """A person dragged the end of the dream: so many steps."""

    def __init__(self, theme: Theme, views: Views, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views = views
        self.branches = Branches()
        self.on_show: SceneOnShow | None = None
        self._taken: SceneView | None = None
        self._awaited = 0
        self._wish = SceneWish(0, None, FIRST_CONTEXT, FIRST_VIEWING_HORIZON, "sample", 0)
        self._problem = 0
        self._stored = 0
        self._strip = StripPanel(theme)
        self._frames = SceneFramesPanel(theme)
        self._plots = ScenePlotsPanel(theme)
        self.player = Player(theme)
        self.control = ControlPanel(theme)
        self.driver = Driver(views, self.branches, self.player, self.control)
        self._branches_panel = BranchesPanel(theme)
        self._gap = GapPanel(theme)
        self.futures = FuturesPanel(theme)
        self._below = QTabWidget()
        self.twin_action = QAction("Reality twin", self)
        self.twin_action.setCheckable(True)
        self.twin_action.setShortcut(QKeySequence("T"))
        self.twin_action.setToolTip("The real environment along the same actions, beside the dream (T)")
        self.twin_action.toggled.connect(self._want_twin)
        self._make_controls()
        self._lay_out()
        self._strip.cursorMoved.connect(self._point_at)
        self._plots.cursorMoved.connect(self._point_at)
        self._strip.contextWanted.connect(self._move_line)
        self._strip.lengthWanted.connect(self.lengthWanted)
        self._frames.model.installEventFilter(self)
        self.control.engagedChanged.connect(self._engage)
        self.player.taken.connect(self.control.release)
        self.futures.wanted.connect(views.futures_wish.put)
        self.futures.fromCursorWanted.connect(self.imagine_futures)
        self.futures.adopted.connect(self._adopt)
        self.driver.ended.connect(self.problemFound)
        self._branches_panel.showWanted.connect(self._show_branch)
        self._branches_panel.besideWanted.connect(self.branches.put_beside)
        self._branches_panel.forkWanted.connect(self.branch_here)
        self._branches_panel.renameWanted.connect(self.branches.rename)
        self._branches_panel.removeWanted.connect(self._remove_branch)
        self.setFocusProxy(self._frames)

    def dream_from_newest(self) -> None:
        """Dream from the newest frame of the running episode."""
        self._source.setCurrentText(LIVE)
        self._ask(origin=None)
        self.player.set_playing(True)

    def dream_from_cursor(self) -> None:
        """Dream from the frame under the cursor if it is real, else from the same frame with other noise."""
        shown = self.branches.shown
        if shown is None:
            self.dream_from_newest()
            return
        self.player.set_playing(True)
        cursor, line = self.player.column, shown.line
        here = replace(line.origin, index=line.first_row + cursor)
        if cursor < len(line.real) and here != self._wish.origin:
            self._ask(origin=here)
        else:
            self._ask(seed=self._wish.seed + 1)

    def set_spec(self, spec: EnvSpec) -> None:
        """The actions of the task, once it has said what they are."""
        self.control.set_spec(spec)
        self.futures.set_spec(spec)
        if self._dimension.count() == 0:
            self._dimension.addItems(spec.action_names)

    def set_viewing_horizon(self, steps: int) -> None:
        """Length of the dream; the one on show follows at once."""
        if steps != self._wish.length:
            self._again(length=steps)

    def begin(self) -> None:
        """Come on show; the first time with a dream from the newest frame."""
        if self._wish.number == 0:
            self.dream_from_newest()

    def refresh(self, status: Status) -> None:
        """Show what is new, and move on as time passes."""
        self._take()
        number, problem = self._views.scene_problem.get()
        if number != self._problem:
            self._problem = number
            self._take_back()
            self.problemFound.emit(problem)
        self._stored = status.replay_episodes
        self._episode.setMaximum(max(self._episode.value(), self._stored - 1))
        self._branches_panel.show_branches(self.branches)
        shown = self.branches.shown
        if shown is None:
            return
        self.player.set_columns(max(shown.line.decoded, self._futures_end()))
        self.driver.arrive()
        if not self.control.engaged:
            self.player.tick(shown.line.decoded == shown.line.columns)
        elif self._awaited == 0:
            self.driver.tick()
        self._show()

    def _show(self) -> None:
        shown = self.branches.shown
        assert shown is not None
        line = shown.line
        cursor = min(self.player.column, line.columns - 1)
        self._views.line.put(line)
        beside = self._beside(line)
        self.on_show = SceneOnShow(line, beside, cursor, shown.name)
        self.control.show_step(line, cursor)
        self._strip.show_scene(line, cursor, beside)
        self._frames.show_scene(line, cursor, beside)
        if self._gap.isVisible():
            self._gap.show_gap(line, cursor, beside)
        if self.futures.isVisible():
            self.futures.show_futures(self._views.futures.get(), self.player.column)
        if self._plots.isVisible():
            self._plots.show_scene(line, cursor, max(0, self._dimension.currentIndex()), beside)

    def _beside(self, line: SceneView) -> Beside:
        """What a person wants to see beside the dream: another branch, the twin, or what was real."""
        if self.branches.beside is not None:
            return other_branch(line, self.branches.beside)
        return twin(line, self._views.twin.get()) if self.twin_action.isChecked() else real(line)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the controls and of the player, while the picture has the focus."""
        if self.control.wants(event):
            return True
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self.player.press(event.key())
        return super().eventFilter(watched, event)

    def take_control(self) -> None:
        """Let a person steer the dream, from the frame under the cursor on."""
        self.control.set_engaged(True)

    def branch_here(self) -> None:
        """Leave the branch on show at the cursor, keep it, and take control of the new one."""
        if self.branches.shown is None:
            return
        self.branches.fork(self.player.column)
        if self.control.engaged:
            self.control.release()
            self.player.set_playing(True)
        else:
            self.take_control()

    def imagine_futures(self) -> None:
        """Ask for several futures of the frame under the cursor, and show them."""
        shown = self.branches.shown
        if shown is None or shown.line.decoded == 0:
            return
        self._below.setCurrentWidget(self.futures)
        column = min(self.player.column, shown.line.decoded - 1)
        self.futures.ask(shown.line, column, self._wish.length)
        self.player.set_playing(True)

    def _futures_end(self) -> int:
        """Columns that futures on show have pictures of; none while a person drives."""
        view = self._views.futures.get()
        if view is None or self.control.engaged or not self.futures.isVisible():
            return 0
        shown = self.branches.shown
        same = shown is not None and view.wish.line.wish is shown.line.wish
        return view.wish.column + 1 + view.decoded if same else 0

    def _adopt(self, future: int, name: str) -> None:
        """Take a future as a branch of the line that it leaves, and show it."""
        view = self._views.futures.get()
        if view is None or key_of(view.wish.line) not in self.branches:
            return
        self.control.set_engaged(False)
        self.branches.show(key_of(view.wish.line))
        self.branches.graft(view.line_of(future), view.wish.column, name)

    def _engage(self, engaged: bool) -> None:
        self._frames.set_captured(engaged)
        self.player.endless = engaged
        self.player.set_playing(engaged)
        if engaged:
            self.driver.engage()
            self._frames.setFocus()

    def _take(self) -> None:
        """Take what the desk has made: a new scene, or more of one that is here."""
        line = self._views.scenes.get()
        if line is None or line is self._taken:
            return
        self._taken = line
        if self.branches.grow(line) or line.wish.number != self._wish.number:  # a person has gone on meanwhile
            return
        self._awaited = 0
        before = self.branches.shown
        self.branches.plant(line)
        self._frame.setMaximum(max(self._frame.value(), line.episode_rows - 1))
        if before is None or line.origin != before.line.origin:
            self._show_origin(line.origin)
        if self.player.playing:
            self.player.rewind()

    def _show_branch(self, key: Key) -> None:
        """Show a branch at the same column, as far as it goes."""
        self.control.set_engaged(False)
        self.branches.show(key)
        line = self.branches[key].line
        self.player.set_columns(line.decoded)
        self._show_origin(line.origin)

    def _remove_branch(self, key: Key) -> None:
        self.control.set_engaged(False)
        self.branches.remove(key)

    def _show_origin(self, origin: Origin) -> None:
        """Let the boxes say where the scene on show is from."""
        self._wish = replace(self._wish, origin=origin)
        self._source.setCurrentText(LIVE if origin.live else STORED)
        for box, number in ((self._episode, origin.episode), (self._frame, origin.index)):
            with QSignalBlocker(box):
                box.setMaximum(max(box.maximum(), number))
                box.setValue(number)
        self._episode.setEnabled(not origin.live)

    def _take_back(self) -> None:
        """The last wish could not be met: further ones go on from the scene on show, or from the newest frame."""
        shown, refused = self.branches.shown, self._wish.origin
        self._awaited = 0
        if shown is None or shown.line.origin == refused:
            self._wish = replace(self._wish, origin=None)
        else:
            self._show_origin(shown.line.origin)

    def _ask(self, **changes: object) -> None:
        """Wish for the present scene with some things otherwise; the answer replaces it when it comes."""
        self._wish = replace(self._wish, **changes, number=self._wish.number + 1)  # type: ignore[arg-type]
        self._awaited = self._wish.number
        self._views.scene_wish.put(self._wish)

    def _point_at(self, column: int) -> None:
        """Hold there; the keys are the player's from now on."""
        self.player.go_to(column)
        self._frames.setFocus()

    def _move_line(self, context: int) -> None:
        """The first column stays, and the model sees so many from there on."""
        shown = self.branches.shown
        if shown is None:
            return
        with QSignalBlocker(self._context):
            self._context.setValue(context)
        line = shown.line
        self._ask(origin=replace(line.origin, index=line.first_row + context - 1), context=context)

    def _again(self, **changes: object) -> None:
        """The scene last wished for, with something otherwise."""
        shown = self.branches.shown
        apart = shown is not None and shown.parent is not None and self._awaited == 0
        if self._wish.number == 0 or apart:  # a branch stays until another dream is asked for
            self._wish = replace(self._wish, **changes)  # type: ignore[arg-type]
        else:
            self._ask(**changes)

    def _pick_stored(self) -> None:
        self._source.setCurrentText(STORED)
        self._frame.setMaximum(MOST_ROWS)  # until the answer says how many there are
        episode = min(self._episode.value(), max(0, self._stored - 1))  # the running one is not stored yet
        self._ask(origin=Origin(False, episode, self._frame.value()))

    def _pick_frame(self) -> None:
        origin = self._wish.origin
        if origin is not None and self._source.currentText() == LIVE:
            self._ask(origin=replace(origin, index=self._frame.value()))
        else:
            self._pick_stored()

    def _change_source(self) -> None:
        if self._source.currentText() == LIVE:
            self._ask(origin=None)
        else:
            self._pick_stored()

    def _make_controls(self) -> None:
        self._source = QComboBox()
        self._source.addItems([LIVE, STORED])
        self._source.activated.connect(lambda _: self._change_source())
        self._episode = _spin((0, 0), "Stored episode", "Number of a stored episode, from 0")
        self._episode.valueChanged.connect(lambda _: self._pick_stored())
        self._frame = _spin((0, 0), "Frame", "The last frame that the model sees, 0 being the reset")
        self._frame.valueChanged.connect(lambda _: self._pick_frame())
        self._context = _spin(CONTEXTS, "Context", "Frames that the model sees before it dreams")
        self._context.setValue(FIRST_CONTEXT)
        self._context.valueChanged.connect(lambda frames: self._again(context=frames))
        self._actor = QComboBox()
        self._actor.setAccessibleName("Who acts in the dream")
        self._actor.setToolTip("Who acts in the dream: the episode's own actions, or the policy")
        for text, actor in ACTORS:
            self._actor.addItem(text, actor)
        self._actor.setCurrentIndex(1)
        self._actor.activated.connect(lambda _: self._again(actor=self._actor.currentData()))
        self._here = QPushButton("Dream from here (D)")
        self._here.setToolTip("From the frame under the cursor; where that is no real one, once more with other noise")
        self._here.clicked.connect(self.dream_from_cursor)
        self._here.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Space goes on playing after a click
        self._dimension = QComboBox()
        self._dimension.setAccessibleName("Action on show")
        self._dimension.setToolTip("The dimension or choice that the Action plot shows")

    def _want_twin(self, wanted: bool) -> None:
        self._views.twin_wanted.put(wanted)
        if wanted:
            self.branches.put_beside(None)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        for text, widget in (
            ("from", self._source),
            ("episode", self._episode),
            ("frame", self._frame),
            ("context", self._context),
            ("acts", self._actor),
        ):
            bar.addWidget(QLabel(text))
            bar.addWidget(widget)
        bar.addWidget(self._here)
        switch = QToolButton()
        switch.setDefaultAction(self.twin_action)
        switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar.addWidget(switch)
        bar.addStretch(1)
        play = QHBoxLayout()
        play.addWidget(self.player)
        play.addStretch(1)
        play.addWidget(QLabel("action on show"))
        play.addWidget(self._dimension)
        below = QHBoxLayout()
        below.addWidget(self._frames, 6)
        below.addWidget(self._below, 6)
        self._below.setDocumentMode(True)
        self._below.addTab(self._plots, "Plots")
        self._below.addTab(self._gap, "Gap")
        self._below.addTab(self._branches_panel, "Branches")
        self._below.addTab(self.futures, "Futures")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addLayout(bar)
        layout.addWidget(self._strip)
        layout.addLayout(play)
        layout.addLayout(below, 1)


def _spin(limits: tuple[int, int], name: str, tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(*limits)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    box.setKeyboardTracking(False)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box
