"""The Dream workspace: pick any frame, dream from it, and look at every step of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from dreamer_studio.session import Status
from dreamer_studio.studio.controls import FIRST_VIEWING_HORIZON
from dreamer_studio.studio.panels.control import ControlPanel
from dreamer_studio.studio.panels.scene_frames import SceneFramesPanel
from dreamer_studio.studio.panels.scene_plots import ScenePlotsPanel
from dreamer_studio.studio.panels.strip import StripPanel
from dreamer_studio.studio.player import Player
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.views import DriveStep, Origin, SceneView, SceneWish, Views

FIRST_CONTEXT = 5
CONTEXTS = (1, 200)
MOST_ROWS = 10**6
MOST_COLUMNS = 2000
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
        self._view: SceneView | None = None
        self._wish = SceneWish(0, None, FIRST_CONTEXT, FIRST_VIEWING_HORIZON, "sample", 0)
        self._problem = 0
        self._stored = 0
        self._strip = StripPanel(theme)
        self._frames = SceneFramesPanel(theme)
        self._plots = ScenePlotsPanel(theme)
        self.player = Player(theme)
        self.control = ControlPanel(theme)
        self._sent: DriveStep | None = None
        self._arrived: DriveStep | None = None
        self._driven_scene = self._before_refusal = 0
        self._make_controls()
        self._lay_out()
        self._strip.cursorMoved.connect(self._point_at)
        self._plots.cursorMoved.connect(self._point_at)
        self._strip.contextWanted.connect(self._move_line)
        self._strip.lengthWanted.connect(self.lengthWanted)
        self._frames.model.installEventFilter(self)
        self.control.engagedChanged.connect(self._engage)
        self.player.taken.connect(self.control.release)
        self.setFocusProxy(self._frames)

    def dream_from_newest(self) -> None:
        """Dream from the newest frame of the running episode."""
        self._source.setCurrentText(LIVE)
        self._ask(origin=None)
        self.player.set_playing(True)

    def dream_from_cursor(self) -> None:
        """Dream from the frame under the cursor if it is real, else from the same frame with other noise."""
        view = self._view
        if view is None:
            self.dream_from_newest()
            return
        self.player.set_playing(True)
        cursor = self.player.column
        here = replace(view.origin, index=view.first_row + cursor)
        if cursor < len(view.real) and here != self._wish.origin:
            self._ask(origin=here)
        else:
            self._ask(seed=self._wish.seed + 1)

    def dream_from(self, frame: Origin) -> None:
        """Dream from a frame of any episode, or of an opened scene."""
        if frame.scene and self._source.findData(frame.scene) < 0:
            self._source.addItem(f"scene {Path(frame.scene).name}", frame.scene)
        self._ask(origin=frame)
        self.player.set_playing(True)

    @property
    def frame(self) -> Origin | None:
        """The recorded frame under the cursor; None where it was dreamt only."""
        view, cursor = self._view, self.player.column
        if view is None or cursor >= len(view.real):
            return None
        return replace(view.origin, index=view.first_row + cursor)

    @property
    def framing(self) -> tuple[int, int]:
        """Context and length of the dreams."""
        return self._wish.context, self._wish.length

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
        view = self._views.scenes.get()
        if view is not None and view is not self._view:
            self._take(view, status)
        number, problem = self._views.scene_problem.get()
        if number != self._problem:
            self._problem = number
            self._take_back()
            self.problemFound.emit(problem)
        view = self._view
        self._stored = status.replay_episodes
        self._episode.setMaximum(max(self._episode.value(), self._stored - 1))
        if view is None:
            return
        self.player.set_columns(view.decoded)
        self._arrive(view)
        if self.control.engaged:
            self._drive(view)
        else:
            self.player.tick(view.decoded == view.columns)
        cursor = self.player.column
        self.control.show_step(view, cursor)
        self._strip.show_scene(view, cursor)
        self._frames.show_scene(view, cursor)
        self._plots.show_scene(view, cursor, max(0, self._dimension.currentIndex()))

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

    def _engage(self, engaged: bool) -> None:
        self._frames.set_captured(engaged)
        self.player.endless = engaged
        self.player.set_playing(engaged)
        if engaged:
            self._driven_scene = self._view.wish.number if self._view is not None else 0
            self._frames.setFocus()

    def _is_present(self, view: SceneView) -> bool:
        """Whether a scene is what was wished for last, or stayed on show because that could not be met."""
        return view.wish.number in (self._wish.number, self._before_refusal)

    def _arrive(self, view: SceneView) -> None:
        """Go along with the step that has come, unless a person has put the cursor somewhere else meanwhile."""
        sent = self._sent
        if sent is None or sent is self._arrived or (sent.scene, sent.number) != (view.wish.number, view.step):
            return
        self._arrived = sent
        if self.player.column == sent.column:
            self.player.follow(view.decoded - 1)

    def _drive(self, view: SceneView) -> None:
        """Ask for the next step once it is time, and the one before has come."""
        sent, steering = self._sent, self.control.steering
        if steering is None or not self._is_present(view) or view.decoded < view.context:
            return
        if view.wish.number != self._driven_scene:  # another scene: from the end of what the model saw
            self._driven_scene = view.wish.number
            self.control.release()
            self.player.follow(view.context - 1)
        if sent is not None and sent.scene == view.wish.number and sent.number != view.step:
            return
        if self.player.column + 1 >= MOST_COLUMNS:
            self.control.set_engaged(False)
            self.problemFound.emit(
                f"A dream ends after {MOST_COLUMNS:,} frames; go back in it and drive on from there."
            )
            return
        turn = self.control.turn_based.isChecked()
        if not (self.control.take_turn() if turn else self.player.due()):
            return
        number = sent.number + 1 if sent is not None else 1
        self._sent = DriveStep(number, view.wish.number, self.player.column, steering.next(at_once=turn))
        self._views.drive_step.put(self._sent)

    def _take(self, view: SceneView, status: Status) -> None:
        before, self._view = self._view, view
        fresh = before is None or view.wish.number != before.wish.number
        if view.wish.number != self._wish.number:  # a person has gone on meanwhile
            return
        self._frame.setMaximum(max(self._frame.value(), view.episode_rows - 1))
        if before is None or view.origin != before.origin:
            self._show_origin(view.origin)
        if not fresh:
            return
        if self._dimension.count() == 0 and status.spec is not None:
            self._dimension.addItems(status.spec.action_names)
        if self.player.playing:
            self.player.rewind()

    def _show_origin(self, origin: Origin) -> None:
        """Let the boxes say where the scene on show is from."""
        self._wish = replace(self._wish, origin=origin)
        self._source.setCurrentIndex(self._source.findData(origin.scene or (LIVE if origin.live else STORED)))
        for box, number in ((self._episode, origin.episode), (self._frame, origin.index)):
            with QSignalBlocker(box):
                box.setMaximum(max(box.maximum(), number))
                box.setValue(number)
        self._episode.setEnabled(not origin.live and not origin.scene)

    def _take_back(self) -> None:
        """The last wish could not be met: further ones go on from the scene on show, or from the newest frame."""
        view, refused = self._view, self._wish.origin
        self._before_refusal = view.wish.number if view is not None else 0
        if view is None or view.origin == refused:
            self._wish = replace(self._wish, origin=None)
        else:
            self._show_origin(view.origin)

    def _ask(self, **changes: object) -> None:
        """Wish for the present scene with some things otherwise; the answer replaces it when it comes."""
        self._wish = replace(self._wish, **changes, number=self._wish.number + 1)  # type: ignore[arg-type]
        self._before_refusal = 0
        self._views.scene_wish.put(self._wish)

    def _point_at(self, column: int) -> None:
        """Hold there; the keys are the player's from now on."""
        self.player.go_to(column)
        self._frames.setFocus()

    def _move_line(self, context: int) -> None:
        """The first column stays, and the model sees so many from there on."""
        view = self._view
        if view is None:
            return
        with QSignalBlocker(self._context):
            self._context.setValue(context)
        self._ask(origin=replace(view.origin, index=view.first_row + context - 1), context=context)

    def _again(self, **changes: object) -> None:
        """The scene last wished for, with something otherwise."""
        view = self._view
        driven = view is not None and view.step > 0 and self._is_present(view)
        if self._wish.number == 0 or driven:  # a driven dream stays until another one is asked for
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
        if origin is not None and self._source.currentData() != STORED:
            self._ask(origin=replace(origin, index=self._frame.value()))
        else:
            self._pick_stored()

    def _change_source(self) -> None:
        source = self._source.currentData()
        if source == LIVE:
            self._ask(origin=None)
        elif source == STORED:
            self._pick_stored()
        else:
            self._ask(origin=Origin(False, 0, -1, source))

    def _make_controls(self) -> None:
        self._source = QComboBox()
        for source in (LIVE, STORED):
            self._source.addItem(source, source)
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
        bar.addStretch(1)
        play = QHBoxLayout()
        play.addWidget(self.player)
        play.addStretch(1)
        play.addWidget(QLabel("action on show"))
        play.addWidget(self._dimension)
        below = QHBoxLayout()
        below.addWidget(self._frames, 6)
        below.addWidget(self._plots, 6)
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
