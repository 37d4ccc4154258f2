"""Asks for scenes: each request is the last request with some changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject

from dreamer_studio.studio.dream.scene_bar import SceneBar
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.pace import FIRST_CONTEXT, FIRST_VIEWING_HORIZON
from dreamer_studio.viewing.scene.branches import Branches
from dreamer_studio.viewing.scene.messages import SceneRequest


class SceneRequests(QObject):
    """Sends the requests, and shows in the bar where the next dream starts.

    Attributes:
        last: the newest request; before the first request, the settings for it.
        awaited: whether the newest request has no answer yet.
    """

    def __init__(self, channels: Channels, branches: Branches, bar: SceneBar, player: Player) -> None:
        super().__init__(bar)
        self._channel = channels.scene
        self._branches = branches
        self._bar = bar
        self._player = player
        self.last = SceneRequest(None, FIRST_CONTEXT, FIRST_VIEWING_HORIZON, "sample", 0)
        self.awaited = False
        bar.originWanted.connect(lambda origin: self.ask(origin=origin))
        bar.contextWanted.connect(lambda frames: self.change(context=frames))
        bar.actorWanted.connect(lambda actor: self.change(actor=actor))
        bar.hereWanted.connect(self.from_cursor)

    @property
    def begun(self) -> bool:
        """Return whether there was a request."""
        return self._channel.asked

    def ask(self, **changes: object) -> None:
        """Repeat the last request with these changes, without its actions. The answer replaces the scene on show."""
        self._send(self._changed(changes))

    def change(self, **changes: object) -> None:
        """Ask with these changes. Before the first request and on a branch, keep them for the next request instead."""
        shown = self._branches.shown
        apart = shown is not None and shown.parent is not None and not self.awaited
        if not self.begun or apart:  # a branch stays until the user asks for another dream
            self.last = self._changed(changes)
        else:
            self.ask(**changes)

    def from_newest(self) -> None:
        """Dream from the newest frame of the running episode."""
        self._bar.choose_live()
        self.ask(origin=None)
        self._player.set_playing(True)

    def from_cursor(self) -> None:
        """Dream from the frame under the cursor. On an imagined frame: repeat the last dream with new noise."""
        shown = self._branches.shown
        if shown is None:
            self.from_newest()
            return
        self._player.set_playing(True)
        cursor, scene = self._player.column, shown.scene
        here = replace(scene.origin, index=scene.first_row + cursor)
        if cursor < len(scene.real) and here != self.last.origin:
            self.ask(origin=here)
        else:
            self.ask(seed=self.last.seed + 1)

    def from_frame(self, frame: FrameRef) -> None:
        """Dream from a frame of any episode, or of an opened scene."""
        if frame.scene:
            self._bar.add_scene(frame.scene)
        self.ask(origin=frame)
        self._player.set_playing(True)

    def as_film(self, request: SceneRequest) -> None:
        """Send a whole request, as the recipe of a film gives it."""
        assert request.origin is not None
        if request.origin.scene:
            self._bar.add_scene(request.origin.scene)
        self._bar.set_context(request.context)
        self._bar.set_actor(request.actor)
        self._send(request)
        self._player.set_playing(True)

    def from_row(self, row: int) -> None:
        """Dream from another frame of the episode on show."""
        shown = self._branches.shown
        if shown is not None:
            self.ask(origin=replace(shown.scene.origin, index=row))

    def move_context(self, context: int) -> None:
        """Keep the first column, and let the model see this many frames from there."""
        shown = self._branches.shown
        if shown is None:
            return
        self._bar.set_context(context)
        scene = shown.scene
        self.ask(origin=replace(scene.origin, index=scene.first_row + context - 1), context=context)

    def go_on_from(self, origin: FrameRef) -> None:
        """Start later requests from this frame."""
        self.last = replace(self.last, origin=origin)
        self._bar.show_origin(origin)

    def take_back(self, *, frame_gone: bool) -> None:
        """Withdraw the last request after it failed.

        Later requests start from its frame. If that frame is gone, they start from the scene on show, or without a
        scene from the newest frame.
        """
        self.awaited = False
        if not frame_gone:
            return
        shown = self._branches.shown
        if shown is None or shown.scene.origin == self.last.origin:
            self.last = replace(self.last, origin=None)
        else:
            self.go_on_from(shown.scene.origin)

    def _changed(self, changes: Mapping[str, object]) -> SceneRequest:
        """Return the last request with these changes, without its actions."""
        return replace(self.last, **{"actions": (), **changes})  # type: ignore[arg-type]

    def _send(self, request: SceneRequest) -> None:
        self.last = request
        self.awaited = True
        self._bar.origin = request.origin
        self._channel.ask(request)
