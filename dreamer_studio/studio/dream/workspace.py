"""The Dream workspace: pick any frame, dream from it, and look at every step of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.envs import EnvSpec
from dreamer_studio.session import Status
from dreamer_studio.studio.actions import Scope, action, tooltip
from dreamer_studio.studio.dream.branches_panel import BranchesPanel
from dreamer_studio.studio.dream.driver import Driver
from dreamer_studio.studio.dream.editor import Editor
from dreamer_studio.studio.dream.frames_panel import SceneFramesPanel
from dreamer_studio.studio.dream.futures_panel import FuturesPanel
from dreamer_studio.studio.dream.gap_panel import GapPanel
from dreamer_studio.studio.dream.latent_map_panel import LatentMapPanel
from dreamer_studio.studio.dream.latents_panel import LatentsPanel
from dreamer_studio.studio.dream.plots_panel import ScenePlotsPanel
from dreamer_studio.studio.dream.practice_panel import PracticePanel
from dreamer_studio.studio.dream.scene_bar import SceneBar
from dreamer_studio.studio.dream.scene_requests import SceneRequests
from dreamer_studio.studio.dream.steering_panel import SteeringPanel
from dreamer_studio.studio.dream.strip_panel import StripPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.studio.workspace import Reaction, Workspace
from dreamer_studio.viewing.channel import AnswerReader, RequestFailure
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.film.captures import SceneCapture
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.messages import ReplayChannels
from dreamer_studio.viewing.scene.branches import Branches, Key, key_of
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import Comparison, other_branch, real, twin


class DreamWorkspace(Workspace):
    """Makes requests of what a person sets, and shows the newest answer."""

    lengthWanted = Signal(int)
    """A person dragged the end of the dream: so many steps."""

    def __init__(self, theme: Theme, channels: Channels, replay: ReplayChannels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._channels = channels
        self._replay = replay
        self.branches = Branches()
        self.on_show: SceneCapture | None = None
        self._scenes, self._frame_answers = AnswerReader(channels.scene), AnswerReader(channels.frames)
        self._strip = StripPanel(theme)
        self._frames = SceneFramesPanel(theme)
        self._plots = ScenePlotsPanel(theme)
        self.player = Player(theme)
        self.control = SteeringPanel(theme)
        self.driver = Driver(channels, self.branches, self.player, self.control)
        self._branches_panel = BranchesPanel(theme)
        self._gap = GapPanel(theme)
        self.futures = FuturesPanel(theme)
        self._latents = LatentsPanel(theme)
        self._map = LatentMapPanel(theme)
        self._editor = Editor(channels, self.branches, self.player, self._latents, self._map)
        self._practice = PracticePanel(theme)
        self._below = QTabWidget()
        self.twin_action = QAction(action("dream.twin").text, self)
        self.twin_action.setCheckable(True)
        self.twin_action.setToolTip(tooltip(action("dream.twin")))
        self.twin_action.toggled.connect(self._want_twin)
        self._bar = SceneBar()
        self.requests = SceneRequests(channels, self._bar)
        self._dimension = QComboBox()
        self._dimension.setAccessibleName("Action on show")
        self._dimension.setToolTip("The dimension or choice that the Action plot shows")
        self._lay_out()
        self._connect()
        self.setFocusProxy(self._frames)

    def dream_from_newest(self) -> None:
        """Dream from the newest frame of the running episode."""
        self._bar.choose_live()
        self.requests.ask(origin=None)
        self.player.set_playing(True)

    def dream_from_cursor(self) -> None:
        """Dream from the frame under the cursor if it is real, else from the same frame with other noise."""
        shown = self.branches.shown
        if shown is None:
            self.dream_from_newest()
            return
        self.player.set_playing(True)
        cursor, scene = self.player.column, shown.scene
        here = replace(scene.origin, index=scene.first_row + cursor)
        if cursor < len(scene.real) and here != self.requests.last.origin:
            self.requests.ask(origin=here)
        else:
            self.requests.ask(seed=self.requests.last.seed + 1)

    def set_spec(self, spec: EnvSpec) -> None:
        """The actions of the task, once it has said what they are."""
        self.control.set_spec(spec)
        self.futures.set_spec(spec)
        if self._dimension.count() == 0:
            self._dimension.addItems(spec.action_names)

    def dream_from(self, frame: FrameRef) -> None:
        """Dream from a frame of any episode, or of an opened scene."""
        if frame.scene:
            self._bar.add_scene(frame.scene)
        self.requests.ask(origin=frame)
        self.player.set_playing(True)

    @property
    def frame(self) -> FrameRef | None:
        """The recorded frame under the cursor; None where it was dreamed only."""
        shown, cursor = self.branches.shown, self.player.column
        if shown is None or cursor >= len(shown.scene.real):
            return None
        return replace(shown.scene.origin, index=shown.scene.first_row + cursor)

    @property
    def framing(self) -> tuple[int, int]:
        """Context and length of the dreams."""
        return self.requests.last.context, self.requests.last.length

    def capture(self) -> SceneCapture | None:
        """Return the scene on show and the column under the cursor."""
        return self.on_show

    def reactions(self) -> Mapping[str, Reaction]:
        """Return what imagines futures, branches, and shows the twin."""
        return {
            "dream.futures": self.imagine_futures,
            "dream.branch": self.branch_here,
            "dream.twin": self.twin_action,
        }

    def set_viewing_horizon(self, steps: int) -> None:
        """Length of the dream; the one on show follows at once."""
        if steps != self.requests.last.length:
            self._again(length=steps)

    def begin(self) -> None:
        """Come on show; the first time with a dream from the newest frame."""
        if not self._channels.scene.asked:
            self.dream_from_newest()

    def refresh(self, status: Status) -> None:
        """Show what is new, and move on as time passes."""
        self._take()
        self._bar.set_stored(status.replay_newest)
        running = -1 if status.watching else status.episode
        kept = self._replay.bookmarks.result
        if kept is not None:
            self._bar.show_bookmarks(kept.bookmarks, kept.numbers, running)
        self._branches_panel.show_branches(self.branches)
        self._show_practice(status)
        shown = self.branches.shown
        if shown is None:
            return
        self.player.set_columns(max(shown.scene.decoded, self._futures_end()))
        self.driver.arrive()
        if not self.control.engaged:
            self.player.tick(shown.scene.whole)
        elif not self.requests.awaited:
            self.driver.tick()
        self._show()

    def _show(self) -> None:
        shown = self.branches.shown
        assert shown is not None
        scene = shown.scene
        cursor = min(self.player.column, len(scene.columns) - 1)
        self._ask_frames(scene)
        self._ask_twin(scene)
        beside = self._beside(scene)
        self.on_show = SceneCapture(scene, beside, cursor, shown.name)
        self.control.show_step(scene, cursor)
        self._strip.show_scene(scene, cursor, beside)
        self._frames.show_scene(scene, cursor, beside)
        if self._gap.isVisible():
            self._gap.show_gap(scene, cursor, beside)
        self._channels.futures.visible = self.futures.isVisible()
        if self.futures.isVisible():
            self.futures.show_futures(self._channels.futures.newest(), scene, self.player.column)
        if self._plots.isVisible():
            self._plots.show_scene(scene, cursor, max(0, self._dimension.currentIndex()), beside)
        self._editor.refresh(scene, cursor, self.requests.last.length)

    def _ask_frames(self, scene: Scene) -> None:
        """Have the scene on show completed, and no other."""
        channel = self._channels.frames
        if scene.whole and not scene.growing:
            if channel.asked:
                channel.withdraw()
            return
        asked, answer = channel.request, channel.newest()
        failed = answer is not None and answer.failure is not None and answer.failure.unexpected
        same = asked is not None and key_of(asked) == key_of(scene) and asked.latents == scene.latents
        if not same or (failed and answer is not None and answer.generation == channel.generation):
            channel.ask(scene)  # where it failed, the worker rests and then tries again

    def _ask_twin(self, scene: Scene) -> None:
        """Have the twin follow the scene on show, once it is wanted, wherever the scene goes."""
        channel = self._channels.twin
        channel.visible = self.isVisible()
        if self.twin_action.isChecked() and (channel.request is None or channel.request.columns is not scene.columns):
            channel.ask(scene)

    def _show_practice(self, status: Status) -> None:
        channel = self._channels.practice
        channel.visible = self._practice.wants_newer
        channel.stand(None)
        if self._practice.isVisible():
            self._practice.show_practice(channel.newest(), status)

    def hideEvent(self, event: QHideEvent) -> None:
        """What is hidden asks for nothing."""
        self._editor.hide()
        channels = self._channels
        channels.practice.visible = channels.futures.visible = channels.twin.visible = False
        super().hideEvent(event)

    def _beside(self, scene: Scene) -> Comparison:
        """What a person wants to see beside the dream: another branch, the twin, or what was real."""
        if self.branches.beside is not None:
            return other_branch(scene, self.branches.beside)
        if not self.twin_action.isChecked():
            return real(scene)
        answer = self._channels.twin.newest()
        return twin(scene, None) if answer is None else twin(scene, answer.result, answer.failure)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the controls and of the player, while the image has the focus; Space in the latents as well."""
        image = watched is self._frames.model
        if image and self.control.wants(event):
            return True
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        mine = image or pressed(Scope.PLAYER, event.key()) == "player.play"  # the arrows of the latents are their own
        return mine and self.player.press(event.key())

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
        if shown is None or shown.scene.decoded == 0:
            return
        self._below.setCurrentWidget(self.futures)
        column = min(self.player.column, shown.scene.decoded - 1)
        self.futures.ask(shown.scene, column, self.requests.last.length)
        self.player.set_playing(True)

    def _futures_end(self) -> int:
        """Columns that futures on show have images of; none while a person drives."""
        view = self._channels.futures.result
        if view is None or self.control.engaged or not self.futures.isVisible():
            return 0
        shown = self.branches.shown
        same = shown is not None and view.request.scene.request is shown.scene.request
        return view.request.column + 1 + view.decoded if same else 0

    def _adopt(self, future: int, name: str) -> None:
        """Take a future as a branch of the line that it leaves, and show it."""
        view = self._channels.futures.result
        if view is None or key_of(view.request.scene) not in self.branches:
            self.problemFound.emit("What this future would leave is gone; F imagines others.")
            return
        self.control.set_engaged(False)
        self.branches.show(key_of(view.request.scene))
        self.branches.graft(view.scene_of(future), view.request.column, name)

    def _engage(self, engaged: bool) -> None:
        self._frames.set_captured(engaged)
        self.player.endless = engaged
        self.player.set_playing(engaged)
        if engaged:
            self.driver.engage()
            self._frames.setFocus()

    def _take(self) -> None:
        """Take what the workers have made: a new scene, or more of one that is here."""
        more = self._frame_answers.fresh()
        if more is not None and more.failure is not None and not more.failure.unexpected:
            self.problemFound.emit(more.failure.reason)
        elif more is not None and more.result is not None and more.failure is None:
            self.branches.grow(more.result)
        answer = self._scenes.fresh()
        if answer is None or answer.generation != self._channels.scene.generation:  # a person has gone on meanwhile
            return
        self.requests.awaited = False
        if answer.failure is not None:
            self._take_back(answer.failure)
        elif answer.result is not None:
            self._plant(answer.result)

    def _take_back(self, failure: RequestFailure) -> None:
        """The scene on show stays, and can be driven on."""
        self.requests.take_back(self.branches.shown, frame_gone=not failure.unexpected)
        text = "This dream failed; another one can be asked for." if failure.unexpected else failure.reason
        self.problemFound.emit(text)

    def _plant(self, scene: Scene) -> None:
        """Show a new dream."""
        before = self.branches.shown
        self.branches.plant(scene)
        self._bar.set_rows(scene.episode_rows)
        if before is None or not scene.origin == before.scene.origin == self.requests.last.origin:
            self.requests.go_on_from(scene.origin)
        if self.player.playing:
            self.player.rewind()

    def _show_branch(self, key: Key) -> None:
        """Show a branch at the same column, as far as it goes."""
        self.control.set_engaged(False)
        self.branches.show(key)
        scene = self.branches[key].scene
        self.player.set_columns(scene.decoded)
        self.requests.go_on_from(scene.origin)

    def _show_grafted(self, column: int) -> None:
        """Play the branch on show, which is a new one, from where it leaves its parent."""
        self.control.set_engaged(False)
        assert self.branches.shown is not None
        self.player.set_columns(self.branches.shown.scene.decoded)
        self.player.follow(column)
        self.player.set_playing(True)

    def _dream_from_row(self, row: int) -> None:
        """Dream from another frame of the episode on show."""
        shown = self.branches.shown
        if shown is not None:
            self.requests.ask(origin=replace(shown.scene.origin, index=row))

    def _remove_branch(self, key: Key) -> None:
        self.control.set_engaged(False)
        self.branches.remove(key)

    def _point_at(self, column: int) -> None:
        """Hold there; the keys are the player's from now on."""
        self.player.go_to(column)
        self._frames.setFocus()

    def _move_line(self, context: int) -> None:
        """The first column stays, and the model sees so many from there on."""
        shown = self.branches.shown
        if shown is None:
            return
        self._bar.set_context(context)
        scene = shown.scene
        self.requests.ask(origin=replace(scene.origin, index=scene.first_row + context - 1), context=context)

    def _again(self, **changes: object) -> None:
        """The scene last requested for, with something otherwise."""
        self.requests.again(self.branches.shown, **changes)

    def _want_twin(self, wanted: bool) -> None:
        if wanted:
            self.branches.put_beside(None)
        else:
            self._channels.twin.withdraw()

    def _connect(self) -> None:
        self._bar.originWanted.connect(lambda origin: self.requests.ask(origin=origin))
        self._bar.contextWanted.connect(lambda frames: self._again(context=frames))
        self._bar.actorWanted.connect(lambda actor: self._again(actor=actor))
        self._bar.hereWanted.connect(self.dream_from_cursor)
        self._strip.cursorMoved.connect(self._point_at)
        self._plots.cursorMoved.connect(self._point_at)
        self._strip.contextWanted.connect(self._move_line)
        self._strip.lengthWanted.connect(self.lengthWanted)
        self._frames.model.installEventFilter(self)
        self._latents.rows.installEventFilter(self)
        self.control.engagedChanged.connect(self._engage)
        self.player.taken.connect(self.control.release)
        self.futures.wanted.connect(self._channels.futures.ask)
        self.futures.fromCursorWanted.connect(self.imagine_futures)
        self.futures.adopted.connect(self._adopt)
        self.driver.ended.connect(self.problemFound)
        self._branches_panel.showWanted.connect(self._show_branch)
        self._branches_panel.besideWanted.connect(self.branches.put_beside)
        self._branches_panel.forkWanted.connect(self.branch_here)
        self._branches_panel.renameWanted.connect(self.branches.rename)
        self._branches_panel.removeWanted.connect(self._remove_branch)
        self._editor.branched.connect(self._show_grafted)
        self._map.columnPicked.connect(self._point_at)
        self._map.frameWanted.connect(self._dream_from_row)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(self._bar)
        bar.addStretch(1)
        switch = QToolButton()
        switch.setDefaultAction(self.twin_action)
        switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        play = QHBoxLayout()
        play.addWidget(self.player)
        play.addWidget(switch)
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
        self._below.addTab(self._latents, "Latents")
        self._below.addTab(self._map, "Map")
        self._below.addTab(self._practice, "Practice")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addLayout(bar)
        layout.addWidget(self._strip)
        layout.addLayout(play)
        layout.addLayout(below, 1)
