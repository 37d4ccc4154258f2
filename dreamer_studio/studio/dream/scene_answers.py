"""Takes the scenes that the workers make, and has the scene on show completed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from dreamer_studio.studio.dream.scene_bar import SceneBar
from dreamer_studio.studio.dream.scene_requests import SceneRequests
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.viewing.channel import AnswerReader, RequestFailure
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.scene.branches import Branches, key_of
from dreamer_studio.viewing.scene.messages import Scene

FAILED = "This dream failed; another one can be asked for."


class SceneAnswers(QObject):
    """Shows each new dream, and adds more frames to the scenes that are there."""

    problemFound = Signal(str)
    """Why a request has no scene."""

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
        """Take what has arrived: more of a scene, or a new scene."""
        self._take_frames()
        answer = self._scenes.fresh()
        if answer is None or answer.generation != self._channels.scene.generation:  # a person has asked for another
            return
        self._requests.awaited = False
        if answer.failure is not None:
            self._take_back(answer.failure)
        elif answer.result is not None:
            self._plant(answer.result)

    def complete(self, scene: Scene) -> None:
        """Ask for what is missing of the scene on show, and of no other scene."""
        channel = self._channels.frames
        if scene.whole and not scene.growing:
            if channel.asked:
                channel.withdraw()
            return
        asked, answer = channel.request, channel.newest()
        failed = answer is not None and answer.failure is not None and answer.failure.unexpected
        same = asked is not None and key_of(asked) == key_of(scene) and asked.latents == scene.latents
        if not same or (failed and answer is not None and answer.generation == channel.generation):
            channel.ask(scene)  # after a failure the worker rests, and then tries again

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
        """Keep the scene on show, and say why there is no new one."""
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
