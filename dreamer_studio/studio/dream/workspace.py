"""The Dream workspace: choose any frame, dream from it, and inspect every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.session import Status
from dreamer_studio.studio.dream.branch_actions import BranchActions
from dreamer_studio.studio.dream.comparison_choice import ComparisonChoice
from dreamer_studio.studio.dream.driver import Driver
from dreamer_studio.studio.dream.futures.requests import FuturesRequests
from dreamer_studio.studio.dream.keys import DreamKeys
from dreamer_studio.studio.dream.latents.editor import Editor
from dreamer_studio.studio.dream.panels import FUTURES, DreamPanels
from dreamer_studio.studio.dream.scene_answers import SceneAnswers
from dreamer_studio.studio.dream.scene_requests import SceneRequests
from dreamer_studio.studio.dream.steering_panel import SteeringPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.workspace import Reaction, Workspace
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.film.captures import SceneCapture
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.messages import ReplayChannels
from dreamer_studio.viewing.scene.branches import Branch, Branches
from dreamer_studio.viewing.scene.messages import SceneRequest


class DreamWorkspace(Workspace):
    """Connects the parts of the workspace, and updates all of them at each tick.

    Attributes:
        branches: the dreams and their branches.
        player: the controls that move the cursor.
        control: the panel for steering, in a dock of the window.
        driver: the part that drives the dream while the user steers.
        requests: the part that asks for dreams.
    """

    lengthWanted = Signal(int)
    """Emitted when the user drags the end of the dream, with its number of steps."""

    chosen = Signal(str, object)
    """Emitted when the user makes a choice that the window keeps, with the name of the setting and its value."""

    def __init__(self, theme: Theme, channels: Channels, replay: ReplayChannels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._replay, self._practice, self._counts = replay, channels.practice, channels.actions
        self.branches = Branches()
        self._on_show: SceneCapture | None = None
        self._choice = ComparisonChoice(channels, self.branches, self)
        self._panels = panels = DreamPanels(theme, self._choice.twin)
        self.player = panels.player
        self.control = SteeringPanel(theme)
        self.requests = SceneRequests(channels, self.branches, panels.bar, self.player)
        self._answers = SceneAnswers(channels, self.branches, self.requests, panels.bar, self.player)
        self.driver = Driver(channels, self.branches, self.player, self.control)
        self._actions = BranchActions(self.branches, panels.branches, self.player, self.control, self.requests)
        self._editor = Editor(channels, self.branches, self.player, panels.latents, panels.latent_map)
        self._futures = FuturesRequests(channels, self.branches, panels.futures)
        DreamKeys(panels.frames.model, panels.strip.strip, panels.latents.rows, self.control, self.player)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(panels)
        self._connect()
        self.setFocusProxy(panels.frames)

    @property
    def frame(self) -> FrameRef | None:
        """Return the recorded frame under the cursor, or None on an imagined frame."""
        shown, cursor = self.branches.shown, self.player.column
        if shown is None or cursor >= len(shown.scene.real):
            return None
        return replace(shown.scene.origin, index=shown.scene.first_row + cursor)

    @property
    def framing(self) -> tuple[int, int]:
        """Return context and length of the dreams."""
        return self.requests.last.context, self.requests.last.length

    def capture(self) -> SceneCapture | None:
        """Return the scene on show and the column under the cursor."""
        return self._on_show

    def reactions(self) -> Mapping[str, Reaction]:
        """Return the reactions for futures, branches and the twin."""
        return {
            "dream.futures": self.imagine_futures,
            "dream.branch": self._actions.fork,
            "dream.twin": self._choice.twin,
        }

    def begin(self) -> None:
        """Show the workspace. The first time, start with a dream from the newest frame."""
        if not self.requests.begun:
            self.requests.from_newest()

    def set_spec(self, spec: EnvSpec) -> None:
        """Use the actions of the task."""
        self.control.set_spec(spec)
        self._panels.set_spec(spec)

    def show_choices(self, dimension: str, tab: str, speed: float) -> None:
        """Show what the user chose before: the dimension of the actions, the tab, and the speed of the player."""
        self._panels.show_dimension(dimension)
        self._panels.open_tab(tab)
        self.player.set_speed(speed)

    def set_viewing_horizon(self, steps: int) -> None:
        """Set the length of the dreams, and dream the one on show again."""
        if steps != self.requests.last.length:
            self.requests.change(length=steps)

    def dream_from_newest(self) -> None:
        """Dream from the newest frame of the running episode."""
        self.requests.from_newest()

    def dream_from_cursor(self) -> None:
        """Dream from the frame under the cursor. On an imagined frame: repeat the last dream with new noise."""
        self.requests.from_cursor()

    def dream_from(self, frame: FrameRef) -> None:
        """Dream from a frame of any episode, or of an opened scene."""
        self.requests.from_frame(frame)

    def dream_as_film(self, request: SceneRequest) -> None:
        """Dream as the recipe of a film says."""
        self.lengthWanted.emit(request.length)
        self.requests.as_film(request)

    def take_control(self) -> None:
        """Let the user steer the dream from the frame under the cursor."""
        self.control.set_engaged(True)

    def imagine_futures(self) -> None:
        """Ask for several futures of the frame under the cursor, and show their tab."""
        shown = self.branches.shown
        if shown is None or shown.scene.decoded == 0:
            return
        self._panels.open_tab(FUTURES)
        self._futures.imagine(shown.scene, self.player.column, self.requests.last.length)
        self.player.set_playing(True)

    def refresh(self, status: Status) -> None:
        """Take new answers, move the cursor as time passes, and show everything."""
        self._answers.take()
        self._show_run(status)
        shown = self.branches.shown
        if shown is None:
            return
        futures_end = 0 if self.control.engaged else self._futures.end(shown)
        self.player.set_first(shown.scene.first_row)
        self.player.set_columns(max(shown.scene.decoded, futures_end))
        self.driver.arrive()
        if not self.control.engaged:
            self.player.tick(shown.scene.whole)
        elif not self.requests.awaited:
            self.driver.tick()
        if self.branches.shown is not None:
            self._show_branch(self.branches.shown)

    def hideEvent(self, event: QHideEvent) -> None:
        """Send no request while the workspace is hidden."""
        for part in (self._editor, self._futures, self._choice):
            part.hide()
        self._practice.visible = self._counts.visible = False
        super().hideEvent(event)

    def _show_run(self, status: Status) -> None:
        """Show the sources to dream from, the branches, and the practice dreams."""
        bar, practice, kept = self._panels.bar, self._panels.practice, self._replay.bookmarks.result
        bar.set_stored(status.replay_newest)
        if kept is not None:
            bar.show_bookmarks(kept.bookmarks, kept.numbers, -1 if status.watching else status.episode)
        self._panels.branches.show_branches(self.branches)
        self._show_actions()
        self._practice.visible = practice.wants_newer
        self._practice.stand(None)
        if practice.isVisible():
            practice.show_practice(self._practice.newest(), status)

    def _show_actions(self) -> None:
        """Show the histograms of actions while their tab is visible."""
        panel = self._panels.taken_actions
        self._counts.visible = panel.isVisible()
        self._counts.stand(None)
        if panel.isVisible():
            panel.show_counts(self._counts.newest())

    def _show_branch(self, shown: Branch) -> None:
        """Show a branch at the cursor, and ask for its missing parts."""
        scene = shown.scene
        cursor = min(self.player.column, len(scene.columns) - 1)
        self._answers.complete(scene)
        comparison = self._choice.of(scene, visible=self.isVisible())
        self._on_show = SceneCapture(scene, comparison, cursor, shown.name)
        self.control.show_step(scene, cursor)
        self._panels.show_scene(scene, cursor, comparison)
        self._futures.refresh(scene, self.player.column)
        self._editor.refresh(scene, cursor, self.requests.last.length)

    def _steer(self, engaged: bool) -> None:
        """Let the image take the keys of steering, or return them to the player."""
        self._panels.frames.set_captured(engaged)
        self.player.endless = engaged
        self.player.set_playing(engaged)
        if engaged:
            self.driver.engage()
            self._panels.frames.setFocus()

    def _point_at(self, column: int) -> None:
        """Hold the player at a column, and give the player the keys."""
        self.player.go_to(column)
        self._panels.frames.setFocus()

    def _connect(self) -> None:
        panels = self._panels
        for pointing in (panels.strip.cursorMoved, panels.plots.cursorMoved, panels.latent_map.columnPicked):
            pointing.connect(self._point_at)
        for problem in (self._answers.problemFound, self._futures.problemFound, self.driver.ended):
            problem.connect(self.problemFound)
        self._actions.undoable.connect(self.undoable)
        panels.strip.contextWanted.connect(self.requests.move_context)
        panels.strip.lengthWanted.connect(self.lengthWanted)
        panels.latent_map.frameWanted.connect(self.requests.from_row)
        tabs, speed = panels.tabs, self.player.speed
        panels.dimension.activated.connect(lambda _: self.chosen.emit("dimension", panels.dimension.currentText()))
        tabs.currentChanged.connect(lambda place: self.chosen.emit("dream_tab", tabs.tabText(place)))
        speed.activated.connect(lambda _: self.chosen.emit("dream_speed", speed.currentData()))
        panels.futures.fromCursorWanted.connect(self.imagine_futures)
        self.control.engagedChanged.connect(self._steer)
        self.player.taken.connect(self.control.release)
        self._futures.branched.connect(lambda: self.control.set_engaged(False))
        self._editor.branched.connect(self._actions.play_from)
