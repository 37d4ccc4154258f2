"""Takes the scenes that the workers make, and asks for the missing parts of the scene on show."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from dreamer_studio.studio.dream.scene_bar import SceneBar
from dreamer_studio.studio.dream.scene_requests import SceneRequests
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.viewing.channel import AnswerReader, RequestFailure
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.scene.branches import Branches, key_of
from dreamer_studio.viewing.scene.messages import Scene

FAILED = "This dream failed. You can ask for another."


class SceneAnswers(QObject):
    """Shows each new dream, and adds arriving frames to existing scenes."""

    problemFound = Signal(str)
    """Emitted when a request yields no scene, with the reason."""

    def __init__(
        self, channels: Channels, branches: Branches, requests: SceneRequests, bar: SceneBar, player: Player
    ) -> None:
        super().__init__(bar)
        self._channels = channels
        self._branches = branches
        self._requests = requests
        self._bar = bar
        self._player = player
        self._scenes, self._frames = AnswerReader(channels.scene), AnswerReader(channels.frames)

    def take(self) -> None:
        """Take what has arrived: more frames of a scene, or a new scene."""
        self._take_frames()
        answer = self._scenes.current()
        if answer is None:
            return
        self._requests.awaited = False
        if answer.failure is not None:
            self._take_back(answer.failure)
        elif answer.result is not None:
            self._plant(answer.result)

    def complete(self, scene: Scene) -> None:
        """Ask for the missing parts of the scene on show, and of no other scene."""
        channel = self._channels.frames
        if scene.whole and not scene.growing:
            if channel.asked:
                channel.withdraw()
            return
        asked, answer = channel.request, channel.newest()
        failed = answer is not None and answer.failure is not None and answer.failure.unexpected
        same = asked is not None and key_of(asked) == key_of(scene) and asked.latents == scene.latents
        if not same or (failed and answer is not None and answer.generation == channel.generation):
            channel.ask(scene)  # after a failure the worker pauses before it tries again

    def _take_frames(self) -> None:
        answer = self._frames.fresh()
        if answer is None:
            return
        if answer.failure is None:
            if answer.result is not None:
                self._branches.grow(answer.result)
        elif not answer.failure.unexpected:
            self.problemFound.emit(answer.failure.reason)

    def _take_back(self, failure: RequestFailure) -> None:
        """Keep the scene on show, and say why the new scene is missing."""
        self._requests.take_back(frame_gone=not failure.unexpected)
        self.problemFound.emit(FAILED if failure.unexpected else failure.reason)

    def _plant(self, scene: Scene) -> None:
        """Show a new dream."""
        before, last = self._branches.shown, self._requests.last.origin
        self._branches.plant(scene)
        self._bar.set_rows(scene.episode_rows)
        if before is None or not scene.origin == before.scene.origin == last:
            self._requests.go_on_from(scene.origin)
        if self._player.playing:
            self._player.rewind()
