"""What the Dream workspace asks for: the last request with something changed."""

from __future__ import annotations

from dataclasses import replace

from dreamer_studio.studio.dream.scene_bar import FIRST_CONTEXT, SceneBar
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.pace import FIRST_VIEWING_HORIZON
from dreamer_studio.viewing.scene.branches import Branch
from dreamer_studio.viewing.scene.messages import SceneRequest


class SceneRequests:
    """Makes the requests, and lets the bar say where the next one goes on from.

    Attributes:
        last: the newest request, or what the first is made of.
        awaited: whether it has not been answered yet.
    """

    def __init__(self, channels: Channels, bar: SceneBar) -> None:
        self._channel = channels.scene
        self._bar = bar
        self.last = SceneRequest(None, FIRST_CONTEXT, FIRST_VIEWING_HORIZON, "sample", 0)
        self.awaited = False

    def ask(self, **changes: object) -> None:
        """Ask for the last scene with some things changed; the answer replaces what is on show when it comes."""
        self.last = replace(self.last, **changes)  # type: ignore[arg-type]
        self.awaited = True
        self._bar.origin = self.last.origin
        self._channel.ask(self.last)

    def again(self, shown: Branch | None, **changes: object) -> None:
        """The same, but before the first request, and where a branch is on show, it holds for the next one only."""
        apart = shown is not None and shown.parent is not None and not self.awaited
        if not self._channel.asked or apart:  # a branch stays until another dream is asked for
            self.last = replace(self.last, **changes)  # type: ignore[arg-type]
        else:
            self.ask(**changes)

    def go_on_from(self, origin: FrameRef) -> None:
        """Let further requests go on from there."""
        self.last = replace(self.last, origin=origin)
        self._bar.show_origin(origin)

    def take_back(self, shown: Branch | None, *, frame_gone: bool) -> None:
        """The last request could not be met; further ones go on from its frame.

        Where that is gone they go on from the scene on show, or from the newest frame.
        """
        self.awaited = False
        if not frame_gone:
            return
        if shown is None or shown.scene.origin == self.last.origin:
            self.last = replace(self.last, origin=None)
        else:
            self.go_on_from(shown.scene.origin)
